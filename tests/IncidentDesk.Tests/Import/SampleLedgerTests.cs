using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Import;

/// <summary>The sample ledger, whole, against the figures that were calculated elsewhere.</summary>
[Collection(SampleDesks.Collection)]
public class SampleLedgerTests(SampleDesks desks)
{
    private static readonly JsonNode Expected = JsonNode.Parse(File.ReadAllText(Ledgers.Data("ledger-2025-expected.json")))!;

    // Every column of a ledger that is about a person or free text.
    private static readonly string[] Personal = ["标题", "描述", "地址", "房号", "报告人", "联系电话", "处理说明"];

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Importing_the_sample_refuses_the_expected_lines_and_takes_all_others(Engine engine)
    {
        var (_, (done, refused), _) = await desks.On(engine);

        Assert.Equal(Expected["rows"]!.GetValue<int>(), done.Rows);
        Assert.Equal(Expected["accepted"]!.GetValue<int>(), done.Accepted);
        Assert.Equal(0, done.Unchanged);
        Assert.Equal(
            Expected["refused"]!.AsArray().Select(r => (r!["line"]!.GetValue<int>(), r["externalNo"]!.GetValue<string>(), r["error"]!.GetValue<string>())),
            refused.Select(r => (r.Record.Line, r.ExternalNo, r.Error)));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Every_month_and_year_of_the_sample_has_the_expected_figures(Engine engine)
    {
        var (desk, _, _) = await desks.On(engine);
        foreach (var scope in Scope.All)
        {
            foreach (var (month, figures) in Expected[scope]!.AsObject())
            {
                Assert.True(Month.TryParse(month, out var period));
                var report = JsonNode.Parse(await desk.Report(Period.Of(period), scope))!;
                Assert.True(JsonNode.DeepEquals(figures, report["figures"]), $"{scope} {month}: {report["figures"]}");
                Assert.Null(report["disputed"]);
            }

            var year = JsonNode.Parse(await desk.Report(Period.OfYear(2025), scope))!;
            Assert.True(JsonNode.DeepEquals(Expected[scope + "Year"], year["figures"]), $"{scope} 2025: {year["figures"]}");
            Assert.Equal(12, Expected[scope]!.AsObject().Count);
            Assert.True(JsonNode.DeepEquals(Expected[scope], year["months"]), $"{scope} months of 2025: {year["months"]}");
            Assert.True(year["closable"]!.GetValue<bool>());
        }
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_lines_of_a_report_add_up_to_its_figures(Engine engine)
    {
        var (desk, _, _) = await desks.On(engine);
        var report = JsonNode.Parse(await desk.Report(Period.OfYear(2025), Scope.Rental))!;
        var outcomes = report["tickets"]!.AsArray().CountBy(t => t!["outcome"]!.GetValue<string>()).ToDictionary();

        Assert.Equal(report["figures"]!["onTime"]!.GetValue<int>(), outcomes["onTime"]);
        Assert.Equal(report["figures"]!["breached"]!.GetValue<int>(), outcomes["breached"]);
        Assert.Equal(report["figures"]!["excluded"]!.GetValue<int>(), outcomes["excluded"]);
        Assert.Equal(report["figures"]!["received"]!.GetValue<int>(), outcomes.Values.Sum());
        Assert.Equal(report["figures"]!["excluded"]!.GetValue<int>(), report["exclusions"]!.AsArray().Count);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Numbers_of_each_day_have_no_gap(Engine engine)
    {
        var (desk, (done, _), _) = await desks.On(engine);
        var inputs = new ReportInputs(new Period(new Month(202401), new Month(202612)), Scope.Rental, Instant.Never, DateTimeOffset.MaxValue);
        var days = await desk.Read(db => Continuity.Read(db, "BY", inputs, [], CancellationToken.None));

        Assert.True(days.Count > 300);
        Assert.All(days, day => Assert.True(day.Complete && day.Imported && day.Rental + day.System == day.Count, day.ToString()));
        Assert.Equal(done.Accepted, days.Sum(d => d.Count));
        Assert.Equal(
            days.ToDictionary(d => int.Parse(d.Day.ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), d => d.Last),
            await desk.Read(db => db.DayCounters.Where(c => c.Imported == 1).ToDictionaryAsync(c => c.Day, c => c.Last)));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task No_name_phone_room_or_word_of_a_reporter_stands_in_a_payload(Engine engine)
    {
        var (desk, _, _) = await desks.On(engine);
        var texts = await desk.Read(db => db.Texts.AsNoTracking().ToListAsync());
        var stored = texts.Select(t => t.Value!).ToHashSet();
        var payloads = (await desk.Read(db => db.Events.Select(e => new { e.Incident, e.Payload }).ToListAsync()))
            .GroupBy(e => e.Incident).ToDictionary(g => g.Key, g => string.Join('\n', g.Select(e => e.Payload)));
        var own = texts.ToLookup(t => t.Incident);

        foreach (var column in Personal)
        {
            Assert.Contains(Ledgers.Records()[0].Field(column), stored);
        }

        foreach (var (incident, payload) in payloads)
        {
            var phone = own[incident].Single(t => t.Field == "reporterPhone").Value!;
            var name = own[incident].Single(t => t.Field == "reporterName").Value!;
            var room = own[incident].SingleOrDefault(t => t.Field == "room")?.Value;
            Assert.DoesNotContain(phone, payload, StringComparison.Ordinal);
            Assert.DoesNotContain(name, payload, StringComparison.Ordinal);
            Assert.DoesNotContain($"\"{room}\"", payload, StringComparison.Ordinal);
            foreach (var text in own[incident].Where(t => t.Field is "title" or "handling"))
            {
                Assert.DoesNotContain($"\"{text.Value}\"", payload, StringComparison.Ordinal);
            }
        }
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Everything_imported_is_recorded_at_the_import_by_the_person_import(Engine engine)
    {
        var (desk, _, importedAt) = await desks.On(engine);
        var kinds = await desk.Read(db => db.Events.Select(e => new { e.RecordedAt, e.ActorId, e.ActorName, e.Via }).Distinct().ToListAsync());

        Assert.Equal([new { RecordedAt = importedAt, ActorId = "import", ActorName = "台账导入", Via = "import" }], kinds);
        Assert.Equal([importedAt], await desk.Read(db => db.Incidents.Select(i => i.FirstRecordedAt).Distinct().ToListAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Before_the_import_was_recorded_a_report_knows_no_ticket(Engine engine)
    {
        var (desk, _, importedAt) = await desks.On(engine);
        var before = JsonNode.Parse(await desk.Report(Period.OfYear(2025), Scope.Rental, knownAt: importedAt.AddMilliseconds(-1)))!;
        var after = JsonNode.Parse(await desk.Report(Period.OfYear(2025), Scope.Rental, knownAt: importedAt))!;

        Assert.Equal(0, before["figures"]!["received"]!.GetValue<int>());
        Assert.Equal("本期无纳入考核的工单，本指标不适用", before["statement"]!.GetValue<string>());
        Assert.Empty(before["continuity"]!.AsArray());
        Assert.Equal(Expected["rentalYear"]!["received"]!.GetValue<int>(), after["figures"]!["received"]!.GetValue<int>());
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_report_of_the_sample_prints_no_erasable_text(Engine engine)
    {
        var (desk, _, _) = await desks.On(engine);
        var texts = await desk.Read(db => db.Texts.Where(t => t.Field == "reporterPhone" || t.Field == "reporterName").Select(t => new { t.Field, t.Value }).Distinct().ToListAsync());
        var phones = texts.Where(t => t.Field == "reporterPhone").Select(t => t.Value!).ToHashSet();
        Assert.True(phones.Count > 1_000);
        foreach (var format in Enum.GetValues<ReportFormat>())
        {
            var report = System.Text.Encoding.UTF8.GetString(await desk.Report(Period.OfYear(2025), Scope.Rental, format: format));
            Assert.True(report.Length > 300_000);
            Assert.All(texts.Where(t => t.Field == "reporterName"), t => Assert.False(report.Contains(t.Value!, StringComparison.Ordinal), t.Value));
            Assert.DoesNotContain(Regex.Matches(report, "[0-9]{8,}").Select(m => m.Value), run => phones.Contains(run));
        }
    }
}
