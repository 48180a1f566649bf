using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>A day and series of incident numbers: first and last, how many, how many per kind. Gap-free ⇔ first is 1 and last is the count.</summary>
public sealed record NumberDay(DateOnly Day, bool Imported, int First, int Last, int Count, int Rental, int System)
{
    /// <summary>Whether the numbers fill 1…n.</summary>
    public bool Complete => First == 1 && Last == Count;
}

/// <summary>The continuity table of a period by day of logging, over both kinds, because they share one series: an evaluator takes a gap for a deleted ticket.</summary>
public static class Continuity
{
    /// <summary>Days of the period on which tickets known by known-at were logged.</summary>
    public static async Task<IReadOnlyList<NumberDay>> Read(DeskDb db, string prefix, ReportInputs inputs, CancellationToken cancellationToken)
    {
        var (from, to, knownAt) = (IncidentNumber.DayKey(inputs.Period.First.FirstDay), IncidentNumber.DayKey(inputs.Period.Last.Next.FirstDay), inputs.KnownAt);
        var rental = FaultKind.Rental.Code();
        var days = await db.Incidents.AsNoTracking()
            .Where(i => i.Key >= from && i.Key < to && i.FirstRecordedAt <= knownAt)
            .GroupBy(i => i.Key / 500_000)
            .Select(g => new { First = g.Min(i => i.Key), Last = g.Max(i => i.Key), Count = g.Count(), Rental = g.Sum(i => i.Kind == rental ? 1 : 0) })
            .OrderBy(g => g.First)
            .ToListAsync(cancellationToken);
        return [.. days.Select(d =>
        {
            var (first, last) = (new IncidentNumber(prefix, d.First), new IncidentNumber(prefix, d.Last));
            return new NumberDay(first.Day, first.Imported, first.InDay, last.InDay, d.Count, d.Rental, d.Count - d.Rental);
        })];
    }
}
