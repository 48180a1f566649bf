using System.Net;
using AngleSharp.Html.Dom;
using IncidentDesk.Import;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Import;
using Microsoft.EntityFrameworkCore;
using Fields = IncidentDesk.Tests.Commands.Ledgers;

namespace IncidentDesk.Tests.Pages;

/// <summary>Ledger import, rules and system state as an officer, an approver and an administrator use them, without scripts.</summary>
[Collection("pages")]
public sealed class AdministrationPageTests(PageHost host)
{
    private readonly DeskHost desk = host.Desk;

    [Fact]
    public async Task A_ledger_is_shown_first_goes_in_once_and_its_refused_lines_come_back_as_a_file()
    {
        using var browser = await new Browser(desk, PageHost.Below).As("officer");
        var before = await Incidents();
        await browser.Open("/ledger");
        await browser.Upload("/ledger", "旧.xls", [0xD0, 0xCF, 0x11, 0xE0, .. new byte[600]], ("source", "页面"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, browser.Answer.StatusCode);
        Assert.Contains("不是 .xlsx 工作簿", browser.ErrorOf("file"), StringComparison.Ordinal);
        Assert.Equal("页面", browser.Page.GetElementById("source")!.GetAttribute("value"));

        // A template filled in, its example left.
        string[][] lines = [[.. LedgerFile.Columns], [.. Fields.Fields(LedgerTemplate.ExampleNo)], [.. Fields.Fields("P-1")], [.. Fields.Fields("P-2", "标题=<b>水管</b>")], [.. Fields.Fields("P-3", "领域=x")]];
        var workbook = new TestWorkbook().Sheet("台账", lines.Select((l, i) => (i + 1, (IEnumerable<string>)l))).Bytes();
        await browser.Upload("/ledger", @"C:\我的\台账.xlsx", workbook, ("source", "页面"));
        Assert.Equal(("台账.xlsx", "4"), (browser.Page.GetElementById("file-name")!.TextContent, browser.Page.GetElementById("rows")!.TextContent));
        Assert.Contains("<b>水管</b>", browser.Text, StringComparison.Ordinal);
        Assert.Equal(before, await Incidents());

        var (form, at) = ((IHtmlFormElement)browser.Page.GetElementById("import")!, browser.At);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => browser.PostAlone(form)));
        await DeskHost.Until(async () =>
        {
            await browser.Open(at);
            return browser.Page.GetElementById("state")!.GetAttribute("data-state") == "done";
        });
        Assert.Equal(("2", "0", "2"), Counts());
        Assert.Equal(["2 示例(导入前请删除本行) 模板中的示例行，请删除", "5 P-3 领域应为出租屋或信息系统"],
            browser.Page.QuerySelectorAll("#refused-lines tbody tr").Select(r => string.Join(' ', r.QuerySelectorAll("td").Select(c => c.TextContent.Trim()))));
        Assert.Equal(before + 2, await Incidents());

        // What was refused comes back as a ledger, and does so again.
        using var file = await browser.Ask(browser.Page.QuerySelectorAll("a[download]").Single().GetAttribute("href")!);
        var refused = await file.Content.ReadAsByteArrayAsync();
        Assert.Equal("text/csv", file.Content.Headers.ContentType!.MediaType);
        await browser.Open("/ledger");
        await browser.Upload("/ledger", "again.csv", refused, ("source", "页面"));
        Assert.Equal("2", browser.Page.GetElementById("rows")!.TextContent);

        // Another person does not see it, and dropped it is gone.
        var mine = browser.At;
        using var lead = await new Browser(desk, PageHost.Below).As("lead");
        await lead.Open(mine);
        Assert.Equal(HttpStatusCode.Forbidden, lead.Answer.StatusCode);
        await browser.Send(mine[PageHost.Below.Length..] + "&handler=Discard");
        await browser.Open(mine);
        Assert.Contains("已不在服务器上", browser.Text, StringComparison.Ordinal);

        (string?, string?, string?) Counts() => (Of("accepted"), Of("unchanged"), Of("refused"));

        string? Of(string id) => browser.Page.GetElementById(id)?.TextContent;

        Task<int> Incidents() => desk.Read(db => db.Incidents.CountAsync());
    }

    [Fact]
    public async Task A_template_comes_as_a_workbook_whose_header_fits()
    {
        using var answer = await desk.Get("ledger/template", "officer");
        var path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, await answer.Content.ReadAsByteArrayAsync());
        var (ledger, refused) = LedgerFile.Open(path);
        using (ledger)
        {
            Assert.Null(refused);
            Assert.Equal(LedgerTemplate.ExampleNo, Assert.Single(ledger!.Records()).Fields[0]);
        }

        File.Delete(path);
    }

    [Fact]
    public async Task A_rule_is_previewed_asked_for_and_decided_by_somebody_else_who_sees_what_it_changes()
    {
        using var officer = await new Browser(desk, PageHost.Below).As("officer");
        using var approver = await new Browser(desk, PageHost.Below).As("approver");
        await officer.Open("/rules");
        Assert.Contains("时限规则", officer.Text, StringComparison.Ordinal);
        await officer.Open("/rules/rental-type/RNT-WATER-02");
        const string At = "/rules/rental-type/RNT-WATER-02";

        await officer.Send(At, ("validFrom", "2020-01-01"));
        Assert.StartsWith("生效日期最早为", officer.ErrorOf("validFrom"), StringComparison.Ordinal);
        await officer.Send(At, ("validFrom", Tomorrow()), ("content.pinyin", "Ä"));
        Assert.StartsWith("拼音首字母", officer.ErrorOf("content.pinyin"), StringComparison.Ordinal);
        await officer.Send(At, ("content.pinyin", "sgls"), ("nameZh", "水管漏水(新)"), ("content.countsInIndicator", "no"));
        Assert.Contains("涉及未结工单", officer.Page.GetElementById("effect")!.TextContent, StringComparison.Ordinal);

        // Seen at another version: refused with 412, nothing typed is lost.
        var form = (IHtmlFormElement)officer.Page.GetElementById("write")!;
        await officer.Post(PageHost.Below + At + "?handler=Ask", form, ("seen", "7"));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "水管漏水(新)"), (officer.Answer.StatusCode, officer.Page.GetElementById("nameZh")!.GetAttribute("value")));
        Assert.Contains("该代码已有第 1 版", officer.Text, StringComparison.Ordinal);
        await officer.Post(PageHost.Below + At + "?handler=Ask", form);
        Assert.EndsWith("?done=asked", officer.At, StringComparison.Ordinal);
        Assert.Null(officer.Page.GetElementById("decide"));
        Assert.Contains("须由另一人审批", officer.Text, StringComparison.Ordinal);

        await approver.Open("/inbox");
        Assert.Contains(approver.Page.QuerySelectorAll("#versions a"), a => a.GetAttribute("href") == PageHost.Below + At);
        await approver.Open(At);
        Assert.Contains("水管漏水(新)", approver.Page.QuerySelector("#waiting-version table")!.TextContent, StringComparison.Ordinal);
        await approver.Send(At + "?handler=Decide", ("approve", "false"));
        Assert.Equal("退回申请须写明理由。", approver.ErrorOf("note"));
        await approver.Send(At + "?handler=Decide", ("approve", "true"));
        Assert.EndsWith("?done=approved", approver.At, StringComparison.Ordinal);
        Assert.Contains("待生效", approver.Page.QuerySelector("#versions tbody tr")!.TextContent, StringComparison.Ordinal);

        // A code that is not there yet has a form for who may write it, and is not there for others.
        await officer.Open("/rules/void-reason?newCode=Other-1");
        Assert.Equal(PageHost.Below + "/rules/void-reason/Other-1", officer.At);
        await approver.Open("/rules/nothing");
        Assert.Equal(HttpStatusCode.NotFound, approver.Answer.StatusCode);

        static string Tomorrow() => DeskHost.Now.AddHours(8).AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_state_of_the_system_names_jobs_clocks_versions_and_no_incident()
    {
        var number = DeskApiTests.Number(await desk.Log(DeskHost.Fault(description: "漏水")));
        foreach (var who in new[] { "admin", "auditor" })
        {
            using var browser = await new Browser(desk, PageHost.Below).As(who);
            await browser.Open("/system");
            Assert.Equal(HttpStatusCode.OK, browser.Answer.StatusCode);
            foreach (var word in new[] { "超时预警", "Sqlite", DeskEngine.Version, "Data:Folder", Environment.MachineName })
            {
                Assert.Contains(word, browser.Text, StringComparison.Ordinal);
            }

            Assert.DoesNotContain(number, browser.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("漏水", browser.Text, StringComparison.Ordinal);
        }
    }
}
