using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Keeping;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>
/// A day and series of incident numbers: first and last, how many, how many per kind, and the numbers that a restore left out. Gap-free ⇔ first is 1 and last is the count.
/// </summary>
public sealed record NumberDay(DateOnly Day, bool Imported, int First, int Last, int Count, int Rental, int System, IReadOnlyList<NumberGap> Gaps)
{
    /// <summary>Whether the numbers fill 1…n.</summary>
    public bool Complete => First == 1 && Last == Count;

    /// <summary>Whether they do so together with those that a restore left out.</summary>
    public bool Explained => First == 1 && Last == Count + Gaps.Sum(g => g.Count);
}

/// <summary>The continuity table of a period by day of logging, over both kinds, because they share one series: an evaluator takes a gap for a deleted ticket.</summary>
public static class Continuity
{
    /// <summary>Days of the period on which tickets known by known-at were logged, or numbers left out.</summary>
    public static async Task<IReadOnlyList<NumberDay>> Read(DeskDb db, string prefix, ReportInputs inputs, IReadOnlyList<InstallationEvent> befell, CancellationToken cancellationToken)
    {
        var (from, to, knownAt) = (IncidentNumber.DayKey(inputs.Period.First.FirstDay), IncidentNumber.DayKey(inputs.Period.Last.Next.FirstDay), inputs.KnownAt);
        var rental = FaultKind.Rental.Code();
        var days = await db.Incidents.AsNoTracking()
            .Where(i => i.Key >= from && i.Key < to && i.FirstRecordedAt <= knownAt)
            .GroupBy(i => i.Key / 500_000)
            .Select(g => new { First = g.Min(i => i.Key), Last = g.Max(i => i.Key), Count = g.Count(), Rental = g.Sum(i => i.Kind == rental ? 1 : 0) })
            .OrderBy(g => g.First)
            .ToListAsync(cancellationToken);
        var gaps = befell.SelectMany(e => e.Gaps(prefix)).Where(g => g.First.Key >= from && g.First.Key < to).ToLookup(g => g.First.Key / 500_000);
        var known = days.ToDictionary(d => d.First / 500_000);
        return [.. known.Keys.Union(gaps.Select(g => g.Key)).Order().Select(series =>
        {
            var (logged, left) = (known.GetValueOrDefault(series), gaps[series].OrderBy(g => g.First.Key).ToList());
            var first = new IncidentNumber(prefix, Math.Min(logged?.First ?? long.MaxValue, left.FirstOrDefault()?.First.Key ?? long.MaxValue));
            var last = new IncidentNumber(prefix, Math.Max(logged?.Last ?? 0, left.LastOrDefault()?.Last.Key ?? 0));
            return new NumberDay(first.Day, first.Imported, first.InDay, last.InDay, logged?.Count ?? 0, logged?.Rental ?? 0, (logged?.Count ?? 0) - (logged?.Rental ?? 0), left);
        })];
    }
}
