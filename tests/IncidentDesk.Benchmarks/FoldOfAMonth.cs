using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using IncidentDesk.Reports;

namespace IncidentDesk.Benchmarks;

/// <summary>What a report at another known-at costs: the month's 100 000 tickets folded from their events, nothing written.</summary>
internal static class FoldOfAMonth
{
    /// <summary>June 2025, which holds them.</summary>
    public static Period June { get; } = Period.Of(new Month(202506));

    public static async Task Run(Yardstick yardstick)
    {
        var desk = await yardstick.Month();
        var tickets = 0L;
        var took = await Yardstick.Median(3, () => desk.With(async db => tickets = await Fold(db)));
        yardstick.Print($"other known-at: fold of {tickets:N0} tickets", $"{took.Seconds:0.0} s (processor {took.Cpu:0.0} s)", "≤ 5 s");
    }

    private static async Task<long> Fold(DeskDb db)
    {
        var now = Iso.ToMilliseconds(TimeProvider.System.GetUtcNow());
        var inputs = new ReportInputs(June, "rental", Instant.Of(now), now);
        var loaded = await Desk.Load(db, CancellationToken.None);
        var summary = new ReportSummary(inputs, loaded.Zone);
        await foreach (var ticket in ReportFold.Tickets(db, loaded, inputs, CancellationToken.None))
        {
            summary.Take(ticket);
        }

        return new MonthFigures(summary.Total, 0).Received;
    }
}
