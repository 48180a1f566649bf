using System.Globalization;
using System.Text.Json.Nodes;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Import;

namespace IncidentDesk.Tests.Commands;

/// <summary>The sample ledger, imported once for all tests of the report.</summary>
public sealed class ReportedSample : IAsyncLifetime
{
    private readonly Dictionary<string, Ran> ran = [];

    internal DeskFolder Folder { get; } = new();

    /// <summary>An instant after the import, with milliseconds.</summary>
    internal string KnownAt { get; private set; } = "";

    internal JsonNode Expected { get; } = JsonNode.Parse(File.ReadAllBytes(DeskFolder.Sample("ledger-2025-expected.json")))!;

    public async Task InitializeAsync()
    {
        var summary = (await Folder.Run("import", "--file", DeskFolder.Sample("ledger-2025.csv"))).Exits(0).Json;
        Assert.Equal(((int)Expected["rows"]!, (int)Expected["accepted"]!), ((int)summary["rows"]!, (int)summary["accepted"]!));
        Assert.True(JsonNode.DeepEquals(Expected["refused"], summary["refused"]));
        KnownAt = Iso.Recorded(TimeProvider.System.GetUtcNow());
    }

    /// <summary>A report at the as-of of the expected figures, as known after the import; each is printed once.</summary>
    internal async Task<Ran> Report(string period, string scope, string format = "json")
    {
        var key = $"{period} {scope} {format}";
        if (!ran.TryGetValue(key, out var report))
        {
            report = ran[key] = (await Folder.Run(
                "report", period.Length == 4 ? "--year" : "--month", period, "--scope", scope, "--format", format,
                "--as-of", (string)Expected["asOf"]!, "--known-at", KnownAt)).Exits(0);
        }

        return report;
    }

    public Task DisposeAsync()
    {
        Folder.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>The report on the sample ledger: to the digit, the same bytes again, nothing personal, every sum right.</summary>
public sealed class ReportTests(ReportedSample sample) : IClassFixture<ReportedSample>
{
    private static readonly string[] Scopes = ["rental", "rental-other", "system"];

    [Fact]
    public async Task Months_and_years_are_right_to_the_digit_and_a_year_is_the_sum_of_its_months()
    {
        foreach (var scope in Scopes)
        {
            var report = (await sample.Report("2025", scope)).Json;
            var months = sample.Expected[scope]!.AsObject();
            var year = sample.Expected[$"{scope}Year"]!;

            Assert.Equal(12, months.Count);
            Assert.True(JsonNode.DeepEquals(months, report["months"]), $"{scope}\n{months.ToJsonString()}\n{report["months"]!.ToJsonString()}");
            Assert.True(JsonNode.DeepEquals(year, report["figures"]), $"{scope}\n{year.ToJsonString()}\n{report["figures"]!.ToJsonString()}");
            foreach (var count in new[] { "received", "excluded", "onTime", "breached", "pending", "denominator", "determinate" })
            {
                Assert.Equal((long)report["figures"]![count]!, report["months"]!.AsObject().Sum(m => (long)m.Value![count]!));
            }
        }

        var april = (await sample.Report("2025-04", "rental")).Json;
        Assert.True(JsonNode.DeepEquals(sample.Expected["rental"]!["2025-04"], april["figures"]));
    }

    [Fact]
    public async Task Every_line_agrees_with_the_figures()
    {
        foreach (var scope in Scopes)
        {
            var report = (await sample.Report("2025", scope)).Json;
            var (figures, tickets) = (report["figures"]!, report["tickets"]!.AsArray().Select(t => t!).ToList());
            var counted = tickets.Where(t => (bool)t["counts"]!).ToList();
            var resolved = counted.Where(t => !(bool)t["open"]!).ToList();

            Assert.Equal((int)figures["received"]!, tickets.Count);
            Assert.Equal(
                ((int)figures["excluded"]!, (int)figures["onTime"]!, (int)figures["breached"]!, (int)figures["pending"]!),
                (Outcomes("excluded"), Outcomes("onTime"), Outcomes("breached"), Outcomes("pending")));
            Assert.Equal((int)figures["received"]!, (int)figures["excluded"]! + (int)figures["onTime"]! + (int)figures["breached"]! + (int)figures["pending"]!);
            Assert.Equal(
                $"接报 {figures["received"]} = 剔除 {figures["excluded"]} + 按时 {figures["onTime"]} + 超时 {figures["breached"]} + 未到期 {figures["pending"]}",
                (string)report["balance"]!);
            Assert.All(counted, t =>
            {
                var (official, limit) = ((long)t["officialElapsedSec"]!, (long)t["limitSec"]!);
                Assert.Equal(official > limit ? "breached" : (bool)t["open"]! ? "pending" : "onTime", (string)t["outcome"]!);
                Assert.Equal(official > limit ? official - limit : null, (long?)t["overdueSec"]);
                Assert.Equal((long)t["grossElapsedSec"]!, t["active"]!.AsArray().Sum(a => (long)a!["countedSec"]!));
                Assert.Equal("counted", (string)t["reason"]!);
            });
            Assert.All(tickets.Except(counted), t => Assert.StartsWith("void:", (string)t["reason"]!, StringComparison.Ordinal));
            Assert.Equal(
                tickets.Except(counted).Select(t => (string)t["number"]!), report["exclusions"]!.AsArray().Select(e => (string)e!["number"]!));
            Assert.Equal(
                (resolved.Count, resolved.Sum(t => (long)t["grossElapsedSec"]!), resolved.Sum(t => (long)t["officialElapsedSec"]!)),
                ((int)report["durations"]!["resolved"]!, (long)report["durations"]!["grossElapsedSec"]!, (long)report["durations"]!["officialElapsedSec"]!));
            Assert.Equal(counted.Count(t => (bool)t["responseBreached"]!), (int)report["response"]!["breached"]!);
            Assert.Equal(counted.Count, (int)report["response"]!["onTime"]! + (int)report["response"]!["breached"]! + (int)report["response"]!["pending"]!);
            Assert.All(tickets, t => Assert.Equal(scope, (string)t["scope"]!));

            int Outcomes(string outcome) => tickets.Count(t => (string)t["outcome"]! == outcome);
        }
    }

    [Fact]
    public async Task The_continuity_table_is_gap_free_and_the_same_in_every_scope()
    {
        var tables = new HashSet<string>();
        var count = 0;
        foreach (var scope in Scopes)
        {
            var report = (await sample.Report("2025", scope)).Json;
            tables.Add(report["continuity"]!.ToJsonString());
            count += report["tickets"]!.AsArray().Count(t => ((string)t!["number"]!).StartsWith("BY2025", StringComparison.Ordinal));
            Assert.All(report["continuity"]!.AsArray(), d =>
            {
                Assert.Equal((1, (int)d!["count"]!, true), ((int)d["first"]!, (int)d["last"]!, (bool)d["complete"]!));
                Assert.Equal((int)d["count"]!, (int)d["rental"]! + (int)d["system"]!);
                Assert.Equal("imported", (string)d["series"]!);
            });
        }

        Assert.Equal(count, JsonNode.Parse(Assert.Single(tables))!.AsArray().Sum(d => (int)d!["count"]!));
    }

    [Fact]
    public async Task No_personal_text_of_the_ledger_stands_in_a_report()
    {
        using var file = LedgerFile.Open(DeskFolder.Sample("ledger-2025.csv")).File!;
        var at = LedgerFile.Columns.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i);
        var lines = file.Records().Select(r => r.Fields).ToList();
        var names = Values("报告人").Except(Values("处理人")).Except(Values("作废审批人")).Where(n => n.Length > 1);
        var phones = Values("联系电话");

        // A room stands after a plate, so that a number of three digits is not found in a time or a count.
        var rooms = lines.Where(f => f[at["房号"]].Length > 0).Select(f => f[at["地址"]] + f[at["房号"]]).Distinct();
        var titles = Values("标题").Where(t => t.Length > 6);
        foreach (var format in new[] { "json", "csv" })
        {
            var text = (await sample.Report("2025", "rental", format)).Out;
            Assert.True(text.Length > 500_000);
            Assert.DoesNotContain(names.Concat(phones).Concat(rooms).Concat(titles), personal => text.Contains(personal, StringComparison.Ordinal));
            Assert.DoesNotContain("已处理", text, StringComparison.Ordinal);
        }

        IEnumerable<string> Values(string column) => lines.Select(f => f[at[column]]).Where(v => v.Length > 0).Distinct();
    }

    [Fact]
    public async Task The_csv_says_what_the_json_says()
    {
        var json = (await sample.Report("2025-04", "rental")).Json;
        var csv = Records((await sample.Report("2025-04", "rental", "csv")).Out);

        Assert.Equal(
            json["figures"]!.AsObject().Select(f => f.Value?.ToString() ?? "").Order(), csv.Last(l => l[0] == "figures")[2..].Order());
        Assert.Equal(
            json["tickets"]!.AsArray().Select(t => (string)t!["number"]! + (string)t["sentence"]!), csv.Where(l => l[0] == "tickets").Skip(1).Select(l => l[1] + l[^1]));
        foreach (var name in new[] { "title", "asOf", "knownAt", "engine", "balance", "statement", "settled", "closable" })
        {
            Assert.Equal(json[name]!.ToString(), csv.Single(l => l[0] == "header" && l[1] == name)[2]);
        }

        Assert.Equal(json["continuity"]!.AsArray().Count, csv.Count(l => l[0] == "continuity") - 1);
        Assert.Equal(json["exclusions"]!.AsArray().Count, csv.Count(l => l[0] == "exclusions") - 1);
    }

    [Fact]
    public async Task The_same_inputs_give_the_same_bytes_also_after_others_were_imported()
    {
        await Settled(sample.Folder);
        var (json, csv) = (await Report("json"), await Report("csv"));

        // Nothing is changed in what the other tests read.
        using var later = new DeskFolder();
        Directory.CreateDirectory(later.Data);
        foreach (var file in Directory.GetFiles(sample.Folder.Data, "incidentdesk.db*"))
        {
            File.Copy(file, Path.Combine(later.Data, Path.GetFileName(file)));
        }

        (await later.Run("import", "--file", later.Put("more.csv", Ledgers.Of(
            Ledgers.Line("m1"), Ledgers.Line("m2", "办结时间=;作废时间=2025-03-03 10:00:00;作废原因=test;作废审批人=张主任"), Ledgers.Line("m3", "类别代码=RNT-ENV-01"))))).Exits(0);

        Assert.Equal(json, await Report("json", later));
        Assert.Equal(csv, await Report("csv", later));
        Assert.Equal(json, await Report("json", sample.Folder, "2026-02-15T00:00:00"));
        Assert.Equal(json, await Report("json", sample.Folder, "2026-02-14T16:00:00Z"));
        Assert.Equal(json, await Report("json", sample.Folder, "2026-02-15 00:00"));
        var known = (await later.Run("report", "--month", "2025-03", "--scope", "rental", "--as-of", "2026-02-15T00:00:00+08:00")).Exits(0).Json;
        Assert.Equal((int)JsonNode.Parse(json)!["figures"]!["received"]! + 2, (int)known["figures"]!["received"]!);
        Assert.Equal((int)JsonNode.Parse(json)!["figures"]!["excluded"]! + 1, (int)known["figures"]!["excluded"]!);

        async Task<string> Report(string format, DeskFolder? folder = null, string asOf = "2026-02-15T00:00:00+08:00") => (await (folder ?? sample.Folder).Run(
            "report", "--month", "2025-03", "--scope", "rental", "--format", format, "--as-of", asOf, "--known-at", sample.KnownAt)).Exits(0).Out;
    }

    [Fact]
    public async Task What_was_not_known_yet_does_not_exist()
    {
        var before = (await sample.Folder.Run("report", "--month", "2025-04", "--scope", "rental", "--known-at", "2025-12-31T23:59:59+08:00")).Exits(0).Json;

        Assert.Equal(0, (int)before["figures"]!["received"]!);
        Assert.Empty(before["tickets"]!.AsArray());
        Assert.Empty(before["continuity"]!.AsArray());
        Assert.Equal("2025-12-31T15:59:59.000Z", (string)before["knownAt"]!);
        Assert.True((bool)before["settled"]!);
    }

    [Fact]
    public async Task An_earlier_as_of_reads_the_clocks_then()
    {
        var all = (await sample.Report("2025-04", "rental")).Json["tickets"]!.AsArray();
        var one = all.First(t => (string)t!["startAt"]! is var at && string.CompareOrdinal(at, "2025-04-15") > 0 && (long?)t["officialElapsedSec"] is > 3_600 and < 80_000)!;
        var asOf = DateTimeOffset.Parse((string)one["startAt"]!, CultureInfo.InvariantCulture).AddHours(1);

        var then = (await sample.Folder.Run(
            "report", "--month", "2025-04", "--scope", "rental", "--as-of", asOf.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture), "--known-at", sample.KnownAt)).Exits(0).Json;

        Assert.False((bool)then["closable"]!);
        Assert.Contains("暂计", (string)then["title"]!, StringComparison.Ordinal);
        var open = then["tickets"]!.AsArray().Single(t => (string)t!["number"]! == (string)one["number"]!)!;
        Assert.Equal(("pending", 3_600, true), ((string)open["outcome"]!, (long)open["officialElapsedSec"]!, (bool)open["open"]!));
        Assert.True((int)then["figures"]!["pending"]! > 0);
        Assert.Equal(
            all.Where(t => DateTimeOffset.Parse((string)t!["startAt"]!, CultureInfo.InvariantCulture) <= asOf).Select(t => (string)t!["number"]!),
            then["tickets"]!.AsArray().Select(t => (string)t!["number"]!));
    }

    [Fact]
    public async Task A_month_without_tickets_is_not_applicable()
    {
        var (json, csv) = ((await sample.Report("2024-06", "rental")).Json, (await sample.Report("2024-06", "rental", "csv")).Out);

        Assert.Equal(
            """{"received":0,"excluded":0,"onTime":0,"breached":0,"pending":0,"denominator":0,"determinate":0,"ratePct":null,"provisional":false,"status":"undefined","pointsAllOrNothing":null,"pointsProportional":null}""",
            json["figures"]!.ToJsonString());
        Assert.Equal("本期无纳入考核的工单，本指标不适用", (string)json["statement"]!);
        Assert.Equal("接报 0 = 剔除 0 + 按时 0 + 超时 0 + 未到期 0", (string)json["balance"]!);
        Assert.Empty(json["tickets"]!.AsArray());
        Assert.Contains("header,statement,本期无纳入考核的工单，本指标不适用\n", csv, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unknown_scope", "--month", "2025-03", "--scope", "all")]
    [InlineData("unknown_scope", "--month", "2025-03", "--scope", "Rental")]
    [InlineData("unknown_scope", "--month", "2025-03", "--scope", "")]
    [InlineData("bad_month", "--month", "2025-13", "--scope", "rental")]
    [InlineData("bad_month", "--month", "2025-00", "--scope", "rental")]
    [InlineData("bad_month", "--month", "2025-3", "--scope", "rental")]
    [InlineData("bad_month", "--month", "2025-03-01", "--scope", "rental")]
    [InlineData("bad_month", "--month", "2025/03", "--scope", "rental")]
    [InlineData("bad_month", "--month", "abc", "--scope", "rental")]
    [InlineData("bad_month", "--month", "", "--scope", "rental")]
    [InlineData("bad_year", "--year", "25", "--scope", "rental")]
    [InlineData("bad_year", "--year", "2025-03", "--scope", "rental")]
    [InlineData("bad_year", "--year", "two thousand", "--scope", "rental")]
    [InlineData("month_or_year", "--month", "2025-03", "--year", "2025", "--scope", "rental")]
    [InlineData("month_or_year", "--scope", "rental")]
    [InlineData("unknown_format", "--month", "2025-03", "--scope", "rental", "--format", "xlsx")]
    [InlineData("bad_time", "--month", "2025-03", "--scope", "rental", "--as-of", "yesterday")]
    [InlineData("bad_time", "--month", "2025-03", "--scope", "rental", "--as-of", "2025-02-30T00:00:00")]
    [InlineData("bad_time", "--month", "2025-03", "--scope", "rental", "--as-of", "2025-03-01T00:00:00+25:00")]
    [InlineData("bad_time", "--month", "2025-03", "--scope", "rental", "--known-at", "0")]
    [InlineData("bad_time", "--month", "2025-03", "--scope", "rental", "--known-at", "")]
    [InlineData("as_of_in_future", "--month", "2025-03", "--scope", "rental", "--as-of", "2999-01-01T00:00:00")]
    [InlineData("known_at_in_future", "--month", "2025-03", "--scope", "rental", "--known-at", "2999-01-01T00:00:00Z")]
    [InlineData("period_not_begun", "--month", "2998-01", "--scope", "rental")]
    [InlineData("period_not_begun", "--year", "2998", "--scope", "system")]
    public async Task What_cannot_be_reported_is_refused(string code, params string[] options) =>
        (await sample.Folder.Run(["report", .. options])).Refused(code);

    [Theory]
    [InlineData("bad_number", "2025-00001")]
    [InlineData("bad_number", "BY20250219")]
    [InlineData("bad_number", "BY20250230-0001")]
    [InlineData("incident_not_found", "BY20250219-0001")]
    [InlineData("incident_not_found", "BY20250219-L9999")]
    public async Task A_number_that_is_none_is_refused(string code, string number) => (await sample.Folder.Run("explain", number)).Refused(code);

    /// <summary>Waits, by printing small reports, until known-at is old enough to be promised.</summary>
    private async Task Settled(DeskFolder folder)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            if ((bool)(await folder.Run("report", "--month", "2024-06", "--scope", "rental", "--known-at", sample.KnownAt)).Exits(0).Json["settled"]!)
            {
                return;
            }
        }

        Assert.Fail("known-at never settled");
    }

    private static List<string[]> Records(string text)
    {
        var csv = new CsvRecords(new StringReader(text.TrimStart('\uFEFF')));
        var records = new List<string[]>();
        while (csv.Read())
        {
            records.Add([.. csv.Fields]);
        }

        Assert.Null(csv.Refused);
        return records;
    }
}
