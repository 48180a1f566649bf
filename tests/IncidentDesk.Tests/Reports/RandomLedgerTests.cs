using System.Text.Json.Nodes;
using CsCheck;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Import;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Reports;

/// <summary>Ledgers of random tickets, imported in several goes, read at random as-of and known-at.</summary>
public class RandomLedgerTests
{
    private static readonly Instant From = Zone.Shanghai.StartOf(new DateOnly(2025, 1, 27));
    private static readonly DateTimeOffset Begin = new(2025, 2, 3, 0, 0, 0, TimeSpan.FromHours(8));
    private static readonly string[] Categories = ["RNT-ELEC-02", "RNT-WATER-02", "RNT-ENV-01", "RNT-SEC-02", "FLT-DOWN"];

    /// <summary>One line: reported in the days around the turn of a month, then whatever may come, within the ledger's rules.</summary>
    private static readonly Gen<string[]> Line = Gen.Select(
        Gen.Long[0, 9 * 86_400], Gen.Long[-40_000, 40_000], Gen.Int[0, 4], Gen.Int[0, 255], Gen.Long[0, 200_000], Gen.Long[0, 100_000], Gen.Long[0, 400_000],
        (reported, logged, category, has, toResolve, toReopen, toVoid) =>
        {
            bool Has(int bit) => (has & bit) != 0;
            var at = From.Plus(reported);
            var resolved = Has(1) || Has(2) ? at.Plus(Has(128) ? 86_400 + (toResolve % 3) - 1 : toResolve) : (Instant?)null;
            var reopened = resolved is not null && Has(4) && Has(8) ? resolved.Value.Plus(toReopen) : (Instant?)null;
            var again = reopened is not null && Has(16) ? reopened.Value.Plus(toResolve / 2) : (Instant?)null;
            var voided = Has(32) && Has(64) ? at.Plus(toVoid) : (Instant?)null;
            var rental = category < 4;
            return new Dictionary<string, string?>
            {
                ["领域"] = rental ? "出租屋" : "信息系统", ["系统代码"] = rental ? "" : "SYS-MOB", ["类别代码"] = Categories[category], ["标题"] = "随机", ["镇街代码"] = "440111011",
                ["接报时间"] = Text(at), ["登记时间"] = Has(2) ? Text(at.Plus(Math.Abs(logged))) : "", ["首次响应时间"] = Has(4) ? Text(at.Plus(toResolve / 50)) : "",
                ["办结时间"] = Text(resolved), ["重开时间"] = Text(reopened), ["再次办结时间"] = Text(again), ["作废时间"] = Text(voided),
                ["作废原因"] = voided is null ? "" : "test", ["作废审批人"] = Has(8) ? "审批人" : "", ["处理人"] = "经办人",
            }.Fields();
        });

    private static readonly Period[] Periods =
        [Period.Of(new Month(202501)), Period.Of(new Month(202502)), new(new Month(202501), new Month(202502))];

    private static readonly Gen<string[][]> Tickets = Line.Array[5, 40];

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Rows_and_events_give_the_same_figures_at_any_as_of_and_known_at(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine, Begin);
        var loaded = await desk.Load();
        var (tickets, imports, answered, asked) = (0, 0, 0, 0);
        await Tickets.SampleAsync(
            async lines =>
            {
                var (done, refused) = await desk.Import(desk.Write(lines.Select(line => line.With("原编号", $"R{++tickets}"))));
                Assert.Equal((lines.Length, 0), (done.Accepted, refused.Count));
                imports++;
                desk.Clock.Advance(TimeSpan.FromHours(5));

                // A month alone, and both; now and then, here and before.
                var now = desk.Clock.GetUtcNow();
                var gen = Gen.Select(
                    Gen.Int[0, 2].Select(i => Periods[i]),
                    Gen.Long[0, 30 * 86_400], Gen.Frequency((1, Gen.Long[0, (long)(now - Begin).TotalMilliseconds]), (1, Gen.Const((long)(now - Begin).TotalMilliseconds))));
                await gen.SampleAsync(
                    async (period, asOf, knownAt) =>
                    {
                        asked++;
                        answered += await BothRoads.Agree(desk, loaded, period, From.Plus(asOf), Begin.AddMilliseconds(knownAt)) ? 1 : 0;
                    },
                    iter: 12, threads: 1);
            },
            iter: 8, threads: 1);

        Assert.Equal((8, 96), (imports, asked));
        Assert.InRange(answered, 10, 86);
        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_settled_report_keeps_its_bytes_whatever_is_recorded_later(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine, Begin.AddDays(10));
        var (reports, tickets) = (new Dictionary<(Period, string, Instant, DateTimeOffset, ReportFormat), byte[]>(), 0);
        await Tickets.SampleAsync(
            async lines =>
            {
                await desk.Import(desk.Write(lines.Select(line => line.With("原编号", $"R{++tickets}"))));
                var knownAt = desk.Clock.GetUtcNow();
                desk.Clock.Advance(TimeSpan.FromMinutes(1));
                foreach (var (asOf, period) in new[] { (Instant.Of(knownAt), Periods[1]), (From.Plus(4 * 86_400), Periods[0]) })
                {
                    foreach (var scope in Scope.All)
                    {
                        foreach (var format in Enum.GetValues<ReportFormat>())
                        {
                            reports[(period, scope, asOf, knownAt, format)] = await desk.Report(period, scope, asOf, knownAt, format);
                        }
                    }
                }
            },
            iter: 3, threads: 1);

        foreach (var ((period, scope, asOf, knownAt, format), bytes) in reports)
        {
            Assert.Equal(bytes, await desk.Report(period, scope, asOf, knownAt, format));
        }

        // Each known-at saw more than the one before: the reports that stayed were not empty of what came later by chance.
        var received = reports.Where(r => r.Key is { Item5: ReportFormat.Json }).GroupBy(r => r.Key.Item4).OrderBy(g => g.Key)
            .Select(g => g.Sum(r => JsonNode.Parse(r.Value)!["figures"]!["received"]!.GetValue<int>())).ToList();
        Assert.Equal(received.Distinct().Order(), received);
        Assert.Equal(3, received.Count);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_report_of_a_moment_ago_says_that_it_is_not_settled(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var knownAt = desk.Clock.GetUtcNow();
        desk.Clock.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.Contains("\"settled\": false", await Text(desk, knownAt), StringComparison.Ordinal);
        desk.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains("\"settled\": true", await Text(desk, knownAt), StringComparison.Ordinal);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_report_of_the_future_is_refused(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var (now, month) = (desk.Clock.GetUtcNow(), Period.Of(new Month(202602)));
        foreach (var (period, scope, asOf, knownAt, code) in new (Period, string, Instant?, DateTimeOffset?, string)[]
        {
            (month, Scope.Rental, Instant.Of(now).Plus(1), null, "as_of_in_future"),
            (month, Scope.Rental, null, now.AddMilliseconds(1), "known_at_in_future"),
            (Period.Of(new Month(202603)), Scope.Rental, null, null, "period_not_begun"),
            (month, "all", null, null, "unknown_scope"),
        })
        {
            using var output = new MemoryStream();
            Assert.Equal(code, (await desk.Send(new WriteReport(period, scope, asOf, knownAt, ReportFormat.Json, output))).Refused?.Code);
            Assert.Equal(0, output.Length);
        }
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_row_that_was_changed_stands_on_the_report_as_a_difference_and_the_events_are_believed(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Import(desk.Slice(200));
        var month = Period.Of(new Month(202502));
        var clean = JsonNode.Parse(await desk.Report(month, Scope.Rental))!;
        var key = await desk.Read(db => db.Incidents.Where(i => i.Month == 202502 && i.Scope == Scope.Rental && i.ExcludedAs == null && i.BreachesAt == null).Select(i => i.Key).FirstAsync());
        await desk.Sql("UPDATE \"Incidents\" SET \"BreachesAt\" = \"ReportedAt\" WHERE \"Key\" = {0}", key);
        var disputed = JsonNode.Parse(await desk.Report(month, Scope.Rental))!;

        Assert.Null(clean["disputed"]);
        Assert.NotNull(disputed["disputed"]);
        Assert.True(JsonNode.DeepEquals(clean["figures"], disputed["figures"]));
    }

    private static async Task<string> Text(TestDesk desk, DateTimeOffset knownAt) =>
        System.Text.Encoding.UTF8.GetString(await desk.Report(Period.Of(new Month(202601)), Scope.Rental, Instant.Of(knownAt), knownAt));

    private static string Text(Instant? at) => at is { } time ? Zone.Shanghai.Format(time) : "";
}
