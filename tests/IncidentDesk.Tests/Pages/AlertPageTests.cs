using System.Net;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Pages;

/// <summary>Where the link of a message leads, on the real host.</summary>
[Collection("pages")]
public sealed class AlertPageTests(PageHost host)
{
    private static readonly string[] Personal = ["林先生", "13800133357", "新市路", "406", "厨房", "人员"];

    private readonly DeskHost desk = host.Desk;

    [Fact]
    public async Task A_preview_robot_sees_what_the_message_said_and_changes_nothing()
    {
        var (number, alert) = await Breach();
        var link = "/alert?k=" + Seal(alert, OutboxRow.Group, DeskHost.Now);
        using var robot = new HttpClient { BaseAddress = desk.Client.BaseAddress };
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Get })
        {
            using var request = new HttpRequestMessage(method, link);
            using var answer = await robot.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            if (method == HttpMethod.Get)
            {
                var html = await answer.Content.ReadAsStringAsync();
                Assert.Contains(number, html, StringComparison.Ordinal);
                Assert.Contains("▲ 超时，已超 1小时", html, StringComparison.Ordinal);
                Assert.Contains("渗漏/堵塞", html, StringComparison.Ordinal);
                Assert.All(Personal, p => Assert.DoesNotContain(p, html.Replace(number, "", StringComparison.Ordinal).Replace(link, "", StringComparison.Ordinal), StringComparison.Ordinal));
                Assert.Contains("登录后确认知悉", html, StringComparison.Ordinal);
            }
        }

        // A form that no page of ours holds is not taken, signed in or not.
        using var forged = await robot.PostAsync(link, new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var signedIn = await new Browser(desk).As("approver");
        await signedIn.Post(link, null);
        Assert.Equal(HttpStatusCode.BadRequest, signedIn.Answer.StatusCode);
        Assert.Equal(0, await Known(alert));
    }

    [Fact]
    public async Task Whom_it_was_sent_to_signs_in_and_acknowledges_it_once_and_nobody_else_can()
    {
        var (number, alert) = await Breach();
        var link = "/alert?k=" + Seal(alert, "approver", DeskHost.Now);
        using var stranger = await new Browser(desk).As("approver2");
        await stranger.Open(link);
        Assert.Contains("不能由您确认知悉", stranger.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(stranger.Page.QuerySelectorAll("main form"), _ => true);
        await stranger.Open("/inbox");
        await stranger.Post(link, stranger.Page.QuerySelectorAll("form[method=post]").OfType<AngleSharp.Html.Dom.IHtmlFormElement>().First());
        Assert.Equal((HttpStatusCode.NotFound, 0), (stranger.Answer.StatusCode, await Known(alert)));

        // Nobody is signed in: the link leads there, and back.
        using var browser = await new Browser(desk).As("approver");
        await browser.Open("/account");
        await browser.Send("/sign-out");
        await browser.Open(link);
        await browser.Open(browser.Page.QuerySelector("main a.button")!.GetAttribute("href")!);
        await browser.Send(browser.At, ("person", "approver"), ("password", browser.Password));
        Assert.Equal(link, browser.At);
        Assert.Equal(0, await Known(alert));
        await browser.Send(link);
        Assert.Contains("已记录您知悉该提醒", browser.Text, StringComparison.Ordinal);
        Assert.Equal(link + "&done=acknowledged", browser.At);
        Assert.Contains("已记录您知悉该提醒", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Page.QuerySelectorAll("main form"), _ => true);
        var since = await desk.Read(db => db.Inbox.Where(i => i.Alert == alert && i.AcknowledgedAt != null).Select(i => new { i.Person, i.AcknowledgedAt }).SingleAsync());
        Assert.Equal("approver", since.Person);
        await browser.Open("/account");
        await browser.Post(link, browser.Page.QuerySelectorAll("form[method=post]").OfType<AngleSharp.Html.Dom.IHtmlFormElement>().First());
        Assert.Equal(since.AcknowledgedAt, await desk.Read(db => db.Inbox.Where(i => i.Alert == alert && i.AcknowledgedAt != null).Select(i => i.AcknowledgedAt).SingleAsync()));
        await browser.Open($"/incidents/{number}");
        Assert.Equal(HttpStatusCode.OK, browser.Answer.StatusCode);
    }

    [Fact]
    public async Task What_is_expired_altered_or_sealed_elsewhere_is_said_on_one_page()
    {
        var (_, alert) = await Breach();
        var key = Seal(alert, "approver", DeskHost.Now);
        using var browser = await new Browser(desk).As("approver");
        await browser.Open("/alert?k=" + Seal(alert, "approver", DeskHost.Now.AddHours(-73)));
        Assert.Equal(HttpStatusCode.Gone, browser.Answer.StatusCode);
        Assert.Contains("链接已过有效期", browser.Text, StringComparison.Ordinal);
        var changed = (key[40] == 'A' ? 'B' : 'A') + key[41..];
        await using var elsewhere = await Desks.TestDesk.Open(Engine.Sqlite);
        var foreign = elsewhere.Services.GetRequiredService<AlertLinks>().Seal(alert, "approver", DeskHost.Now);
        foreach (var bad in new[] { key[..40] + changed, key[..^4], foreign, "", "x", "%00", new string('A', 2_000), key + "!" })
        {
            await browser.Open("/alert?k=" + bad);
            Assert.Equal(HttpStatusCode.NotFound, browser.Answer.StatusCode);
            Assert.Contains("链接不完整，或不是本系统发出的", browser.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>An incident that is an hour late, and the alert of its breach, once it is in the inboxes.</summary>
    private async Task<(string Number, string Alert)> Breach()
    {
        var number = DeskApiTests.Number(await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-25))));
        var alert = "";
        await DeskHost.Until(async () => (alert = (await desk.Inbox("approver")).Where(i => i.GetProperty("number").GetString() == number).Select(i => i.GetProperty("id").GetString()!).SingleOrDefault() ?? "").Length > 0);
        return (number, alert);
    }

    private string Seal(string alert, string person, DateTimeOffset at) => desk.Services.GetRequiredService<AlertLinks>().Seal(alert, person, at);

    private Task<int> Known(string alert) => desk.Read(db => db.Inbox.CountAsync(i => i.Alert == alert && i.AcknowledgedAt != null));
}
