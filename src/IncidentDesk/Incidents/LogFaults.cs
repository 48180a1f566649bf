using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>A fault whose codes and words have been checked. <paramref name="Content"/> is what its source said, salted, to tell the same from other content.</summary>
public sealed record FaultToLog(
    LogFault Request, FaultDetails Details, IReadOnlyList<ErasableText> Texts, IReadOnlyList<ErasableText> Handling, ErasableText Content);

/// <summary>
/// Writes the faults that share a commit: one look at their keys, each decided alone, one update of the day's counter. A refused one stores nothing and keeps nobody.
/// The answers stand in the order of the faults.
/// </summary>
public sealed record LogFaults(IReadOnlyList<FaultToLog> Faults) : IRequest<IReadOnlyList<Outcome<IncidentChanged>>>, IUnitOfWork;

/// <inheritdoc cref="LogFaults"/>
public sealed class LogFaultsHandler(DeskDb db, IncidentJournal journal, DeskCache cache, TimeProvider clock)
    : IRequestHandler<LogFaults, IReadOnlyList<Outcome<IncidentChanged>>>
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<Outcome<IncidentChanged>>> Handle(LogFaults request, CancellationToken cancellationToken)
    {
        var desk = await cache.Get(db, cancellationToken);
        var now = clock.GetUtcNow();
        var rules = desk.Reference.Rules.KnownAt(now);
        var sent = await SentBefore.Find<Outcome<IncidentChanged>>(db, [.. request.Faults.Select(f => f.Request.Idempotency)], cancellationToken);
        var answers = new Outcome<IncidentChanged>[request.Faults.Count];
        var toWrite = new List<(int Place, IReadOnlyList<EventToWrite> Events)>();
        for (var i = 0; i < answers.Length; i++)
        {
            if ((sent.TryGetValue(i, out var before) ? before : await Known(request.Faults[i], desk, cancellationToken)) is { } answer)
            {
                answers[i] = answer;
                continue;
            }

            var (events, refused) = Decide(request.Faults[i], desk, rules, Instant.Of(now));
            if (refused is null)
            {
                toWrite.Add((i, events));
            }
            else
            {
                answers[i] = refused;
            }
        }

        if (toWrite.Count > 0)
        {
            var day = desk.Zone.DayOf(Instant.Of(now));
            var next = await DayNumbers.TakeLive(db, day, toWrite.Count, cancellationToken);
            foreach (var (place, events) in toWrite)
            {
                var number = IncidentNumber.Of(desk.Installation.NumberPrefix, day, next++, imported: false);
                answers[place] = Write(request.Faults[place], number, events, desk, rules, now);
            }
        }

        return answers;
    }

    private IncidentChanged Write(FaultToLog fault, IncidentNumber number, IReadOnlyList<EventToWrite> events, Desk desk, Rules rules, DateTimeOffset now)
    {
        var by = fault.Request.By;
        var row = journal.Append(desk.Installation.Id, number, null, [], EventChain.Genesis, events, new Author(by.Person, by.Via), now, rules);
        (row.ContentSalt, row.ContentHash) = (fault.Content.Salt, fault.Content.Hash);
        var logged = new IncidentChanged(number.ToString(), row.LastSeq);
        SentBefore.Keep<Outcome<IncidentChanged>>(journal, fault.Request.Idempotency, logged, now);
        return logged with { Written = IncidentView.Of(number, journal.EventsOf(row), journal.TextsOf(row), desk, now) };
    }

    /// <summary>Log, then what was done on the spot, each decided on the state that the one before leaves.</summary>
    private static (IReadOnlyList<EventToWrite> Events, Refusal? Refused) Decide(
        FaultToLog fault, Desk desk, Rules rules, Instant now)
    {
        var request = fault.Request;
        var log = ClockDecisions.Log(fault.Details, request.ReportedAt ?? now, request.OccurredAt, desk.Zone, now);
        if (log.Refused is not null)
        {
            return ([], log.Refused);
        }

        var events = new List<EventToWrite> { new(log.Events[0], fault.Texts) };
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

            events.Add(new EventToWrite(decision.Events[0], fault.Handling));
        }

        return (events, null);
    }

    /// <summary>What became of the same external number before: the incident it is, or the refusal of other content.</summary>
    private async Task<Outcome<IncidentChanged>?> Known(FaultToLog fault, Desk desk, CancellationToken cancellationToken)
    {
        if (fault.Details is not { Source: { } source, ExternalNo: { } externalNo })
        {
            return null;
        }

        var row = await db.Incidents.AsNoTracking().SingleOrDefaultAsync(i => i.Source == source && i.ExternalNo == externalNo, cancellationToken);
        if (row is null)
        {
            return null;
        }

        var number = new IncidentNumber(desk.Installation.NumberPrefix, row.Key).ToString();
        return row.ContentSalt is not { } salt
            ? new Refusal(
                "duplicate_external_no", "externalNo", $"该来源的原编号已登记为工单 {number}；其文字已到期清除，无法比对内容是否相同。",
                $"That number of the source is incident {number} already; its texts have been erased, and whether this says the same cannot be told.")
            : ErasableText.HashOf(salt, fault.Content.Value) == row.ContentHash ? new IncidentChanged(number, row.LastSeq, Known: true)
            : new Refusal(
                "duplicate_external_no", "externalNo", $"该来源的原编号已登记为工单 {number}，且内容不同。", $"That number of the source is incident {number} already, with other content.");
    }
}
