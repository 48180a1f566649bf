using IncidentDesk.Reports;

namespace IncidentDesk.Benchmarks;

/// <summary>The whole report of the month as JSON, every ticket with its arithmetic, into nowhere.</summary>
internal static class ListOfAMonth
{
    public static async Task Run(Yardstick yardstick)
    {
        var desk = await yardstick.Month();
        var took = await Yardstick.Median(3, async () =>
        {
            var outcome = await desk.Services.SendAlone(new WriteReport(FoldOfAMonth.June, "rental", null, null, ReportFormat.Json, Stream.Null));
            _ = outcome.Refused is { } refused ? throw new InvalidOperationException(refused.En) : outcome;
        });
        yardstick.Print("report with list, JSON, 100,000 lines", $"{100_000 / took.Seconds:N0} lines/s (processor {took.Cpu:0.0} s)", "≥ 20 000 lines/s");
    }
}
