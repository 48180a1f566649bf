using System.Net;
using AngleSharp.Html.Dom;
using IncidentDesk.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Pages;

/// <summary>What every page has in common: headers, languages, where links lead, whose forms are taken, below which path.</summary>
[Collection("pages")]
public sealed class PageDoorTests(PageHost host)
{
    private readonly DeskHost desk = host.Desk;

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private static readonly string[] All = ["/", "/log", "/inbox", "/search", "/hand-over", "/months", "/years", "/buildings", "/account", "/wall", "/people", "/people/staff", "/tokens", "/second-factor", "/password", "/self-check", "/system", "/ledger", "/rules", "/rules/policy", "/rules/policy/strict", "/sign-in", "/problem", "/nothing-here", "/alert"];

    [Fact]
    public async Task Every_page_in_both_languages_has_its_headers_labels_one_heading_and_nothing_from_elsewhere()
    {
        using var administrator = await new Browser(desk).As("admin");
        using var lead = await new Browser(desk).As("lead");
        var number = DeskApiTests.Number(await desk.Log(DeskHost.Fault(description: "漏水", reportedAt: DeskHost.Now.AddHours(-25))));
        using (var asked = await desk.Post($"incidents/{number}/void", "staff", new { reason = "test" }))
        {
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        }

        foreach (var (language, lang) in new[] { ("zh", "zh-CN"), ("en", "en") })
        {
            await lead.Open($"/language?to={language}&returnUrl=%2Ftokens");
            await administrator.Open($"/language?to={language}&returnUrl=%2Ftokens");
            Assert.Equal("/tokens", administrator.At);
            foreach (var at in All.Append("/incidents/" + number).Append("/hand-over"))
            {
                var browser = at.StartsWith("/incidents", StringComparison.Ordinal) || at.StartsWith("/rules", StringComparison.Ordinal) || at == "/hand-over" ? lead : administrator;
                await browser.Open(at);
                var (page, headers) = (browser.Page, browser.Answer.Headers);
                Assert.True(page.DocumentElement.GetAttribute("lang") == lang, $"{at} in {language}: {browser.Html[..Math.Min(300, browser.Html.Length)]}");
                Assert.Equal(Policy, headers.GetValues("Content-Security-Policy").Single());
                Assert.Equal(("nosniff", "same-origin", true), (headers.GetValues("X-Content-Type-Options").Single(), headers.GetValues("Referrer-Policy").Single(), headers.CacheControl!.NoStore));
                Assert.Single(page.QuerySelectorAll("h1"));
                Assert.Empty(page.QuerySelectorAll("style, [style], script:not([src]), [onclick], [onsubmit]"));
                Assert.All(page.QuerySelectorAll("[src], link[href]"), e => Assert.StartsWith("/", e.GetAttribute("src") ?? e.GetAttribute("href"), StringComparison.Ordinal));
                Assert.DoesNotMatch("&#x[3-9A-F][0-9A-F]{3};", browser.Html);
                Assert.Equal([], page.QuerySelectorAll("[id]").GroupBy(e => e.Id).Where(same => same.Count() > 1).Select(same => $"{at}#{same.Key}"));
                foreach (var input in page.QuerySelectorAll("input:not([type=hidden]):not([hidden]), select, textarea"))
                {
                    Assert.True(input.Closest("label") is not null || page.QuerySelector($"label[for='{input.Id}']") is not null, $"{at}: {input.OuterHtml} has no label");
                }

                // A page in English holds Chinese only in names, and the other way round only what has no Chinese word.
                if (language == "en")
                {
                    Assert.DoesNotContain("请", browser.Text, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/%09/evil.example", false)]
    [InlineData("\\evil.example")]
    [InlineData("~//evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public async Task Nobody_is_sent_to_another_site(string target, bool escape = true)
    {
        using var browser = new Browser(desk);
        var query = "returnUrl=" + (escape ? Uri.EscapeDataString(target) : target);
        using var chosen = await browser.Ask("/language?to=zh&" + query);
        Assert.Equal("/", chosen.Headers.Location!.OriginalString);
        if (target == "//evil.example")
        {
            await browser.As("handler");
            using var again = new Browser(desk);
            await again.Open("/sign-in?" + query);
            await again.Send("/sign-in?" + query, ("person", "handler"), ("password", browser.Password));
            Assert.Equal("/", again.At);
        }
    }

    [Fact]
    public async Task A_form_from_elsewhere_changes_nothing()
    {
        using var browser = await new Browser(desk).As("officer");
        await browser.Open("/tokens");
        var before = await desk.Read(db => db.Credentials.CountAsync());
        foreach (var action in browser.Page.QuerySelectorAll("form[method=post]").OfType<IHtmlFormElement>().Select(f => f.GetAttribute("action")!).Append("/sign-in").Append("/password").Distinct())
        {
            await browser.Post(action, null, ("name", "fremd"), ("days", "7"), ("person", "officer"), ("password", browser.Password));
            Assert.Equal(HttpStatusCode.BadRequest, browser.Answer.StatusCode);
            Assert.Contains("未保存任何内容", browser.Text, StringComparison.Ordinal);
        }

        Assert.Equal(before, await desk.Read(db => db.Credentials.CountAsync()));
        await browser.Open("/");
        Assert.Equal("/", browser.At);
    }

    [Fact]
    public async Task Below_a_path_of_a_gateway_every_link_form_and_cookie_stays_below_it()
    {
        using var browser = await new Browser(desk, PageHost.Below).As("admin");
        await browser.Open("/people");
        Assert.All(browser.Page.QuerySelectorAll("a[href^='/'], link[href], form[action]"), e =>
            Assert.StartsWith("/desk/", (e.GetAttribute("href") ?? e.GetAttribute("action")) + "/", StringComparison.Ordinal));
        Assert.Contains("returnUrl=%2Fpeople", browser.Html, StringComparison.Ordinal);
        Assert.NotEmpty(browser.Cookies.GetAllCookies());
        Assert.All(browser.Cookies.GetAllCookies(), c => Assert.Equal(PageHost.Below, c.Path.TrimEnd('/')));
        using var sheet = await browser.Ask(browser.Page.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!);
        Assert.Equal((HttpStatusCode.OK, "text/css"), (sheet.StatusCode, sheet.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public void The_sheet_asks_no_more_of_a_browser_than_Chromium_78_gives()
    {
        var files = Directory.GetFiles(Path.Combine(Repo.Root, "src/IncidentDesk.Web/wwwroot"), "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files.Where(f => f.EndsWith(".css", StringComparison.Ordinal) || f.EndsWith(".js", StringComparison.Ordinal)))
        {
            var text = System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(file), @"/\*.*?\*/", "", System.Text.RegularExpressions.RegexOptions.Singleline);
            if (file.EndsWith(".css", StringComparison.Ordinal))
            {
                Assert.DoesNotMatch(@"\{[^}]*\{", System.Text.RegularExpressions.Regex.Replace(text, @"@(media|supports)[^{]*\{", ""));
            }

            foreach (var (what, pattern) in Newer)
            {
                Assert.False(System.Text.RegularExpressions.Regex.IsMatch(text, pattern), $"{Path.GetFileName(file)} uses {what}");
            }
        }
    }

    private static readonly (string What, string Pattern)[] Newer =
    [
        ("optional chaining", @"\?\.[A-Za-z_\[(]"), ("nullish coalescing", @"\?\?"), ("gap", @"(^|[\s;{])(row-|column-)?gap\s*:"), (":has", ":has\\("), (":is", ":(is|where)\\("),
        ("popover", "popover"), (":focus-visible", ":focus-visible"), ("aspect-ratio", "aspect-ratio"),
        ("inset", @"[\s;{]inset\s*:"), ("min, max, clamp", @"[\s:(](min|max|clamp)\("), ("layers", "@layer|@container"), ("replaceAll", @"\.replaceAll\("),
        ("another site", "https?://(?!www\\.w3\\.org)|@import"),
    ];
}
