using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IncidentDesk.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Pages;

/// <summary>One incident as three people work on it, over HTTP on the real host and without scripts.</summary>
[Collection("pages")]
public sealed class IncidentPageTests(PageHost host)
{
    private readonly DeskHost desk = host.Desk;

    [Fact]
    public async Task Three_people_take_an_incident_from_its_log_to_its_explanation()
    {
        using var staff = await new Browser(desk).As("staff");
        using var approver = await new Browser(desk).As("approver");
        using var handler = await new Browser(desk).As("handler");
        var number = DeskApiTests.Number(await desk.Log());
        var at = "/incidents/" + number;
        await staff.Open(at + "?done=logged");
        Assert.Contains($"已登记，单号 {number}。", staff.Text, StringComparison.Ordinal);
        Assert.Contains("尚未响应", staff.Text, StringComparison.Ordinal);
        Assert.Equal(["Respond", "Resolve", "Note", "Pause", "Extend", "Correct", "Merge", "Void", "Reveal"], Acts(staff));
        await handler.Open(at.ToLowerInvariant());
        Assert.Empty(Acts(handler));
        Assert.Contains("您目前没有可在本工单上办理的事项", handler.Text, StringComparison.Ordinal);
        await approver.Open(at);
        Assert.Equal(["Assign", "Reveal"], Acts(approver));
        await approver.Send(at + "?act=assign", ("assign-handler", "handler"));
        await handler.Open(at);
        Assert.Equal(["Respond", "Resolve", "Accept", "Return", "Reveal"], Acts(handler));
        await handler.Send(at + "?act=accept");
        Assert.Contains("人员handler(已签收)", handler.Text, StringComparison.Ordinal);
        await handler.Send(at + "?act=respond", ("respond-way", "on_site"));
        Assert.Equal(at + "?done=respond", handler.At);
        Assert.Contains("首次响应：到场", handler.Text, StringComparison.Ordinal);

        // A pause, asked for by one and approved by another in one click on the page.
        await staff.Open(at);
        await staff.Send(at + "?act=pause", ("pause-reason", "waiting_landlord"), ("pause-note", "房东在外地"));
        Assert.Equal(at + "?done=asked", staff.At);
        Assert.Contains("待审批人办理", staff.Text, StringComparison.Ordinal);
        Assert.Null(staff.Page.QuerySelector("input[name=approve]"));
        await approver.Open(at);
        Assert.Contains("说明：房东在外地", approver.Text, StringComparison.Ordinal);
        Assert.Contains("批准后时效结论不变。", approver.Text, StringComparison.Ordinal);
        Assert.Matches("人员staff 本月共申请 [1-9][0-9]* 次，已批准 [0-9]+ 次。", approver.Text);
        await Decide(approver, approve: true);
        Assert.Equal(at + "?done=approved", approver.At);
        Assert.Contains("暂停：等待房东到场/授权(人员staff 申请，人员approver 批准)", approver.Text, StringComparison.Ordinal);
        Assert.Contains("暂停不扣时", approver.Text, StringComparison.Ordinal);
        await handler.Open(at);
        await handler.Send(at + "?act=resume");
        await handler.Send(at + "?act=resolve", ("resolve-manner", "fixed_on_site"), ("resolve-handling", "更换软管"));
        Assert.Equal("按时", handler.Page.QuerySelector(".verdict strong")!.TextContent);
        await staff.Open(at);
        await staff.Send(at + "?act=reopen", ("reopen-reason", "not_fixed"));
        Assert.Contains("重开：未修好", staff.Text, StringComparison.Ordinal);
        Assert.Equal("未到期", staff.Page.QuerySelector(".verdict strong")!.TextContent);

        // One that is late is explained by whoever answers for it, and its sums stand on the page.
        var late = "/incidents/" + DeskApiTests.Number(await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-25))));
        await approver.Open(late);
        Assert.StartsWith("超时，超出 1小时", approver.Page.QuerySelector(".verdict")!.TextContent.Trim()[1..].Trim(), StringComparison.Ordinal);
        Assert.Contains("补录", approver.Page.QuerySelector(".timeline .mark")!.TextContent, StringComparison.Ordinal);
        await approver.Send(late + "?act=explain", ("explain-cause", "停电"), ("explain-responsible", ""), ("explain-measure", "改造"));
        Assert.Contains("超时说明须写明原因", approver.ErrorOf("explain-cause"), StringComparison.Ordinal);
        Assert.Equal("改造", approver.Page.GetElementById("explain-measure")!.TextContent);
        await approver.Send(late + "?act=explain", ("explain-responsible", "供电所"));
        Assert.Equal(late + "?done=explain", approver.At);
        Assert.Contains("责任单位(人)：供电所", approver.Text, StringComparison.Ordinal);
        await approver.Open("/language?to=en&returnUrl=" + Uri.EscapeDataString(late));
        Assert.Contains("over the limit of 24 h by 1 h", approver.Page.GetElementById("sentence")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_form_keeps_what_was_typed_a_double_click_acts_once_and_what_went_on_meanwhile_is_told()
    {
        using var staff = await new Browser(desk).As("staff");
        using var lead = await new Browser(desk).As("lead");
        var number = DeskApiTests.Number(await desk.Log());
        var at = "/incidents/" + number;
        await staff.Open(at);
        await staff.Send(at + "?act=resolve", ("resolve-manner", "temporary_measure"), ("resolve-handling", "先装临时照明"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "采取临时措施控险的，请填写后续根治的日期。"), (staff.Answer.StatusCode, staff.ErrorOf("resolve-followUpOn")));
        Assert.Equal(("先装临时照明", true), (staff.Page.GetElementById("resolve-handling")!.TextContent, staff.Page.GetElementById("act-resolve")!.HasAttribute("open")));
        Assert.NotNull(staff.Page.QuerySelector("#resolve-manner option[value=temporary_measure][selected]"));
        await staff.Send(at + "?act=resolve", ("resolve-at", "gestern"));
        Assert.StartsWith("请填写日期和时间", staff.ErrorOf("resolve-at"), StringComparison.Ordinal);
        await staff.Send(at + "?act=merge", ("merge-into", "BY20990101-0001"));
        Assert.Equal("没有这个编号的工单。", staff.ErrorOf("merge-into"));
        await staff.Post(at + "?act=none", staff.Page.QuerySelector<IHtmlFormElement>("#act-note form"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, staff.Answer.StatusCode);

        // The same form twice: one note, and the same answer.
        await staff.Open(at);
        var form = staff.Page.QuerySelector<IHtmlFormElement>("#act-note form")!;
        await staff.Post(null, form, ("note-words", "已联系房东"));
        await staff.Post(null, form, ("note-words", "已联系房东"));
        Assert.Equal(at + "?done=note", staff.At);
        Assert.Equal(1, await desk.Read(db => db.Texts.CountAsync(t => t.Value == "已联系房东")));
        await staff.Post(null, form, ("note-words", "另一句话"));
        Assert.Contains("同一 Idempotency-Key", staff.Text, StringComparison.Ordinal);
        Assert.Equal("另一句话", staff.Page.GetElementById("note-words")!.TextContent);

        // A correction of what has gone on, and a decision on it: 412, with what happened and what was typed.
        await lead.Open(at);
        await staff.Open(at);
        await staff.Send(at + "?act=respond", ("respond-way", "phone"));
        await lead.Send(at + "?act=correct", ("correct-field", "severity"), ("correct-severity", "P2"), ("correct-reason", "误录"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, lead.Answer.StatusCode);
        Assert.Contains("首次响应：电话联系", lead.Page.QuerySelector("main > .notice")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("误录", lead.Page.GetElementById("correct-reason")!.TextContent);
        await lead.Send(at + "?act=correct");
        Assert.Equal(at + "?done=asked", lead.At);
        Assert.Contains("审批人不能是申请人本人", lead.Page.QuerySelector(".request")!.TextContent, StringComparison.Ordinal);
        Assert.Null(lead.Page.QuerySelector("input[name=approve]"));
        await lead.Send(at + "?act=correct", ("correct-field", "reported"), ("correct-reported", "2020-01-01T00:00:00"), ("correct-reason", ""));
        Assert.Contains("申请原因", lead.ErrorOf("correct-reason"), StringComparison.Ordinal);

        using var approver = await new Browser(desk).As("approver");
        await approver.Open(at);
        var id = approver.Page.QuerySelector<IHtmlInputElement>("input[name=request]")!.Value;
        await lead.Post(at + "?handler=Decide", lead.Page.QuerySelector<IHtmlFormElement>("#act-note form"), ("request", id), ("approve", "true"), ("key", Guid.NewGuid().ToString("N")));
        Assert.Equal(HttpStatusCode.Forbidden, lead.Answer.StatusCode);
        Assert.Contains("审批人不能是申请人本人", lead.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        await staff.Send(at + "?act=note", ("note-words", "房东已到"));
        await Decide(approver, approve: false, "请写清原因");
        Assert.Equal(HttpStatusCode.PreconditionFailed, approver.Answer.StatusCode);
        Assert.Contains("备注", approver.Page.QuerySelector("main > .notice")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("请写清原因", approver.Page.GetElementById("reject-" + id)!.GetAttribute("value"));
        await Decide(approver, approve: false, " ");
        Assert.Equal("退回申请须写明理由。", approver.ErrorOf("reject-" + id));
        await Decide(approver, approve: false, "请写清原因");
        Assert.Equal(at + "?done=rejected", approver.At);
        Assert.Contains("退回申请：更正严重程度为 严重", approver.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_reported_is_masked_everywhere_and_revealed_once_on_record()
    {
        using var staff = await new Browser(desk).As("staff");
        var number = DeskApiTests.Number(await desk.Log());
        var at = "/incidents/" + number;
        await staff.Open(at);
        Hidden(staff);
        Assert.Contains("138****3357", staff.Text, StringComparison.Ordinal);
        var summary = staff.Page.GetElementById("summary")!.TextContent;
        Assert.Contains($"【故障工单】{number}", summary, StringComparison.Ordinal);
        Assert.Contains("地点：永平街道 新市路56号\n", summary.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.All(new[] { "林", "138", "406", "漏水", "人员" }, word => Assert.DoesNotContain(word, summary.Replace(number, "", StringComparison.Ordinal), StringComparison.Ordinal));

        await staff.Send(at + "?handler=Reveal", ("reveal-reason", ""));
        Assert.StartsWith("请写明查看原因", staff.ErrorOf("reveal-reason"), StringComparison.Ordinal);
        await staff.Send(at + "?handler=Reveal", ("reveal-reason", "回访核实"));
        Assert.Contains("姓名：林先生", staff.Page.GetElementById("revealed")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("13800133357", staff.Html, StringComparison.Ordinal);
        Assert.True(staff.Answer.Headers.CacheControl!.NoStore);
        await staff.Open(at);
        Hidden(staff);
        var log = await (await desk.Get("security-log?what=reporter_revealed&limit=5", "auditor")).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(log.GetProperty("items").EnumerateArray(), e => e.GetProperty("who").GetString() == "staff" && e.GetProperty("about").GetString() == number);
        await staff.Open("/incidents/BY20990101-0001");
        Assert.Equal(HttpStatusCode.NotFound, staff.Answer.StatusCode);

        void Hidden(Browser browser) => Assert.All(new[] { "13800133357", "林先生" }, word => Assert.DoesNotContain(word, browser.Html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shift_is_handed_over_printed_and_accepted()
    {
        using var handler = await new Browser(desk).As("handler");
        using var staff = await new Browser(desk).As("staff");
        var number = DeskApiTests.Number(await desk.Log());
        using (var assigned = await desk.Post($"incidents/{number}/assign", "approver", new { handler = "handler" }))
        {
            Assert.Equal(HttpStatusCode.OK, assigned.StatusCode);
        }

        await handler.Open("/hand-over");
        Assert.Contains("已派给您、尚未签收", handler.Text, StringComparison.Ordinal);
        await handler.Send("/hand-over", ("to", ""), ("note", "请联系房东"));
        Assert.StartsWith("没有这位承办人", handler.ErrorOf("to"), StringComparison.Ordinal);
        Assert.Equal("请联系房东", handler.Page.GetElementById("note")!.TextContent);
        await handler.Send("/hand-over", ("to", "staff"));
        Assert.StartsWith("/hand-over?to=staff&at=", handler.At, StringComparison.Ordinal);
        Assert.Contains("交接事项：请联系房东", handler.Text, StringComparison.Ordinal);
        Assert.Contains("接班人(签字)", handler.Text, StringComparison.Ordinal);
        Assert.Contains(handler.Page.QuerySelectorAll(".sheet a"), a => a.TextContent == number && a.GetAttribute("href") == "/incidents/" + number);
        await staff.Open("/hand-over");
        Assert.Contains(number, staff.Page.QuerySelector("section.notice")!.TextContent, StringComparison.Ordinal);
        await staff.Send("/hand-over?handler=Accept");
        Assert.Equal("/hand-over?done=accepted", staff.At);
        Assert.Null(staff.Page.QuerySelector("section.notice"));
        await staff.Open("/incidents/" + number);
        Assert.Contains("人员staff(已签收)", staff.Text, StringComparison.Ordinal);
        Assert.Contains("说明：请联系房东", staff.Text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Acts(Browser browser) => browser.Page.QuerySelectorAll(".acts > details").Select(d => char.ToUpperInvariant(d.Id!["act-".Length]) + d.Id["act-x".Length..]);

    private static Task Decide(Browser browser, bool approve, string? why = null)
    {
        var form = browser.Page.QuerySelectorAll<IHtmlFormElement>("form").First(f => f.QuerySelector<IHtmlInputElement>("input[name=approve]")?.Value == (approve ? "true" : "false"));
        var field = form.QuerySelectorAll<IHtmlInputElement>("input").Single(i => i.Type == "text").Name!;
        return browser.Post(null, form, why is null ? [] : [(field, why)]);
    }
}
