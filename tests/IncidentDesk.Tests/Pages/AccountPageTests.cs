using System.Net;
using IncidentDesk.Accounts;
using IncidentDesk.People;
using IncidentDesk.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Pages;

/// <summary>The pages of accounts as people use them: over HTTP on the real host, with cookies, without scripts.</summary>
[Collection("pages")]
public sealed class AccountPageTests(PageHost host)
{
    private readonly DeskHost desk = host.Desk;

    [Fact]
    public async Task A_new_person_is_led_to_change_the_password_and_nowhere_else_and_signs_out_again()
    {
        var oneTime = (await desk.Ask(new AddPerson(null, "chen", "陈小姐", "staff"))).Value!.OneTimePassword;
        using var browser = new Browser(desk);
        await browser.Open("/tokens?x=1");
        Assert.Equal("/sign-in?returnUrl=%2Ftokens%3Fx%3D1", browser.At);
        await browser.Send("/sign-in?returnUrl=%2Ftokens%3Fx%3D1", ("person", "chen"), ("password", "Falsch-2026-x"));
        Assert.Equal((HttpStatusCode.Unauthorized, "用户名或口令不正确。", "chen"), (browser.Answer.StatusCode, browser.ErrorOf("password"), browser.Page.GetElementById("person")!.GetAttribute("value")));
        Assert.DoesNotContain("Falsch-2026-x", browser.Html, StringComparison.Ordinal);

        await browser.SignIn("chen", oneTime);
        Assert.Equal("/password", browser.At);
        foreach (var elsewhere in new[] { "/", "/tokens", "/second-factor" })
        {
            await browser.Open(elsewhere);
            Assert.Equal("/password", browser.At);
        }

        Assert.Null(browser.Page.QuerySelector("nav"));
        await browser.Send("/password", ("old", oneTime), ("password", "schwach"), ("again", "schwach"));
        Assert.StartsWith("口令应为 10 至 128 个字符", browser.ErrorOf("password"), StringComparison.Ordinal);
        await browser.Send("/password", ("old", oneTime), ("password", browser.Password), ("again", browser.Password + "x"));
        Assert.Equal("两次输入的新口令不一致。", browser.ErrorOf("again"));
        await browser.Send("/password", ("old", "x"), ("password", browser.Password), ("again", browser.Password));
        Assert.Equal("原口令不正确。", browser.ErrorOf("old"));
        await browser.Send("/password", ("old", oneTime), ("password", browser.Password), ("again", browser.Password));
        Assert.Equal("/?done=password_changed", browser.At);
        Assert.Contains("口令已修改", browser.Text, StringComparison.Ordinal);
        Assert.Contains("这是首次登录", browser.Text, StringComparison.Ordinal);

        await browser.Send("/sign-out");
        Assert.Equal("/sign-in?done=signed_out", browser.At);
        await browser.Open("/");
        Assert.Equal("/sign-in?returnUrl=%2F", browser.At);
        await browser.SignIn("chen", "Falsch-2026-x");
        await browser.SignIn("chen", browser.Password);
        Assert.Equal("/", browser.At);
        Assert.Contains("来自 127.0.0.1", browser.Text, StringComparison.Ordinal);
        Assert.Contains("1 次；若非本人操作", browser.Text, StringComparison.Ordinal);
        await browser.Open("/");
        Assert.DoesNotContain("来自 127.0.0.1", browser.Text, StringComparison.Ordinal);
        await browser.Open("/account");
        Assert.Contains("来自 127.0.0.1", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_factor_is_set_up_with_its_picture_and_asked_for_from_then_on()
    {
        using var browser = await new Browser(desk).As("approver2");
        await browser.Open("/second-factor");
        var key = browser.Page.QuerySelector("main code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        Assert.NotNull(browser.Page.QuerySelector(".qr svg"));
        Assert.DoesNotContain("style=", browser.Html, StringComparison.Ordinal);
        await browser.Send("/second-factor", ("code", "abcdef"));
        Assert.StartsWith("验证码不正确", browser.ErrorOf("code"), StringComparison.Ordinal);
        Assert.Equal(key, browser.Page.QuerySelector("main code")!.TextContent.Replace(" ", "", StringComparison.Ordinal));
        var first = OneTimeCodes.At(key, DeskHost.Now);
        await browser.Send("/second-factor", ("code", first));
        var codes = browser.Page.QuerySelectorAll(".codes code").Select(c => c.TextContent).ToList();
        Assert.Equal(8, codes.Count);

        using var other = new Browser(desk);
        await other.SignIn("approver2", browser.Password);
        Assert.Equal(("", "approver2"), (other.ErrorOf("code"), other.Page.GetElementById("person")!.GetAttribute("value")));
        await other.Send("/sign-in", ("password", browser.Password), ("code", "000000x"));
        Assert.Equal("验证码不正确。", other.ErrorOf("code"));
        await other.Send("/sign-in", ("password", browser.Password), ("code", first));
        Assert.StartsWith("该验证码已使用过", other.ErrorOf("code"), StringComparison.Ordinal);
        await other.Send("/sign-in", ("password", browser.Password), ("code", codes[0]));
        await other.Open("/account");
        Assert.Contains("剩余恢复码 7 个", other.Text, StringComparison.Ordinal);
        using var third = new Browser(desk);
        await third.SignIn("approver2", browser.Password);
        await third.Send("/sign-in", ("password", browser.Password), ("code", OneTimeCodes.At(key, DeskHost.Now.AddMinutes(-10))));
        Assert.Contains("请校准手机时间", third.ErrorOf("code"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_adds_changes_disables_and_resets_people_and_sees_when_too_few_can_approve()
    {
        using var browser = await new Browser(desk).As("admin");
        await browser.Open("/people");
        Assert.Null(browser.Page.QuerySelector("[role=alert]"));
        await browser.Send("/people", ("id", "li wei"), ("name", "李伟"), ("roles", "evaluator"));
        Assert.Contains("人员编号应为", browser.ErrorOf("id"), StringComparison.Ordinal);
        Assert.Equal("李伟", browser.Page.GetElementById("name")!.GetAttribute("value"));
        await browser.Send("/people", ("id", "liwei"), ("name", "李伟"), ("roles", "evaluator"));
        var password = browser.Page.GetElementById("secret")!.TextContent;
        await browser.Open("/people");
        Assert.DoesNotContain(password, browser.Html, StringComparison.Ordinal);

        await browser.Open("/people/liwei");
        await browser.Send("/people/liwei", ("roles", "evaluator"), ("towns", "440111011"), ("servicePoints", "石井\n嘉禾"), ("lastDay", "2031-12-31"));
        Assert.Equal("/people/liwei?done=changed", browser.At);
        Assert.Equal(
            ("evaluator", "440111011", "石井\n嘉禾", new DateTimeOffset(2031, 12, 31, 16, 0, 0, TimeSpan.Zero)),
            await desk.Read(async db => await db.People.Where(p => p.Id == "liwei").Select(p => ValueTuple.Create(p.Roles, p.Towns, p.ServicePoints, p.EndsAt!.Value)).SingleAsync()));
        Assert.Equal("2031-12-31", browser.Page.GetElementById("lastDay")!.GetAttribute("value"));
        await browser.Send("/people/liwei", ("roles", "evaluator"), ("towns", null), ("servicePoints", ""), ("lastDay", "32.13."));
        Assert.StartsWith("请填写日期", browser.ErrorOf("lastDay"), StringComparison.Ordinal);
        await browser.Send("/people/liwei", ("lastDay", ""));
        await browser.Send("/people/liwei?handler=Disable");
        Assert.True(await desk.Read(db => db.People.AnyAsync(p => p.Id == "liwei" && p.DisabledAt != null && p.EndsAt < DeskHost.Now.AddDays(91) && p.Towns == null)));
        await browser.Send("/people/liwei?handler=Enable");
        await browser.Send("/people/liwei?handler=Reset", ("secondFactor", "true"));
        Assert.NotEqual(password, browser.Page.GetElementById("secret")!.TextContent);

        await browser.Open("/people/admin");
        Assert.Single(browser.Page.QuerySelectorAll("form"));
        foreach (var approver in new[] { "approver2", "lead" })
        {
            await browser.Open("/people/" + approver);
            await browser.Send($"/people/{approver}?handler=Disable");
        }

        await browser.Open("/people");
        Assert.Contains("能审批的只有 1 人", browser.Page.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        await browser.Open("/self-check");
        Assert.Contains("能审批的有 1 人", browser.Text, StringComparison.Ordinal);
        Assert.Contains("本次访问未经 https", browser.Text, StringComparison.Ordinal);
        foreach (var approver in new[] { "approver2", "lead" })
        {
            await browser.Open("/people/" + approver);
            await browser.Send($"/people/{approver}?handler=Enable");
        }
    }

    [Fact]
    public async Task An_approver_sets_and_ends_a_deputy_for_days_of_the_desks_zone()
    {
        using var browser = await new Browser(desk).As("approver");
        await browser.Open("/people");
        Assert.Equal("代批", browser.Page.QuerySelector("h1")!.TextContent);
        await browser.Send("/people?handler=Deputy", ("deputy", "officer"), ("since", "2031-05-01"), ("until", "2031-04-01"));
        Assert.Contains("代批期限", browser.ErrorOf("until"), StringComparison.Ordinal);
        Assert.Equal("2031-05-01", browser.Page.GetElementById("since")!.GetAttribute("value"));
        await browser.Send("/people?handler=Deputy", ("deputy", "officer"), ("since", "2031-05-01"), ("until", "2031-05-03"));
        var set = await desk.Read(db => db.Deputies.SingleAsync());
        Assert.Equal(
            ("approver", "officer", new DateTimeOffset(2031, 4, 30, 16, 0, 0, TimeSpan.Zero), new DateTimeOffset(2031, 5, 3, 16, 0, 0, TimeSpan.Zero)),
            (set.Principal, set.Deputy, set.Since, set.Until));
        Assert.Contains("2031-05-01 至 2031-05-03", browser.Text, StringComparison.Ordinal);
        await browser.Send($"/people?id={set.Id}&handler=EndDeputy");
        Assert.Contains("目前没有生效或将要生效的代批", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_shown_once_works_within_its_scopes_and_not_after_it_is_revoked()
    {
        using var browser = await new Browser(desk).As("lead");
        await browser.Open("/tokens");
        await browser.Send("/tokens", ("name", "值班室对接程序"), ("days", "0"), ("scopes", "read"));
        Assert.Equal("有效期应为 1 至 366 天。", browser.ErrorOf("days"));
        Assert.NotNull(browser.Page.QuerySelector("input[value=read][checked]"));
        await browser.Send("/tokens", ("days", "7"), ("scopes", "read"));
        var secret = browser.Page.GetElementById("secret")!.TextContent;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await Call("incidents"), await Call("people")));
        await browser.Open("/tokens");
        Assert.DoesNotContain(secret, browser.Html, StringComparison.Ordinal);
        var row = await desk.Read(db => db.Credentials.SingleAsync(c => c.Name == "值班室对接程序"));
        await browser.Send($"/tokens?id={row.Id}&handler=Revoke");
        Assert.Equal("/tokens?done=revoked", browser.At);
        Assert.Equal(HttpStatusCode.Unauthorized, await Call("incidents"));

        async Task<HttpStatusCode> Call(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/" + path) { Headers = { { "Authorization", "Bearer " + secret } } };
            using var answer = await desk.Client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task The_security_log_is_filtered_and_paged()
    {
        for (var n = 0; n < 60; n++)
        {
            await desk.Ask(new NoteRefusal("many", new Origin("10.0.0.9", "page"), "denied", "not_allowed", $"GET /x{n}"));
        }

        using var browser = await new Browser(desk).As("auditor");
        await browser.Open("/security-log?who=many&what=denied");
        Assert.Equal(50, browser.Page.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("GET /x59", browser.Text, StringComparison.Ordinal);
        await browser.Open(browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!);
        Assert.Equal(10, browser.Page.QuerySelectorAll("tbody tr").Length);
        await browser.Open("/security-log?who=nobody-at-all");
        Assert.Contains("没有符合条件的记录", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_comes_after_its_session_has_ended_is_kept_without_its_secrets()
    {
        using var browser = await new Browser(desk).As("admin");
        await browser.Open("/people");
        await desk.Read(db => db.Credentials.Where(c => c.Person == "admin" && c.Kind == "session").ExecuteUpdateAsync(c => c.SetProperty(x => x.ExpiresAt, DeskHost.Now.AddMinutes(-1))));
        await browser.Send("/people", ("id", "zhao"), ("name", "赵先生"), ("roles", "staff"), ("code", "geheim-123"));
        Assert.Contains("登录已过期，刚才的内容尚未保存", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim-123", browser.Html, StringComparison.Ordinal);
        await browser.Post(null, MainForm(), ("person", "admin"), ("password", "Falsch-2026-x"));
        await browser.Post(null, MainForm(), ("person", "admin"), ("password", browser.Password));
        await browser.Post(null, MainForm());
        Assert.Equal(("zhao", "赵先生"), (browser.Page.GetElementById("id")!.GetAttribute("value"), browser.Page.GetElementById("name")!.GetAttribute("value")));
        Assert.NotNull(browser.Page.QuerySelector("input[value=staff][checked]"));
        Assert.False(await desk.Read(db => db.People.AnyAsync(p => p.Id == "zhao")));
        await browser.Send("/people");
        Assert.True(await desk.Read(db => db.People.AnyAsync(p => p.Id == "zhao")));

        AngleSharp.Html.Dom.IHtmlFormElement MainForm() => (AngleSharp.Html.Dom.IHtmlFormElement)browser.Page.QuerySelector("main form")!;
    }
}
