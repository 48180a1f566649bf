using System.Runtime.CompilerServices;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>The streams of incidents, in order of their numbers, a thousand at a time: the truth that reports fold and verify walks.</summary>
public static class TicketStream
{
    private const int Page = 1_000;

    /// <summary>Incidents that stand, or ever stood, in a month of the period: what another known-at may bring back.</summary>
    public static IQueryable<IncidentRow> EverIn(this IQueryable<IncidentRow> incidents, Period period)
    {
        var (first, last) = (period.First.Number, period.Last.Number);
        return incidents.Where(i => (i.Month >= first && i.Month <= last) || (i.MovedFromMonth <= last && i.MovedToMonth >= first));
    }

    /// <summary>Rows of the incidents with their event rows in order of seq. Memory is bounded by the page.</summary>
    public static async IAsyncEnumerable<Ticket> Stream(
        this DeskDb db, IQueryable<IncidentRow> incidents, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in db.Pages(incidents, cancellationToken))
        {
            foreach (var ticket in page)
            {
                yield return ticket;
            }
        }
    }

    /// <summary>The same, a page at a time.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<Ticket>> Pages(
        this DeskDb db, IQueryable<IncidentRow> incidents, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            var rows = await incidents.AsNoTracking().Where(i => i.Key > after).OrderBy(i => i.Key).Take(Page).ToListAsync(cancellationToken);
            if (rows.Count == 0)
            {
                yield break;
            }

            var (first, last) = (rows[0].Key, rows[^1].Key);
            var events = await (
                from i in incidents
                join e in db.Events.AsNoTracking() on i.Key equals e.Incident
                where i.Key >= first && i.Key <= last
                orderby e.Incident, e.Seq
                select e).ToListAsync(cancellationToken);
            var own = events.ToLookup(e => e.Incident);
            yield return rows.ConvertAll(row => new Ticket(row, [.. own[row.Key]]));
            after = last;
        }
    }

    /// <summary>Event rows as the domain reads them.</summary>
    public static List<Entry> Entries(this List<EventRow> events) => events.ConvertAll(IncidentJournal.ToEntry);

    /// <summary>An incident's row and its event rows in order of seq.</summary>
    public sealed record Ticket(IncidentRow Row, List<EventRow> Events);
}
