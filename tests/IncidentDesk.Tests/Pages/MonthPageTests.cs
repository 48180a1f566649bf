using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Import;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Desks;

namespace IncidentDesk.Tests.Pages;

/// <summary>The pages of month, year and buildings on the real host, with the sample ledger's December.</summary>
[Collection("pages")]
public sealed class MonthPageTests(PageHost host)
{
    private static readonly JsonNode Expected = JsonNode.Parse(File.ReadAllText(Ledgers.Data("ledger-2025-expected.json")))!;
    private readonly DeskHost desk = host.Desk;

    [Fact]
    public async Task An_evaluator_finds_the_expected_figures_in_both_languages_and_the_very_report_behind_them()
    {
        await ImportDecember();
        using var browser = await new Browser(desk).As("evaluator");
        foreach (var scope in new[] { "rental", "rental-other", "system" })
        {
            await browser.Open("/months/2025-12?scope=" + scope);
            var expected = Expected[scope]!["2025-12"]!.AsObject();
            Assert.Equal(Figures(expected), OnPage(browser, ".figures tbody"));
            var tally = $"接报 {expected["received"]} = 剔除 {expected["excluded"]} + 按时 {expected["onTime"]} + 超时 {expected["breached"]} + 未到期 0";
            Assert.Equal(tally, browser.Page.QuerySelector(".balance")!.TextContent);
            Assert.Equal(expected["breached"]!.GetValue<int>(), browser.Page.QuerySelectorAll(".tickets > li").Length);
            Assert.Equal(expected["received"]!.GetValue<int>(), Cells(browser, "details .figures", 1));

            // The page and the file are read at the same instants.
            var export = JsonNode.Parse(await (await browser.Ask(browser.Page.QuerySelector("a[download$='.json']")!.GetAttribute("href")!)).Content.ReadAsStringAsync())!;
            Assert.Equal(Figures(expected), Figures(export["figures"]!.AsObject()));
            Assert.Contains(export["knownAt"]!.GetValue<string>(), browser.Text, StringComparison.Ordinal);
            Assert.Contains(export["asOf"]!.GetValue<string>(), browser.Text, StringComparison.Ordinal);
            Assert.Equal(export["clockChecks"]!["sentence"]!.GetValue<string>(), browser.Page.QuerySelector("[data-words=clocks]")!.TextContent);
            Assert.Equal(export["title"]!.GetValue<string>(), browser.Page.QuerySelector("h1")!.TextContent);

            // The year: its one month with tickets, and the same pooled.
            await browser.Open("/years/2025?scope=" + scope);
            var inTable = Figures(expected).Where(f => f.Item1 != "determinate");
            Assert.Equal(inTable, OnPage(browser, "[data-month='2025-12']"));
            Assert.Equal(inTable, OnPage(browser, "[data-month='2025']"));
            Assert.Equal(12, browser.Page.QuerySelectorAll("tbody [data-month]").Length);

            await browser.Open("/buildings?month=2025-12&scope=" + scope);
            foreach (var part in new[] { "categories", "towns" })
            {
                var table = browser.Page.GetElementById(part)!.NextElementSibling!;
                Assert.Equal(expected["denominator"]!.GetValue<int>(), table.QuerySelectorAll("[data-count]").Sum(c => int.Parse(c.TextContent)));
                Assert.Equal(expected["breached"]!.GetValue<int>(), table.QuerySelectorAll("[data-late]").Sum(c => int.Parse(c.TextContent.Replace("✗ ", "", StringComparison.Ordinal))));
            }
        }

        // One second late costs all ten points, and the page says so, with why as soon as somebody has said why.
        await browser.Open("/months/2025-12");
        Assert.Contains("✗ 0.00 分", browser.Page.QuerySelector(".verdict.lost")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("有 6 件超时。从严口径下一件超时即得 0 分", browser.Text, StringComparison.Ordinal);
        var late = browser.Page.QuerySelectorAll(".tickets > li").Single(t => t.TextContent.Contains("超出 1秒", StringComparison.Ordinal));
        Assert.Contains("尚未填写超时说明", late.TextContent, StringComparison.Ordinal);
        var number = late.QuerySelector("a")!.TextContent;
        Assert.Equal("/incidents/" + number, late.QuerySelector("a")!.GetAttribute("href"));
        using var explained = await desk.Post($"incidents/{number}/explain-breach", "officer", new { cause = "管道井钥匙不在", responsible = "物业<b>", measure = "钥匙存驻点" });
        Assert.Equal(HttpStatusCode.OK, explained.StatusCode);
        await browser.Open("/months/2025-12");
        Assert.Contains("超时说明：管道井钥匙不在；责任单位(人)：物业<b>；整改措施：钥匙存驻点", browser.Text, StringComparison.Ordinal);

        await browser.Open("/language?to=en&returnUrl=%2Fmonths%2F2025-12");
        Assert.Equal(Figures(Expected["rental"]!["2025-12"]!.AsObject()), OnPage(browser, ".figures tbody"));
        Assert.Contains("received 183 = excluded 3 + on time 174 + breached 6 + pending 0", browser.Text, StringComparison.Ordinal);
        Assert.Contains("over by 1 s", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotMatch("超时|按时|请|工单", browser.Text);
        foreach (var at in new[] { "/months/2025-12", "/years/2025", "/buildings?month=2025-12" })
        {
            await browser.Open(at);
            Assert.Equal("en", browser.Page.DocumentElement.GetAttribute("lang"));
            Assert.Empty(browser.Page.QuerySelectorAll("style, [style], script:not([src])"));
            Assert.Equal(browser.Page.QuerySelectorAll("[id]").Length, browser.Page.QuerySelectorAll("[id]").Select(e => e.Id).Distinct().Count());
            Assert.True(browser.Html.Length < 150_000, $"{at}: {browser.Html.Length}");
        }
    }

    [Fact]
    public async Task Earlier_instants_an_empty_month_and_what_cannot_be_had_are_said()
    {
        await ImportDecember();
        using var browser = await new Browser(desk).As("officer");

        // Read in the middle of the month, on the desk's wall clock: some are pending, and the month is provisional.
        await browser.Open("/months?month=2025-12&scope=rental&asOf=2025-12-15T12%3A00");
        var export = JsonNode.Parse(await (await browser.Ask(browser.Page.QuerySelector("a[download$='.json']")!.GetAttribute("href")!)).Content.ReadAsStringAsync())!;
        Assert.Equal("2025-12-15T12:00:00+08:00", export["asOf"]!.GetValue<string>());
        Assert.Equal(Figures(export["figures"]!.AsObject()), OnPage(browser, ".figures tbody"));
        var pending = export["figures"]!["pending"]!.GetValue<int>();
        Assert.InRange(pending, 1, 30);
        Assert.Contains($"暂计(未定稿)：还有 {pending} 件未到期", browser.Page.QuerySelector(".notice")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(browser.Page.QuerySelector("details[open] #asOf[value='2025-12-15T12:00']"));

        // Before it was imported nothing was known.
        await browser.Open("/months/2025-12?knownAt=2026-01-01T00%3A00%3A00");
        Assert.Equal("0", browser.Page.QuerySelector("[data-figure=received]")!.TextContent);
        await browser.Open("/months/2024-02");
        Assert.Contains("— 不适用", browser.Page.QuerySelector(".verdict.open")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("本期无纳入考核的工单，本指标不适用", browser.Text, StringComparison.Ordinal);
        Assert.Equal(("—", "—"), (browser.Page.QuerySelector("[data-figure=ratePct]")!.TextContent, browser.Page.QuerySelector("[data-figure=pointsAllOrNothing]")!.TextContent));
        Assert.Null(browser.Page.QuerySelector(".chart"));
        await browser.Open("/months");
        Assert.Equal(HttpStatusCode.OK, browser.Answer.StatusCode);
        Assert.StartsWith(Zone.Shanghai.MonthOf(Instant.Of(DeskHost.Now)).ToString(), browser.Page.GetElementById("month")!.GetAttribute("value"), StringComparison.Ordinal);

        foreach (var (at, field) in new[]
        {
            ("/months/2025-13", "month"), ("/months/2025-12?asOf=gestern", "asOf"), ("/months/2025-12?asOf=2999-01-01T00%3A00%3A00", "asOf"), ("/months/2025-12?knownAt=2999-01-01T00%3A00%3A00", "knownAt"),
            ("/months/2999-01", "month"), ("/years/99", "year"), ("/years/2025?asOf=x", "asOf"), ("/buildings?month=x", "month"), ("/buildings?days=7", "days"), ("/months/2025-12?scope=alle", "scope"),
        })
        {
            await browser.Open(at);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, browser.Answer.StatusCode);
            Assert.True(field == "scope" ? browser.Page.QuerySelector("[role=alert]") is not null : browser.ErrorOf(field).Length > 5, at + browser.Text);
            Assert.Null(browser.Page.QuerySelector(".verdict, .chart"));
        }
    }

    private static IEnumerable<(string, string)> Figures(JsonObject figures) =>
        figures.Where(f => f.Key is not ("provisional" or "status")).Select(f => (f.Key, f.Value?.ToString() ?? "—")).Order();

    private static IEnumerable<(string, string)> OnPage(Browser browser, string within) =>
        browser.Page.QuerySelectorAll(within + " [data-figure]")
            .Select(f => (f.GetAttribute("data-figure")!, f.TextContent.Replace("%", "", StringComparison.Ordinal).Replace("✗ ", "", StringComparison.Ordinal))).Order();

    private static int Cells(Browser browser, string table, int column) =>
        browser.Page.QuerySelector(table)!.QuerySelectorAll("tbody tr").Sum(r => int.Parse(r.Children[column].TextContent));

    private async Task ImportDecember()
    {
        var refused = Expected["refused"]!.AsArray().Select(r => r!["externalNo"]!.GetValue<string>()).ToHashSet();
        var ledger = new StringBuilder(string.Join(',', LedgerFile.Columns)).Append('\n');
        foreach (var record in Ledgers.Records().Where(r => !refused.Contains(r.Field("原编号")) && TimeText.TryAny(r.Field("接报时间"), Zone.Shanghai, out var at) && Zone.Shanghai.MonthOf(at).Number == 202512))
        {
            ledger.AppendJoin(',', record.Select(Csv.Cell)).Append('\n');
        }

        using var answer = await desk.Send(HttpMethod.Post, "ledgers/ledger", "officer", new StringContent(ledger.ToString(), Encoding.UTF8, "text/csv"));
        var said = await answer.Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal((HttpStatusCode.OK, 0), (answer.StatusCode, said!["refused"]!.AsArray().Count));
    }
}
