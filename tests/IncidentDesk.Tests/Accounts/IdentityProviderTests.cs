using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using IncidentDesk.Accounts;
using IncidentDesk.People;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Pages;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Accounts;

/// <summary>A real host with an identity provider and a syslog receiver, neither of which is there when it starts.</summary>
public sealed class ProviderHost : IAsyncLifetime
{
    internal FakeProvider Provider { get; } = new();

    /// <summary>The receiver, which has read nothing yet.</summary>
    internal UdpClient Syslog { get; } = new(new IPEndPoint(IPAddress.Loopback, 0));

    internal DeskHost Desk { get; private set; } = null!;

    /// <summary>What the sign-in page said before the provider was there.</summary>
    internal (HttpStatusCode Status, string Said, bool HasPassword) WithoutProvider { get; private set; }

    public async Task InitializeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("desk-provider-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "client-secret"), FakeProvider.Secret + "\n");
        Desk = await DeskHost.Open(Engine.Sqlite, folder, more: new Dictionary<string, string>
        {
            ["SignIn__OpenIdConnect__Authority"] = Provider.Address, ["SignIn__OpenIdConnect__ClientId"] = FakeProvider.Client, ["SignIn__OpenIdConnect__ClientSecretFile"] = "client-secret",
            ["Outgoing__Allow"] = Provider.Host, ["Accounts__SecondFactorRoles"] = "officer", ["Web__PathBase"] = PageHost.Below,
            ["Log__Syslog"] = "udp://127.0.0.1:" + ((IPEndPoint)Syslog.Client.LocalEndPoint!).Port,
        });
        using var browser = new Browser(Desk, PageHost.Below);
        await browser.Open("/sign-in?returnUrl=%2Ftokens");
        await browser.Open(IdentityProviderTests.Link(browser));
        WithoutProvider = (browser.Answer.StatusCode, browser.Text, browser.Page.QuerySelector("input[name=password]") is not null);
        await browser.As("handler");
        await Provider.Start();
    }

    public async Task DisposeAsync()
    {
        await Desk.DisposeAsync();
        await Provider.DisposeAsync();
        Syslog.Dispose();
    }
}

/// <summary>Signing in by the identity provider of the house, and what a lying one, a thief and a stranger get.</summary>
public sealed class IdentityProviderTests(ProviderHost host) : IClassFixture<ProviderHost>
{
    private readonly DeskHost desk = host.Desk;
    private readonly FakeProvider provider = host.Provider;

    [Fact]
    public async Task Who_exists_here_signs_in_by_the_provider_and_nobody_else_and_nothing_that_is_forged_opens_a_session()
    {
        // Away: one sentence, and the form for name and password below it, by which the host's first person signed in.
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (host.WithoutProvider.Status, host.WithoutProvider.HasPassword));
        Assert.Contains("暂时无法连接身份认证平台，请稍后再试，或用本系统的用户名和口令登录。", host.WithoutProvider.Said, StringComparison.Ordinal);

        // It comes back: in, with a session of ours, as our roles say, to where the person wanted to go.
        provider.Who = ("staff", "s-staff");
        using var staff = new Browser(desk, PageHost.Below);
        await staff.Open("/sign-in?returnUrl=%2Ftokens");
        using (var there = await staff.Ask(Link(staff)))
        using (await staff.Ask(there.Headers.Location!.OriginalString))
        {
        }

        using var twin = new Browser(desk, PageHost.Below);
        foreach (Cookie cookie in staff.Cookies.GetAllCookies())
        {
            twin.Cookies.Add(cookie);
        }

        await staff.Open(new Uri(provider.Last).PathAndQuery);
        Assert.Equal((HttpStatusCode.OK, "/desk/tokens"), (staff.Answer.StatusCode, staff.At));
        Assert.Contains("desk_session", staff.Cookies.GetAllCookies().Select(c => c.Name));
        await staff.Open("/people");
        Assert.Equal(HttpStatusCode.Forbidden, staff.Answer.StatusCode);
        var session = await desk.Read(db => db.Credentials.AsNoTracking().Where(c => c.Person == "staff" && c.Kind == "session").OrderByDescending(c => c.CreatedAt).FirstAsync());
        Assert.Equal((15 * 60, TimeSpan.FromHours(8), ""), (session.IdleSeconds, session.ExpiresAt!.Value - session.CreatedAt, session.Scopes));
        Assert.Contains("身份认证平台", (await desk.Read(db => db.SecurityEvents.SingleAsync(e => e.About == session.Id && e.What == "sign_in"))).Detail, StringComparison.Ordinal);

        // The same answer once more, with all that the browser held: the code is used up. Without it there is no state either.
        var before = await Sessions();
        await twin.Open(new Uri(provider.Last).PathAndQuery);
        Assert.Equal("/desk/sign-in?provider=provider_failed", twin.At);
        Assert.Contains("invalid_grant", desk.Said, StringComparison.Ordinal);
        using (var thief = new Browser(desk, PageHost.Below))
        {
            await thief.Open(new Uri(provider.Last).PathAndQuery);
            Assert.Contains("未能完成", thief.Text, StringComparison.Ordinal);
        }

        // One that is not told the truth by the provider, or whom somebody else's token names.
        foreach (var lie in new[] { "nonce", "issuer", "audience", "expired", "key", "away" })
        {
            provider.Lie = lie;
            using var deceived = await By();
            Assert.Equal("/desk/sign-in?provider=" + (lie == "away" ? "provider_unreachable" : "provider_failed"), deceived.At);
            Assert.DoesNotContain("desk_session", deceived.Cookies.GetAllCookies().Select(c => c.Name));
        }

        provider.Lie = null;

        // Whom nobody added, who was disabled or has ended, and who took over a name that was another's.
        await desk.Ask(new AddPerson(null, "gone", "离职", "staff"));
        await desk.Ask(new ChangePerson(null, "gone", Disabled: true));
        await desk.Ask(new AddPerson(null, "ended", "到期", "evaluator"));
        await desk.Ask(new ChangePerson(null, "ended", EndsAt: DeskHost.Now.AddSeconds(-1)));
        foreach (var (who, code) in new[]
        {
            (("stranger", "s-x"), "provider_person_unknown"), (("import", "s-x"), "provider_person_unknown"), (("STAFF", "s-staff"), "provider_person_unknown"), (("", "s-x"), "provider_person_unknown"),
            (("gone", "s-g"), "account_ended"), (("ended", "s-e"), "account_ended"), (("staff", "s-successor"), "provider_person_differs"), (("auditor", "s-staff"), "provider_person_differs"),
        })
        {
            provider.Who = who;
            using var refused = await By();
            Assert.Equal((HttpStatusCode.Unauthorized, "/desk/sign-in?provider=" + code), (refused.Answer.StatusCode, refused.At));
            Assert.Contains(who.Item1, await desk.Read(db => db.SecurityEvents.Where(e => e.What == "sign_in" && e.Outcome == code).Select(e => e.Who).ToListAsync()));
        }

        Assert.Equal(before, await Sessions());
        Assert.False(await desk.Read(db => db.People.AnyAsync(p => p.Id == "stranger")));
        Assert.Equal(7, await desk.Read(db => db.SecurityEvents.CountAsync(e => e.What == "sign_in" && e.Outcome == "provider_failed")));

        // An administrator's reset lets the successor in.
        await desk.Ask(new ResetAccount(null, "staff", false));
        provider.Who = ("staff", "s-successor");
        using var successor = await By("//evil.example");
        Assert.Equal("/desk", successor.At.TrimEnd('/'));
        Assert.All(provider.Told.Append(FakeProvider.Secret), secret => Assert.DoesNotContain(secret, desk.Said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_here_unless_the_provider_has_seen_two()
    {
        provider.Who = ("officer", "s-officer");
        using var first = await By();
        Assert.StartsWith("/desk/second-factor", first.At, StringComparison.Ordinal);
        var key = first.Page.QuerySelector("code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        await first.Send("/second-factor", ("code", OneTimeCodes.At(key, DeskHost.Now)));
        Assert.Equal(HttpStatusCode.OK, first.Answer.StatusCode);

        using var second = await By("/tokens");
        Assert.Equal("/desk/sign-in?provider=code&returnUrl=%2Ftokens", second.At);
        Assert.Null(second.Page.QuerySelector("input[name=password]"));
        var form = second.Page.QuerySelectorAll("form[method=post]").OfType<AngleSharp.Html.Dom.IHtmlFormElement>().Single(f => f.GetAttribute("action")!.Contains("handler=Code", StringComparison.Ordinal));
        await second.Post(null, form, ("code", "000000"));
        Assert.Contains("验证码", second.ErrorOf("code"), StringComparison.Ordinal);
        await second.Open("/tokens");
        Assert.StartsWith("/desk/sign-in", second.At, StringComparison.Ordinal);
        await second.Post(null, form, ("code", OneTimeCodes.At(key, DeskHost.Now.AddSeconds(30))));
        Assert.Equal((HttpStatusCode.OK, "/desk/tokens"), (second.Answer.StatusCode, second.At));

        provider.TwoFactors = true;
        using var third = await By("/tokens");
        provider.TwoFactors = false;
        Assert.Equal((HttpStatusCode.OK, "/desk/tokens"), (third.Answer.StatusCode, third.At));

        // Without the cookie of who waits, or with one that somebody made, the code opens nothing.
        using var nobody = new Browser(desk, PageHost.Below);
        nobody.Cookies.Add(new Cookie("desk_provider", "made-up", "/desk", "127.0.0.1"));
        await nobody.Open("/sign-in?provider=code");
        Assert.Contains("等待验证码的时间已过", nobody.Text, StringComparison.Ordinal);
        await nobody.Post("/desk/sign-in?handler=Code", nobody.Page.QuerySelectorAll("form[method=post]").OfType<AngleSharp.Html.Dom.IHtmlFormElement>().First(), ("code", OneTimeCodes.At(key, DeskHost.Now)));
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.Answer.StatusCode);
    }

    [Fact]
    public async Task Every_entry_of_the_security_log_goes_to_the_syslog_receiver_as_RFC_5424_says()
    {
        using (await desk.Post("session", "staff", new { person = "syslog", password = "A-Guess-For-Syslog-1" }))
        {
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        for (; ; )
        {
            var said = Encoding.UTF8.GetString((await host.Syslog.ReceiveAsync(limit.Token)).Buffer);
            var parts = System.Text.RegularExpressions.Regex.Match(said, "^<(?<pri>\\d+)>1 (?<at>\\S+) (?<host>\\S+) IncidentDesk (?<pid>\\d+) (?<id>[a-z_]+) - \uFEFF(?<body>\\{.*\\})$");
            Assert.True(parts.Success, said);
            Assert.DoesNotContain("A-Guess-For-Syslog-1", said, StringComparison.Ordinal);
            var entry = JsonDocument.Parse(parts.Groups["body"].Value).RootElement;
            Assert.Equal((parts.Groups["id"].Value, entry.GetProperty("outcome").GetString() == "done" ? "110" : "108"), (entry.GetProperty("what").GetString(), parts.Groups["pri"].Value));
            if (entry.GetProperty("who").GetString() == "syslog")
            {
                Assert.Equal("bad_credentials", entry.GetProperty("outcome").GetString());
                var id = entry.GetProperty("id").GetString();
                var stored = await desk.Read(db => db.SecurityEvents.SingleAsync(e => e.Id == id));
                Assert.Equal(stored.At, DateTimeOffset.ParseExact(parts.Groups["at"].Value, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
                return;
            }
        }
    }

    /// <summary>A browser that went to the provider from the sign-in page and came back.</summary>
    private async Task<Browser> By(string? returnTo = null)
    {
        var browser = new Browser(desk, PageHost.Below);
        await browser.Open("/sign-in" + (returnTo is null ? "" : "?returnUrl=" + Uri.EscapeDataString(returnTo)));
        await browser.Open(Link(browser));
        return browser;
    }

    internal static string Link(Browser browser) => browser.Page.QuerySelectorAll("a").Single(a => a.TextContent == "统一身份认证登录").GetAttribute("href")!;

    private Task<int> Sessions() => desk.Read(db => db.Credentials.CountAsync(c => c.Kind == "session"));
}
