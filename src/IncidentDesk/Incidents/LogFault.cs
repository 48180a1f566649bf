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
    string? CapturedAt, RespondNow? Respond, ResolveNow? Resolve, string? Idempotency = null) : IRequest<Outcome<IncidentChanged>>;

/// <summary>A first contact; an absent time is now.</summary>
public sealed record RespondNow(string Way, Instant? At = null);

/// <summary>How it ended; an absent time is now.</summary>
public sealed record ResolveNow(string Manner, Instant? At = null, DateOnly? FollowUpOn = null, string? Receipt = null, string? Handling = null);

/// <inheritdoc cref="LogFault"/>
/// <remarks>What can be told without the incidents is told here; the rest is decided where it is written, with others that come at the same time.</remarks>
public sealed class LogFaultHandler(DeskDb db, DeskCache cache, CommitQueue queue, TimeProvider clock) : IRequestHandler<LogFault, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(LogFault request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("title", request.Title, 200).Add("description", request.Description, 4000).Add("address", request.Address, 200)
            .Add("room", request.Room, 50).Add("reporterName", request.ReporterName, 100).Add("reporterPhone", request.ReporterPhone, 50)
            .Add("capturedAt", request.CapturedAt, 50);
        var handling = new Texts().Add("handling", request.Resolve?.Handling, 4000).Add("receipt", request.Resolve?.Receipt, 200);
        var desk = await cache.Get(db, cancellationToken);
        var (details, unknown) = Details(request, desk, desk.Zone.DayOf(request.ReportedAt ?? Instant.Of(clock.GetUtcNow())));
        if ((request.By.Lacks(Right.Log) ?? request.By.LacksAt(request.Town, request.ServicePoint) ?? texts.Refused ?? handling.Refused ?? unknown) is not { } refused)
        {
            return await queue.Log(new FaultToLog(request, details!, texts.Said, handling.Said, ErasableText.New("content", Content(request))), cancellationToken);
        }

        // What was logged once with this key stays logged, though a code may have been ended since.
        return (await SentBefore.Find<Outcome<IncidentChanged>>(db, [request.Idempotency], cancellationToken)).TryGetValue(0, out var before) ? before : refused;
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

    /// <summary>What the source said, in one string; who sent it and when does not belong to it.</summary>
    private static string Content(LogFault r) => string.Join('\u001F',
        r.Kind, r.Category, r.Severity, r.System, r.Town, r.Address, r.Room, r.Basis, r.ServicePoint, r.OccurredAt, r.ReportedAt, r.Title, r.Description,
        r.ReporterName, r.ReporterPhone);

    private static Refusal Unknown(string field) => new("unknown_" + field, field, "代码不存在、已停用或不属于该领域。", $"The {field} is unknown, ended or not of that kind.");
}
