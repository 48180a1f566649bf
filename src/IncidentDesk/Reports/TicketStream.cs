using System.Runtime.CompilerServices;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>The streams of incidents, in order of their numbers, a thousand at a time: the truth that reports fold and verify walks.</summary>
public static class TicketStream
{
    private const int Page = 1_000;
    private const int KeysAtOnce = 50_000;

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
            // The keys first: asked for one page of a month by key, an engine reads and sorts the whole month each time.
            var keys = await incidents.Where(i => i.Key > after).OrderBy(i => i.Key).Select(i => i.Key).Take(KeysAtOnce).ToListAsync(cancellationToken);
            if (keys.Count == 0)
            {
                yield break;
            }

            foreach (var page in keys.Chunk(Page))
            {
                var rows = await db.Incidents.AsNoTracking().Where(i => EF.Parameter(page).Contains(i.Key)).OrderBy(i => i.Key).ToListAsync(cancellationToken);
                var events = await db.Events.AsNoTracking().Where(e => EF.Parameter(page).Contains(e.Incident))
                    .OrderBy(e => e.Incident).ThenBy(e => e.Seq).ToListAsync(cancellationToken);
                var own = events.ToLookup(e => e.Incident);
                yield return rows.ConvertAll(row => new Ticket(row, [.. own[row.Key]]));
            }

            after = keys[^1];
        }
    }

    /// <summary>Event rows as the domain reads them.</summary>
    public static List<Entry> Entries(this List<EventRow> events) => events.ConvertAll(IncidentJournal.ToEntry);

    /// <summary>An incident's row and its event rows in order of seq.</summary>
    public sealed record Ticket(IncidentRow Row, List<EventRow> Events);
}
