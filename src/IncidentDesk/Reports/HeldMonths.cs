using System.Collections.Concurrent;
using IncidentDesk.Data;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>
/// Readings of large months, kept by this process, because folding 100 000 tickets takes seconds. One of more than <see cref="Large"/> tickets that was read as of now answers
/// again for <see cref="Keep"/>, and longer while nothing of its month was recorded since and nothing in it is pending; the page says of which instant it is. One that was
/// asked for with both instants never changes. Small months are read anew each time.
/// </summary>
public sealed class HeldMonths
{
    /// <summary>More tickets than this make a month large.</summary>
    public int Large { get; init; } = 1_000;

    /// <summary>How long a reading answers whatever was recorded since.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromSeconds(30);

    // A reading keeps some megabytes of a month of 100 000.
    private const int Most = 24;

    private readonly ConcurrentDictionary<object, Held> held = new();
    private readonly ConcurrentDictionary<(Period Period, string Scope), YearView> years = new();

    /// <summary>The figures of a year that were read less than <see cref="Keep"/> before; null where it is to be read.</summary>
    internal YearView? YearOf(ReportInputs asked) =>
        years.TryGetValue((asked.Period, asked.Scope), out var known) && asked.KnownAt - known.Inputs.KnownAt is var age && age >= TimeSpan.Zero && age < Keep ? known : null;

    /// <summary>Keeps a year of more than twelve large months.</summary>
    internal YearView Keeping(YearView read) =>
        read.Figures.Received > 12 * Large ? years[(read.Inputs.Period, read.Inputs.Scope)] = read : read;

    /// <summary>The reading that stands, or a new one. Who asks for the same at once waits for one answer.</summary>
    internal async Task<MonthReading> Read(
        DeskDb db, Desk desk, ReportInputs asked, bool asOfNow, Func<Task<MonthReading>> read, CancellationToken cancellationToken)
    {
        if (held.Count >= Most)
        {
            held.Clear();
        }

        var mine = held.GetOrAdd(asOfNow ? (asked.Period, asked.Scope) : asked, _ => new Held());
        await mine.Turn.WaitAsync(cancellationToken);
        try
        {
            return mine.Reading is { } known && await Stands(db, desk, known, asked, asOfNow, cancellationToken) ? known : mine.Reading = await read();
        }
        finally
        {
            mine.Turn.Release();
        }
    }

    private async Task<bool> Stands(DeskDb db, Desk desk, MonthReading known, ReportInputs asked, bool asOfNow, CancellationToken cancellationToken)
    {
        var (report, knownAt, first, last) = (known.Report, known.Report.Inputs.KnownAt, asked.Period.First.Number, asked.Period.Last.Number);

        // What was recorded before it but committed after it was not seen (D19).
        var since = knownAt - Report.Settling;
        if (!asOfNow)
        {
            return report.Settled;
        }

        // Who waited while another read has an answer younger than the question.
        if (asked.KnownAt < knownAt)
        {
            return true;
        }

        return known.Folded > Large
            && (asked.KnownAt - knownAt < Keep
                || (report.Summary.Total.Pending == 0 && report.Summary.Response.Pending == 0 && desk.Reference.Rules.LastRecordedAt <= knownAt
                    && !await db.Incidents.AnyAsync(i => i.Month >= first && i.Month <= last && i.LastRecordedAt > since, cancellationToken)
                    && !await db.Incidents.AnyAsync(i => i.MovedFromMonth <= last && i.MovedToMonth >= first && i.LastRecordedAt > since, cancellationToken)));
    }

    private sealed class Held
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public MonthReading? Reading { get; set; }
    }
}
