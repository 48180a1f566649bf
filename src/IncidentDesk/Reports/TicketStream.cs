using System.Runtime.CompilerServices;
using System.Threading.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>The streams of incidents, in order of their numbers, a thousand at a time: the truth that reports fold and verify walks.</summary>
public static class TicketStream
{
    private const int Page = 1_000;
    private const int KeysAtOnce = 50_000;

    /// <summary>
    /// Event rows, in order of seq, of each incident that stands, or ever stood, in a month of the period: what another known-at may bring back. The next page is read while
    /// one is folded, so the context belongs to this stream until it ends. Memory is bounded by three pages and the period's keys.
    /// </summary>
    public static async IAsyncEnumerable<IGrouping<long, EventRow>> Streams(this DeskDb db, Period period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = Channel.CreateBounded<ILookup<long, EventRow>>(1);
        var reading = Task.Run(() => Read(pages.Writer, end.Token), CancellationToken.None);
        try
        {
            await foreach (var page in pages.Reader.ReadAllAsync(cancellationToken))
            {
                foreach (var stream in page)
                {
                    yield return stream;
                }
            }
        }
        finally
        {
            await end.CancelAsync();
            await reading;
        }

        async Task Read(ChannelWriter<ILookup<long, EventRow>> writer, CancellationToken token)
        {
            try
            {
                await foreach (var page in EverIn(db, period, token))
                {
                    await writer.WriteAsync(await Events(db, page, token), token);
                }

                writer.Complete();
            }
            catch (Exception e)
            {
                // Whoever folds the pages meets it there.
                writer.Complete(e);
            }
        }
    }

    /// <summary>Rows of the incidents with their event rows, a page at a time.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<Ticket>> Pages(
        this DeskDb db, IQueryable<IncidentRow> incidents, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in Keys(incidents, cancellationToken))
        {
            var rows = await db.Incidents.AsNoTracking().Where(i => EF.Parameter(page).Contains(i.Key)).OrderBy(i => i.Key).ToListAsync(cancellationToken);
            var own = await Events(db, page, cancellationToken);
            yield return rows.ConvertAll(row => new Ticket(row, [.. own[row.Key]]));
        }
    }

    /// <summary>
    /// Keys of a period's incidents, from the two indexes by month and put in order here: asked for both at once in order of their keys, an engine walks the whole table.
    /// </summary>
    private static async IAsyncEnumerable<long[]> EverIn(DeskDb db, Period period, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (first, last) = (period.First.Number, period.Last.Number);
        var here = await db.Incidents.Where(i => i.Month >= first && i.Month <= last).Select(i => i.Key).ToListAsync(cancellationToken);
        var moved = await db.Incidents.Where(i => i.MovedFromMonth <= last && i.MovedToMonth >= first).Select(i => i.Key).ToListAsync(cancellationToken);
        foreach (var page in here.Union(moved).Order().Chunk(Page))
        {
            yield return page;
        }
    }

    /// <summary>
    /// Keys of the incidents, a page at a time. Many are asked for at once and alone: asked for one page of a month's tickets by key, an engine reads and sorts the whole
    /// month each time.
    /// </summary>
    private static async IAsyncEnumerable<long[]> Keys(IQueryable<IncidentRow> incidents, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var after = 0L; ;)
        {
            var keys = await incidents.Where(i => i.Key > after).OrderBy(i => i.Key).Select(i => i.Key).Take(KeysAtOnce).ToListAsync(cancellationToken);
            if (keys.Count == 0)
            {
                yield break;
            }

            foreach (var page in keys.Chunk(Page))
            {
                yield return page;
            }

            after = keys[^1];
        }
    }

    private static async Task<ILookup<long, EventRow>> Events(DeskDb db, long[] page, CancellationToken cancellationToken) =>
        (await db.Events.AsNoTracking().Where(e => EF.Parameter(page).Contains(e.Incident))
            .OrderBy(e => e.Incident).ThenBy(e => e.Seq).ToListAsync(cancellationToken)).ToLookup(e => e.Incident);

    /// <summary>Event rows as the domain reads them.</summary>
    public static List<Entry> Entries(this IEnumerable<EventRow> events) => [.. events.Select(IncidentJournal.ToEntry)];

    /// <summary>An incident's row and its event rows in order of seq.</summary>
    public sealed record Ticket(IncidentRow Row, List<EventRow> Events);
}
