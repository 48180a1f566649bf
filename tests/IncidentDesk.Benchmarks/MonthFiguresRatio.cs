using System.Data.Common;
using System.Diagnostics;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reports;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Benchmarks;

/// <summary>
/// The figures of a month of 100 000 rows known now, beside SQL written by hand for the same four counts of the same rows: same connection, same run, by turns.
/// </summary>
internal static class MonthFiguresRatio
{
    private const int Runs = 15;

    private const string ByHand =
        """
        SELECT "Scope",
               SUM(CASE WHEN "ExcludedAs" IS NULL AND "ResolvedAt" IS NOT NULL AND ("BreachesAt" IS NULL OR "BreachesAt" > @asOf) THEN 1 ELSE 0 END),
               SUM(CASE WHEN "ExcludedAs" IS NULL AND "BreachesAt" <= @asOf THEN 1 ELSE 0 END),
               SUM(CASE WHEN "ExcludedAs" IS NULL AND "ResolvedAt" IS NULL AND ("BreachesAt" IS NULL OR "BreachesAt" > @asOf) THEN 1 ELSE 0 END),
               SUM(CASE WHEN "ExcludedAs" IS NOT NULL THEN 1 ELSE 0 END)
        FROM "Incidents" WHERE "Month" = 202506 GROUP BY "Scope"
        """;

    public static async Task Run(Yardstick yardstick)
    {
        await using var desk = await yardstick.Fresh();
        await desk.With(async db =>
        {
            db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
            await SeededRows.Write(db, yardstick.Rows);
            await db.Database.OpenConnectionAsync();
            var loaded = await Desk.Load(db, CancellationToken.None);
            var now = Iso.ToMilliseconds(TimeProvider.System.GetUtcNow());
            var inputs = new ReportInputs(FoldOfAMonth.June, "rental", Instant.Of(now), now);
            var (ours, byHand) = (new List<double>(), new List<double>());
            for (var run = -2; run < Runs; run++)
            {
                var watch = Stopwatch.StartNew();
                var figures = await RowFigures.Read(db, loaded.Reference.Rules, inputs, CancellationToken.None)
                    ?? throw new InvalidOperationException("The rows did not answer.");
                var tookOurs = watch.Elapsed.TotalMilliseconds;
                watch.Restart();
                var onTime = await OnTimeByHand(db, now.UtcDateTime);
                var tookByHand = watch.Elapsed.TotalMilliseconds;
                if (figures[new Month(202506)].OnTime != onTime)
                {
                    throw new InvalidOperationException("The two do not count the same.");
                }

                if (run >= 0)
                {
                    ours.Add(tookOurs);
                    byHand.Add(tookByHand);
                }
            }

            var (middle, yard) = (ours.Order().ElementAt(Runs / 2), byHand.Order().ElementAt(Runs / 2));
            yardstick.Print(
                $"month figures known now, 100,000 of {yardstick.Rows:N0} rows", $"{middle:0.0} ms; by hand {yard:0.0} ms; ratio {middle / yard:0.00}", "ratio ≤ 1.5");
        });
    }

    private static async Task<long> OnTimeByHand(DeskDb db, DateTime asOf)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = ByHand;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@asOf", asOf);
        command.Parameters.Add(parameter);
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        var onTime = -1L;
        while (await reader.ReadAsync())
        {
            onTime = reader.GetString(0) == "rental" ? reader.GetInt64(1) : onTime;
        }

        return onTime;
    }
}
