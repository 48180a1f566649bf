using System.Text.Json.Serialization;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;

namespace IncidentDesk.Incidents;

/// <summary>What a change came to: the incident, its last event, the request where one waits for a second person now, and whether the source had
/// sent the same before.</summary>
public sealed record IncidentChanged(string Number, int Seq, string? RequestId = null, bool Known = false)
{
    /// <summary>The incident as it was written, where it is new: an answer need not read it again. It is not part of the result that a key keeps.</summary>
    [JsonIgnore]
    public IncidentView? Written { get; init; }
}

/// <summary>An incident opened for a change, with everything a decision takes as an argument.</summary>
public sealed record Opened(OpenedIncident Incident, Desk Desk, Rules Rules, Instant Now, string RequestId)
{
    /// <summary>The state that decisions read.</summary>
    public Incident State => Incident.State;

    /// <summary>Policy and calendar by its effective reportedAt.</summary>
    public ClockRules Clock => ClockFor(State.Facts.ReportedAt);

    /// <summary>Policy and calendar of a ticket reported at that instant.</summary>
    public ClockRules ClockFor(Instant reportedAt)
    {
        var policy = Rules.PolicyFor(reportedAt);
        return new ClockRules(policy, Rules.CalendarOf(policy));
    }

    /// <summary>A code in force today, by name.</summary>
    public Coded? Code(string list, string? code) => Desk.Reference.Find(list, code, Desk.Zone.DayOf(Now));
}

/// <summary>
/// The one way from a command to an incident's stream: right, open, decide on the current state, append to every stream concerned. A refusal stores nothing.
/// </summary>
public sealed class ChangeIncident(DeskDb db, IncidentJournal journal, DeskCache cache, TimeProvider clock)
{
    /// <summary>Opens an incident; the refusal says why not. <paramref name="ifMatch"/> is the seq that the caller last saw (412 where it has gone on).</summary>
    public async Task<Outcome<Opened>> Open(Caller by, Right right, string number, int? ifMatch, CancellationToken cancellationToken)
    {
        if (by.Lacks(right) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        if (!IncidentNumber.TryParse(desk.Installation.NumberPrefix, number, out var parsed) || await journal.Open(parsed, cancellationToken) is not { } incident)
        {
            return NotFound;
        }

        if (by.LacksOn(incident.State, right) is { } elsewhere)
        {
            return elsewhere;
        }

        if (ifMatch is { } seen && seen != incident.State.LastSeq)
        {
            return new Refusal(
                "changed_since", "If-Match",
                $"该工单已有变动(第 {seen} 至 {incident.State.LastSeq} 条)，请刷新后再办理。",
                $"The incident has gone on from event {seen} to {incident.State.LastSeq}; read it again.");
        }

        var now = clock.GetUtcNow();
        return new Opened(incident, desk, desk.Reference.Rules.KnownAt(now), Instant.Of(now), Guid.NewGuid().ToString("N"));
    }

    /// <summary>Appends what was decided; events for another stream are written there in the same transaction (D10).</summary>
    public async Task<Outcome<IncidentChanged>> Append(
        Caller by, Opened opened, Decision decision, IReadOnlyList<ErasableText> texts, CancellationToken cancellationToken)
    {
        if (decision.Refused is { } refused)
        {
            return refused;
        }

        var author = new Author(by.Person, by.Via);
        var now = clock.GetUtcNow();
        var own = decision.Events.Where(e => e.Elsewhere is null).ToList();
        journal.Append(
            opened.Desk.Installation.Id, opened.Incident, [.. own.Select((e, i) => new EventToWrite(e, i == 0 ? texts : []))], author, now, opened.Rules);
        foreach (var elsewhere in decision.Events.Where(e => e.Elsewhere is not null).GroupBy(e => e.Elsewhere!.Value))
        {
            var other = await journal.Open(elsewhere.Key, cancellationToken)
                ?? throw new InvalidDataException($"{opened.Incident.Number} writes to {elsewhere.Key}, which does not exist.");
            journal.Append(opened.Desk.Installation.Id, other, [.. elsewhere.Select(e => new EventToWrite(e, []))], author, now, opened.Rules);
        }

        return new IncidentChanged(
            opened.Incident.Number.ToString(), opened.State.LastSeq + own.Count, own.Select(e => e.What).OfType<Requested>().FirstOrDefault()?.RequestId);
    }

    /// <summary>The masters above a duplicate, nearest first; none for an incident that was not merged.</summary>
    public async Task<IReadOnlyList<Incident>> Masters(Opened incident, CancellationToken cancellationToken)
    {
        var masters = new List<Incident>();
        for (var above = incident.State.MergedInto; above is { } number; above = masters[^1].MergedInto)
        {
            masters.Add((await journal.Open(number, cancellationToken))!.State);
        }

        return masters;
    }

    /// <summary>There is none of that number.</summary>
    public static readonly Refusal NotFound = new("incident_not_found", "number", "没有这个编号的工单。", "There is no incident of that number.");
}
