using IncidentDesk.Domain.Incidents;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Data;

/// <summary>
/// Gives out incident numbers. The counter's row is raised in the transaction that writes the incidents, so that a day has no gap. Call it last.
/// </summary>
public static class DayNumbers
{
    /// <summary>Takes <paramref name="count"/> live numbers of a day; the result is the first of them. The row stays locked until the transaction ends.</summary>
    public static async Task<int> TakeLive(DeskDb db, DateOnly day, int count, CancellationToken cancellationToken)
    {
        var key = Key(day);
        var counter = db.DayCounters.Where(c => c.Day == key && c.Imported == 0);
        if (await counter.ExecuteUpdateAsync(set => set.SetProperty(c => c.Last, c => c.Last + count), cancellationToken) == 0)
        {
            // The day's first; a host that comes second conflicts on the key and begins again.
            db.DayCounters.Add(new DayCounterRow { Day = key, Last = count });
            await db.SaveChangesAsync(cancellationToken);
            return 1;
        }

        var last = await counter.AsNoTracking().Select(c => c.Last).SingleAsync(cancellationToken);
        return Within(last, day) - count + 1;
    }

    /// <summary>
    /// Takes one number of the imported series for each of the days given, in their order; one query and one save for many days. Who raised a counter meanwhile makes the
    /// save conflict, and the unit of work begins again.
    /// </summary>
    public static async Task<IReadOnlyList<int>> TakeImported(DeskDb db, IReadOnlyList<DateOnly> days, CancellationToken cancellationToken)
    {
        var keys = days.Select(Key).Distinct().ToList();
        var theirs = db.DayCounters.Where(c => c.Imported == 1 && keys.Contains(c.Day));

        // Who numbers the same days waits here and then reads what stands; without it two long imports take each other's numbers until one of them gives up.
        await theirs.ExecuteUpdateAsync(c => c.SetProperty(r => r.Last, r => r.Last), cancellationToken);
        var counters = await theirs.ToDictionaryAsync(c => c.Day, cancellationToken);
        foreach (var key in keys.Where(key => !counters.ContainsKey(key)))
        {
            counters[key] = new DayCounterRow { Day = key, Imported = 1 };
            db.DayCounters.Add(counters[key]);
        }

        return [.. days.Select(day => Within(++counters[Key(day)].Last, day))];
    }

    /// <summary>Raises a counter to a number that was given out; the result is where it stood. It never goes back.</summary>
    public static async Task<int> RaiseTo(DeskDb db, IncidentNumber number, CancellationToken cancellationToken)
    {
        var (key, imported) = (Key(number.Day), number.Imported ? 1 : 0);
        var counter = await db.DayCounters.SingleOrDefaultAsync(c => c.Day == key && c.Imported == imported, cancellationToken);
        if (counter is null)
        {
            db.DayCounters.Add(counter = new DayCounterRow { Day = key, Imported = imported });
        }

        var last = counter.Last;
        counter.Last = Math.Max(last, number.InDay);
        return last;
    }

    private static int Key(DateOnly day) => (int)(IncidentNumber.DayKey(day) / 1_000_000);

    private static int Within(int last, DateOnly day) =>
        last <= IncidentNumber.Largest ? last : throw new InvalidOperationException($"{day:yyyy-MM-dd} has used up its numbers.");
}
