using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Import;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// Logs a fault (登记). An absent reportedAt is the server's now; loggedAt always is. <paramref name="Respond"/> and <paramref name="Resolve"/> may come with it (当场处理).
/// The same (source, external number) again gives the same incident; other content is <c>duplicate_external_no</c>.
/// </summary>
public sealed record LogFault(
    Caller By, string Kind, string Category, string? Severity, string? System, string? Town, string? Address, string? Room, string Basis, string? ServicePoint,
    string? Source, string? ExternalNo, Instant? OccurredAt, Instant? ReportedAt, string? Title, string? Description, string? ReporterName, string? ReporterPhone,
    string? CapturedAt, RespondNow? Respond, ResolveNow? Resolve, string? Idempotency = null) : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <summary>A first contact; an absent time is now.</summary>
public sealed record RespondNow(string Way, Instant? At = null);

/// <summary>How it ended; an absent time is now.</summary>
public sealed record ResolveNow(string Manner, Instant? At = null, DateOnly? FollowUpOn = null, string? Receipt = null, string? Handling = null);

/// <inheritdoc cref="LogFault"/>
public sealed class LogFaultHandler(DeskDb db, IncidentJournal journal, DeskCache cache, TimeProvider clock) : IRequestHandler<LogFault, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(LogFault request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("title", request.Title, 200).Add("description", request.Description, 4000).Add("address", request.Address, 200)
            .Add("room", request.Room, 50).Add("reporterName", request.ReporterName, 100).Add("reporterPhone", request.ReporterPhone, 50)
            .Add("capturedAt", request.CapturedAt, 50);
        var handling = new Texts().Add("handling", request.Resolve?.Handling, 4000).Add("receipt", request.Resolve?.Receipt, 200);
        var desk = await cache.Get(db, cancellationToken);
        var now = clock.GetUtcNow();
        var at = Instant.Of(now);
        var (details, unknown) = Details(request, desk, desk.Zone.DayOf(request.ReportedAt ?? at));
        if ((request.By.Lacks(Right.Log) ?? texts.Refused ?? handling.Refused ?? unknown) is { } refused)
        {
            return refused;
        }

        var content = ErasableText.New("content", Content(request));
        if (details!.ExternalNo is not null && await Known(request, details.Source!, content.Value, desk, cancellationToken) is { } known)
        {
            return known;
        }

        var rules = desk.Reference.Rules.KnownAt(now);
        var (events, decided) = Decide(request, details, desk, rules, at, texts.Said, handling.Said);
        if (decided is not null)
        {
            return decided;
        }

        var day = desk.Zone.DayOf(at);
        var number = IncidentNumber.Of(
            desk.Installation.NumberPrefix, day, await DayNumbers.TakeLive(db, day, 1, cancellationToken), imported: false);
        var row = journal.Append(
            desk.Installation.Id, number, null, [], EventChain.Genesis, events, new Author(request.By.Person, request.By.Via), now, rules);
        (row.ContentSalt, row.ContentHash) = (content.Salt, content.Hash);
        return new IncidentChanged(number.ToString(), row.LastSeq);
    }

    private static (FaultDetails? Details, Refusal? Refused) Details(LogFault request, Desk desk, DateOnly day)
    {
        if (FaultKinds.Parse(request.Kind) is not { } kind)
        {
            return (null, Unknown("kind"));
        }

        var reference = desk.Reference;
        if (reference.FindCategory(kind, request.Category, day) is not var (category, nature, defaultSeverity))
        {
            return (null, Unknown("category"));
        }

        var severity = reference.Find(ReferenceList.Severity, request.Severity ?? defaultSeverity, day);
        var town = reference.Find(ReferenceList.Town, request.Town, day);
        var system = reference.Find(ReferenceList.System, request.System, day);
        var basis = reference.Find(ReferenceList.ReportBasis, request.Basis, day);
        var refused = severity is null ? Unknown("severity")
            : town is null && (kind == FaultKind.Rental || request.Town is not null) ? Unknown("town")
            : system is null && (kind == FaultKind.System || request.System is not null) ? Unknown("system")
            : basis is null ? Unknown("basis")
            : string.IsNullOrWhiteSpace(request.Source) != string.IsNullOrWhiteSpace(request.ExternalNo) || request.Source?.Trim() == ""
                ? new Refusal("source_and_number", "externalNo", "来源与原编号应同时填写。", "Give source and external number together.")
            : Texts.CheckName("source", request.Source, 64) ?? Texts.CheckName("externalNo", request.ExternalNo, 100) ?? Texts.CheckName("servicePoint", request.ServicePoint, 100);
        return refused is not null ? (null, refused) : (new FaultDetails
        {
            Kind = kind, Category = category, Nature = nature, Severity = severity!, System = system, Town = town, Basis = basis,
            Building = kind == FaultKind.Rental && request.Address is { Length: > 0 } address ? BuildingKey.Of(town!.Code, address) : null,
            ServicePoint = request.ServicePoint?.Trim(), Source = request.Source?.Trim(), ExternalNo = request.ExternalNo?.Trim(),
        }, null);
    }

    /// <summary>Log, then what was done on the spot, each decided on the state that the one before leaves.</summary>
    private static (IReadOnlyList<EventToWrite> Events, Refusal? Refused) Decide(
        LogFault request, FaultDetails details, Desk desk, Rules rules, Instant now, IReadOnlyList<ErasableText> texts, IReadOnlyList<ErasableText> handling)
    {
        var log = ClockDecisions.Log(details, request.ReportedAt ?? now, request.OccurredAt, desk.Zone, now);
        if (log.Refused is not null)
        {
            return ([], log.Refused);
        }

        var events = new List<EventToWrite> { new(log.Events[0], texts) };
        var day = desk.Zone.DayOf(now);
        var policy = rules.PolicyFor(request.ReportedAt ?? now);
        var clockRules = new ClockRules(policy, rules.CalendarOf(policy));
        Incident State() => Incident.Of(default, events.Select((e, i) => new Entry(i + 1, e.Event.At, default, e.Event.What, request.By.Person)));
        if (request.Respond is { } respond)
        {
            var decision = ClockDecisions.Respond(
                State(), desk.Reference.Find("response-way", respond.Way, day), respond.At ?? now, clockRules, Guid.NewGuid().ToString("N"), now);
            if (decision.Refused is not null)
            {
                return ([], decision.Refused);
            }

            events.Add(new EventToWrite(decision.Events[0], []));
        }

        if (request.Resolve is { } resolve)
        {
            var how = new Resolution(
                desk.Reference.Find("resolution-manner", resolve.Manner, day), resolve.FollowUpOn, !string.IsNullOrWhiteSpace(resolve.Receipt));
            var decision = ClockDecisions.Resolve(State(), how, resolve.At ?? now, clockRules, Guid.NewGuid().ToString("N"), now);
            if (decision.Refused is not null)
            {
                return ([], decision.Refused);
            }

            events.Add(new EventToWrite(decision.Events[0], handling));
        }

        return (events, null);
    }

    /// <summary>What became of the same external number before: the incident it is, or the refusal of other content.</summary>
    private async Task<Outcome<IncidentChanged>?> Known(
        LogFault request, string source, string content, Desk desk, CancellationToken cancellationToken)
    {
        var externalNo = request.ExternalNo!.Trim();
        var row = await db.Incidents.AsNoTracking().SingleOrDefaultAsync(i => i.Source == source && i.ExternalNo == externalNo, cancellationToken);
        if (row is null)
        {
            return null;
        }

        var number = new IncidentNumber(desk.Installation.NumberPrefix, row.Key).ToString();
        return row.ContentSalt is { } salt && ErasableText.HashOf(salt, content) == row.ContentHash
            ? new IncidentChanged(number, row.LastSeq, Known: true)
            : new Refusal(
                "duplicate_external_no", "externalNo", $"该来源的原编号已登记为工单 {number}，且内容不同。", $"That number of the source is incident {number} already, with other content.");
    }

    /// <summary>What the source said, in one string; who sent it and when does not belong to it.</summary>
    private static string Content(LogFault r) => string.Join('\u001F',
        r.Kind, r.Category, r.Severity, r.System, r.Town, r.Address, r.Room, r.Basis, r.ServicePoint, r.OccurredAt, r.ReportedAt, r.Title, r.Description,
        r.ReporterName, r.ReporterPhone);

    private static Refusal Unknown(string field) => new("unknown_" + field, field, "代码不存在、已停用或不属于该领域。", $"The {field} is unknown, ended or not of that kind.");
}
