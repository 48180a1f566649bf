using System.Runtime.CompilerServices;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reports;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reference;

/// <summary>An open incident that a version would move: official due time, due time of the response, scope and verdict, now and then.</summary>
public sealed record MovedIncident(
    string Number, Instant? DueNow, Instant? DueThen, Instant? ResponseDueNow, Instant? ResponseDueThen, string ScopeNow, string ScopeThen, Outcome VerdictNow, Outcome VerdictThen)
{
    /// <summary>Whether anything of it moves.</summary>
    internal bool Moves => (DueNow, ResponseDueNow, ScopeNow, VerdictNow) != (DueThen, ResponseDueThen, ScopeThen, VerdictThen);
}

/// <summary>What a version would do to the incidents open now: how many it moves, at most a hundred of them by number, and the same in one sentence.</summary>
public sealed record VersionEffect(NewVersion Version, int Affected, IReadOnlyList<MovedIncident> Incidents, Zone Zone)
{
    private const int MostNamed = 100;
    private const int PageRows = 1_000;

    /// <summary>In zh-CN.</summary>
    public string Zh => $"自 {Version.From} 起{(Version.Ended ? "停用" : "生效")}，涉及未结工单 {Affected} 件。";

    /// <summary>In English.</summary>
    public string En => $"{(Version.Ended ? "Ended" : "In force")} from {Version.From}; {Affected} open incident{(Affected == 1 ? "" : "s")} would move.";

    /// <summary>
    /// Folds every open incident that the version can move by the rules known now and by those with it, a page at a time; nothing is written.
    /// </summary>
    internal static async Task<VersionEffect> Read(DeskDb db, Desk desk, NewVersion version, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = version.ToRow("", null, Iso.ToMilliseconds(now));
        var then = desk with { Reference = desk.Reference.With(row) };
        var (rulesNow, rulesThen, asOf) = (desk.Reference.Rules.KnownAt(DateTimeOffset.MaxValue), then.Reference.Rules.KnownAt(DateTimeOffset.MaxValue), Instant.Of(now));
        var (affected, named) = (0, new List<MovedIncident>());
        if (MovedBy.Incidents(db.Incidents.Where(i => i.ResolvedAt == null && i.ExcludedAs == null), row, then.Reference, rulesThen) is { } open)
        {
            await foreach (var (incident, events) in Streams(db, open, cancellationToken))
            {
                var number = new IncidentNumber(desk.Installation.NumberPrefix, incident.Key);
                var moved = Moved(number, events.Entries(), (desk, rulesNow), (then, rulesThen), asOf);
                affected += moved.Moves ? 1 : 0;
                if (moved.Moves && named.Count < MostNamed)
                {
                    named.Add(moved);
                }
            }
        }

        return new VersionEffect(version, affected, named, desk.Zone);
    }

    /// <summary>
    /// Numbers at once, then a page of tickets at a time. The numbers are asked for in no order: asked for by number, an engine walks past every closed ticket to find the open ones.
    /// </summary>
    private static async IAsyncEnumerable<TicketStream.Ticket> Streams(
        DeskDb db, IQueryable<IncidentRow> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var keys = await open.Select(i => i.Key).ToListAsync(cancellationToken);
        foreach (var few in keys.Order().Chunk(PageRows))
        {
            await foreach (var page in db.Pages(db.Incidents.Where(i => EF.Parameter(few).Contains(i.Key)), cancellationToken))
            {
                foreach (var ticket in page)
                {
                    yield return ticket;
                }
            }
        }
    }

    private static MovedIncident Moved(IncidentNumber number, List<Entry> entries, (Desk Desk, Rules Rules) now, (Desk Desk, Rules Rules) then, Instant asOf)
    {
        var (a, b) = (Read(now), Read(then));
        return new MovedIncident(
            number.ToString(), a.Reading.EffectiveDueAt, b.Reading.EffectiveDueAt, ResponseDue(a), ResponseDue(b), a.Scope, b.Scope, a.Reading.Outcome, b.Reading.Outcome);

        ReportTicket Read((Desk Desk, Rules Rules) by) => ReportFold.Read(number, entries, by.Desk, by.Rules, asOf, DateTimeOffset.MaxValue)!;
    }

    /// <summary>Null once somebody responded: then it moves nothing any more.</summary>
    private static Instant? ResponseDue(ReportTicket ticket) =>
        ticket.Reading.FirstResponseAt is null ? ticket.Calendar.Add(ticket.Reading.StartAt, ticket.Policy.ResponseLimitSec) : null;
}
