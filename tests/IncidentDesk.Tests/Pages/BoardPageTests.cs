using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using IncidentDesk.Accounts;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.People;
using IncidentDesk.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Pages;

/// <summary>The board, live, as a person and as a wall screen; the inbox and the search as people use them.</summary>
[Collection("pages")]
public sealed class BoardPageTests(PageHost host)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly DeskHost desk = host.Desk;

    [Fact]
    public async Task What_happens_at_the_desk_appears_on_an_open_board_within_the_rights_of_who_looks_until_the_session_ends()
    {
        using var browser = await new Browser(desk).As("lead");
        using var elsewhere = await new Browser(desk).As("handler");
        await browser.Open("/");
        Assert.Equal("工单看板", browser.Page.QuerySelector("h1")!.TextContent);
        await desk.Ask(new ChangePerson(null, "handler", Towns: ["440111009"]));
        await elsewhere.SignIn("handler", elsewhere.Password);
        using var mine = await Stream.Open(desk, browser, "/board/stream");
        using var theirs = await Stream.Open(desk, elsewhere, "/board/stream?state=unanswered");
        await mine.Next("pulse");
        await theirs.Next("pulse");
        var number = DeskApiTests.Number(await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-25))));
        var seen = await mine.Next("board", with: number);
        Assert.Contains("响应超时", seen.QuerySelector($"tr:has(a[href='/incidents/{number}'])")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(seen.QuerySelector(".risk.error"));
        using (await desk.Post($"incidents/{number}/assign", "approver", new { handler = "staff" }))
        {
            Assert.Contains("人员staff", (await mine.Next("board", with: "人员staff")).TextContent, StringComparison.Ordinal);
        }

        // Who is limited to other towns saw nothing of it, by the stream or by the fragment; their board lives all the same.
        await theirs.Next("pulse");
        Assert.DoesNotContain(number, theirs.Said, StringComparison.Ordinal);
        await elsewhere.Open("/board/rows");
        Assert.DoesNotContain(number, elsewhere.Html, StringComparison.Ordinal);
        await browser.Open("/board/rows?state=overdue");
        Assert.Contains(number, browser.Html, StringComparison.Ordinal);

        // To look is no use: neither stream nor fragment puts the idle end off.
        var session = (await desk.Read(db => db.Credentials.Where(c => c.Person == "lead" && c.Kind == CredentialRow.Session && c.EndedAt == null).OrderByDescending(c => c.CreatedAt).FirstAsync())).Id;
        var used = DeskHost.Now.AddMinutes(-10);
        await Set(session, used);
        await browser.Open("/board/rows");
        using (var again = await Stream.Open(desk, browser, "/board/stream"))
        {
            await again.Next("pulse");
        }

        Assert.InRange((await desk.Read(db => db.Credentials.SingleAsync(c => c.Id == session))).LastUsedAt - used, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
        await Set(session, DeskHost.Now.AddHours(-1));
        await mine.Next("ended");
        Assert.True(await mine.IsOver());
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.Ask("/board/rows")).StatusCode);
        await desk.Ask(new ChangePerson(null, "handler", Towns: []));
        await theirs.Next("ended");
        using var nobody = new Browser(desk);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.Ask("/board/stream")).StatusCode);
        using var admin = await new Browser(desk).As("admin");
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.Ask("/board/stream")).StatusCode);
        await admin.Open("/");
        Assert.Contains("您的角色不查看工单", admin.Text, StringComparison.Ordinal);

        Task<int> Set(string id, DateTimeOffset at) => desk.Read(db => db.Credentials.Where(c => c.Id == id).ExecuteUpdateAsync(c => c.SetProperty(x => x.LastUsedAt, at)));
    }

    [Fact]
    public async Task A_wall_screen_shows_the_board_without_names_by_its_token_until_that_is_revoked()
    {
        var number = DeskApiTests.Number(await desk.Log());
        using (await desk.Post($"incidents/{number}/assign", "approver", new { handler = "handler" }))
        {
        }

        var made = (await desk.Ask(new AddToken(null, "approver", "大厅", [], 1, Display: true))).Value!;
        var plain = (await desk.Ask(new AddToken(null, "approver", "程序", [], 1))).Value!;
        using var screen = new Browser(desk);
        await screen.Open("/wall");
        foreach (var wrong in new[] { "falsch", plain.Secret })
        {
            await screen.Send("/wall", ("token", wrong));
            Assert.StartsWith("这不是大屏令牌", screen.ErrorOf("token"), StringComparison.Ordinal);
            Assert.DoesNotContain(wrong, screen.Html, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await screen.Ask("/wall/stream")).StatusCode);
        await screen.Open("/wall");
        await screen.Send("/wall", ("token", made.Secret));
        Assert.Equal("/wall", screen.At);
        Assert.Contains(number, screen.Text, StringComparison.Ordinal);
        Assert.Empty(screen.Page.QuerySelectorAll("a, form, nav, button"));
        var cookie = screen.Cookies.GetAllCookies().Single(c => c.Name == "desk_wall");
        Assert.Equal((true, "/wall"), (cookie.HttpOnly, cookie.Path));
        using var stream = await Stream.Open(desk, screen, "/wall/stream");
        await stream.Next("board", with: number);
        await stream.Next("pulse");
        await screen.Open("/wall/rows");
        foreach (var shown in new[] { stream.Said, screen.Html })
        {
            Assert.Contains(number, shown, StringComparison.Ordinal);
            Assert.DoesNotMatch("人员handler|人员staff|林先生|138", shown);
        }

        // It opens nothing else, also where its maker stands in for an approver; and a board of persons opens to no screen.
        Assert.Equal(HttpStatusCode.Unauthorized, (await screen.Ask("/board/rows")).StatusCode);
        using var call = new HttpRequestMessage(HttpMethod.Get, "/api/v1/incidents") { Headers = { { "Authorization", "Bearer " + made.Secret } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.Client.SendAsync(call)).StatusCode);
        await desk.Ask(new RevokeToken(null, made.Token.Id));
        await stream.Next("ended");
        Assert.True(await stream.IsOver());
        Assert.Equal(HttpStatusCode.Unauthorized, (await screen.Ask("/wall/rows")).StatusCode);
        await screen.Open("/wall");
        Assert.NotNull(screen.Page.QuerySelector("input[name=token]"));
    }

    [Fact]
    public async Task An_alert_is_acknowledged_in_the_inbox_and_the_navigation_counts_what_waits()
    {
        using var browser = await new Browser(desk).As("approver");
        var number = DeskApiTests.Number(await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-26))));
        using (await desk.Post($"incidents/{number}/void", "staff", new { reason = "test" }))
        {
        }

        await DeskHost.Until(async () => (await desk.Inbox("approver")).Exists(i => i.GetProperty("textZh").GetString()!.Contains(number, StringComparison.Ordinal)));
        await browser.Open("/inbox");
        var before = Waiting();
        Assert.True(before >= 2, $"{before} wait");
        var asked = browser.Page.QuerySelector($"#requests tr:has(a[href='/incidents/{number}'])")!.TextContent;
        Assert.Contains("作废", asked, StringComparison.Ordinal);
        Assert.Contains("人员staff", asked, StringComparison.Ordinal);
        Assert.Contains("由超时变为剔除", asked, StringComparison.Ordinal);
        var alert = browser.Page.QuerySelectorAll("#alerts tbody tr").First(r => r.TextContent.Contains(number, StringComparison.Ordinal));
        var id = Uri.EscapeDataString(alert.GetAttribute("data-alert")!);
        await browser.Send(alert.QuerySelector("form")!.GetAttribute("action")!);
        Assert.Equal("/inbox?done=acknowledged", browser.At);
        Assert.DoesNotContain(id, browser.Html, StringComparison.Ordinal);
        Assert.Equal(before - 1, Waiting());
        await browser.Open("/inbox?all=true");
        Assert.Contains("人员approver", browser.Page.QuerySelectorAll("#alerts tbody tr").First(r => r.GetAttribute("data-alert") == id).QuerySelector(".knows")!.TextContent, StringComparison.Ordinal);

        // Who asked sees it as theirs, with nothing to decide.
        using var staff = await new Browser(desk).As("staff");
        await staff.Open("/inbox");
        Assert.Contains(number, staff.Page.QuerySelector("#asked")!.TextContent, StringComparison.Ordinal);
        Assert.Null(staff.Page.QuerySelector("#requests"));

        int Waiting() => int.Parse(Regex.Match(browser.Page.QuerySelector("nav a[href='/inbox']")!.TextContent, @"\d+").Value);
    }

    [Fact]
    public async Task A_number_leads_to_its_incident_and_everything_else_to_a_list()
    {
        using var browser = await new Browser(desk).As("evaluator");
        var number = DeskApiTests.Number(await desk.Log(DeskHost.Fault("GZ-SEARCH-1", "天台水箱 <b>破裂</b>")));
        foreach (var typed in new[] { number, number.ToLowerInvariant(), number[2..], " " + number.Replace('0', '０') })
        {
            using var answer = await browser.Ask("/search?number=" + Uri.EscapeDataString(typed));
            Assert.Equal("/incidents/" + number, answer.Headers.Location?.OriginalString);
        }

        foreach (var query in new[] { "number=GZ-SEARCH-1", "words=水箱", "place=新市路56", "person=staff", "category=RNT-WATER-02&town=440111011" })
        {
            await browser.Open("/search?" + query);
            Assert.NotNull(browser.Page.QuerySelector($"main a[href='/incidents/{number}']"));
            Assert.DoesNotMatch("林先生|138", browser.Html);
        }

        await browser.Open("/search?number=BY20200101-0001");
        Assert.Contains("没有这个编号的工单", browser.Text, StringComparison.Ordinal);
        await browser.Open("/search?words=林先生");
        Assert.Contains("没有符合条件的工单", browser.Text, StringComparison.Ordinal);
        await browser.Open("/search?words=水箱&from=2020-01-01&to=2026-01-01");
        Assert.StartsWith("登记日期的跨度不得超过 92 天", browser.ErrorOf("from"), StringComparison.Ordinal);
        await browser.Open("/search?from=gestern");
        Assert.StartsWith("请填写日期", browser.ErrorOf("from"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_told_to_stop_ends_its_streams_and_stops()
    {
        await using var own = await DeskHost.Open(Engine.Sqlite, jobs: JobsHost.Worker);
        using var browser = await new Browser(own).As("staff");

        // No job has ever run here: the board says so in red, by itself and in the stream.
        await browser.Open("/");
        Assert.Contains("预警值守异常：到期检查已停止；自检工单未按时告警", browser.Page.QuerySelector("[role=alert].alarm:not([hidden])")!.TextContent, StringComparison.Ordinal);
        using var stream = await Stream.Open(own, browser, "/board/stream");
        Assert.Contains("预警值守异常", (await stream.Next("board")).TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await own.Stop().WaitAsync(Soon));
        Assert.True(await stream.IsOver());
    }

    /// <summary>An open stream of events, as a browser reads it.</summary>
    private sealed class Stream : IDisposable
    {
        private readonly HttpResponseMessage answer;
        private readonly StreamReader reader;
        private readonly System.Text.StringBuilder said = new();

        private Stream(HttpResponseMessage answer, System.IO.Stream body) => (this.answer, reader) = (answer, new StreamReader(body));

        /// <summary>Everything that has come.</summary>
        public string Said => said.ToString();

        public static async Task<Stream> Open(DeskHost desk, Browser browser, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Cookie", browser.Cookies.GetCookieHeader(new Uri(desk.Client.BaseAddress!, path)) }, { "Accept", "text/event-stream" } } };
            var answer = await desk.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((HttpStatusCode.OK, "text/event-stream", true), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.NoStore));
            return new Stream(answer, await answer.Content.ReadAsStreamAsync());
        }

        /// <summary>The next event of that name, whose data holds something; fails when none comes.</summary>
        public async Task<AngleSharp.Dom.IElement> Next(string name, string with = "")
        {
            using var late = new CancellationTokenSource(Soon);
            var (kind, data) = ("", new System.Text.StringBuilder());
            while (await reader.ReadLineAsync(late.Token) is { } line)
            {
                said.AppendLine(line);
                if (line.Length > 0)
                {
                    kind = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : kind;
                    _ = line.StartsWith("data: ", StringComparison.Ordinal) ? data.AppendLine(line[6..]) : data;
                    continue;
                }

                if (kind == name && data.ToString().Contains(with, StringComparison.Ordinal))
                {
                    return new HtmlParser().ParseDocument(data.ToString()).Body!;
                }

                (kind, data) = ("", new System.Text.StringBuilder());
            }

            throw new InvalidOperationException($"The stream is over; no {name} came.");
        }

        /// <summary>Whether the host has ended it.</summary>
        public async Task<bool> IsOver()
        {
            using var late = new CancellationTokenSource(Soon);
            while (await reader.ReadLineAsync(late.Token) is not null)
            {
            }

            return true;
        }

        public void Dispose()
        {
            reader.Dispose();
            answer.Dispose();
        }
    }
}
