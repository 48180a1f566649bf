using IncidentDesk.Evidence;

namespace IncidentDesk.Benchmarks;

/// <summary>Every chain, text and row of the month's ledger checked.</summary>
internal static class VerifyRate
{
    public static async Task Run(Yardstick yardstick)
    {
        var desk = await yardstick.Month();
        var result = default(Verification)!;
        var took = await Yardstick.Median(3, async () => result = await desk.Services.SendAlone(new VerifyLedger()));
        yardstick.Print(
            $"verify: {result.Events:N0} events, {result.Texts:N0} texts, {result.Incidents:N0} rows", $"{result.Events / took.Seconds:N0} events/s (processor {took.Cpu:0.0} s)", "–");
    }
}
