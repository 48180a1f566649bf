using System.Text.Json;
using Deque.AxeCore.Commons;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using IncidentDesk.Tests.Api;
using Microsoft.Playwright;

namespace IncidentDesk.Browser.Tests;

/// <summary>What holds for each page: nobody is shut out of it, it fits a phone, it comes over a bad line, and no script of it fails. With DESK_TEST_PICTURES it is drawn too.</summary>
[Collection("chromium")]
public sealed class EveryPageTests(Chromium chromium)
{
    private const int MostBytes = 150_000;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private static readonly string? Pictures = Environment.GetEnvironmentVariable("DESK_TEST_PICTURES");

    /// <summary>Every page, and who opens it; {…} is filled in from the ledger.</summary>
    private static readonly Dictionary<string, string[]> Pages = new()
    {
        [""] = ["/sign-in?expired=true", "/wall", "/no-such-page", "/alert?k={alert}"],
        ["wall"] = ["/wall"],
        ["lead"] = ["/", "/log", "/inbox", "/search?words=%E6%BC%8F%E6%B0%B4", "/hand-over", "/people", "/account", "/tokens", "/second-factor", "/password", "/incidents/{asked}", "/alert?k={alert}"],
        ["officer"] = ["/months/{before}", "/years", "/buildings", "/incidents/{late}"],
        ["auditor"] = ["/security-log"],
        ["admin"] = ["/people", "/people/staff", "/self-check"],
    };

    /// <summary>The same pages in other states, where pictures are asked for.</summary>
    private static readonly Dictionary<string, string[]> More = new()
    {
        ["lead"] = ["/?state=overdue", "/log?same=last", "/inbox?all=true", "/search?number=none", "/incidents/{open}", "/incidents/{void}"],
        ["officer"] = ["/months", "/months/{before}?scope=system", "/buildings?month={before}"],
    };

    [InChromium]
    public async Task No_page_shuts_anybody_out_is_too_wide_for_a_phone_or_heavier_than_150_kB()
    {
        var known = await Known();
        var wrong = new List<string>();
        foreach (var (person, paths) in Pages)
        {
            // Beside each other a tab for each language, and no tab anew for each page: most of the time would go into opening them.
            await Task.WhenAll(new[] { "zh", "en" }.Select(async language =>
            {
                await using var device = await chromium.Device(person.Length == 0 ? null : person);
                await device.AddInitScriptAsync(Axe);
                var page = await device.NewPageAsync();
                await page.GotoAsync("/language?to=" + language);
                foreach (var path in Pictures is null ? paths : paths.Concat(More.GetValueOrDefault(person, [])))
                {
                    var findings = await Look(page, known.Aggregate(path, (p, k) => p.Replace(k.Key, k.Value, StringComparison.Ordinal)), language);
                    lock (wrong)
                    {
                        wrong.AddRange(findings.Select(f => $"{person} {path} {language}: {f}"));
                    }
                }
            }));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static async Task<List<string>> Look(IPage page, string path, string language)
    {
        var found = new List<string>();
        void Failed(object? _, string error) => found.Add("script: " + error);
        void Said(object? _, IConsoleMessage line) => found.AddRange(line.Type == "error" && !line.Text.Contains("404", StringComparison.Ordinal) ? ["console: " + line.Text] : []);
        page.PageError += Failed;
        page.Console += Said;
        await page.GotoAsync(path);
        Assert.Equal(language == "en" ? "en" : "zh-CN", await page.GetAttributeAsync("html", "lang"));
        var bytes = await page.EvaluateAsync<int>(
            "['navigation', 'resource'].reduce((sum, kind) => performance.getEntriesByType(kind).reduce((s, e) => s + e.encodedBodySize + 300, sum), 0)");
        found.AddRange(bytes > MostBytes ? [$"{bytes} bytes"] : []);
        var over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        found.AddRange(over > 0 ? [$"{over} px wider than the phone"] : []);

        // A colour is the same in both languages, and the dearest thing to judge.
        found.AddRange(await Judge(page, colours: language == "zh"));
        if (Pictures is not null)
        {
            await Draw(page, path, language);
        }

        page.PageError -= Failed;
        page.Console -= Said;
        return found;
    }

    [InChromium]
    public async Task What_shuts_somebody_out_is_found()
    {
        await using var device = await chromium.Device();
        await device.AddInitScriptAsync(Axe);
        var page = await device.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.EvaluateAsync("document.querySelector('main').innerHTML = '<h1>x</h1><input name=a><p class=notice id=grey>grey</p>'; document.getElementById('grey').style.color = '#bbb'");
        Assert.Equal(["color-contrast", "label"], (await Judge(page, colours: true)).Select(f => f.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    /// <summary>What axe calls serious or critical: the rule, and the first elements that break it.</summary>
    private static async Task<List<string>> Judge(IPage page, bool colours)
    {
        var told = await page.EvaluateAsync<JsonElement>(
            """
            colours => axe.run({ resultTypes: ['violations'], preload: false, rules: { 'color-contrast': { enabled: colours } } }).then(r => r.violations
              .filter(v => v.impact === 'serious' || v.impact === 'critical')
              .map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + ((n.any[0] || n.all[0] || n.none[0] || {}).message || '')).join(' | ')))
            """, colours);
        return [.. told.EnumerateArray().Select(v => v.GetString()!)];
    }

    private static async Task Draw(IPage page, string path, string language)
    {
        var name = Path.Combine(Pictures!, string.Concat(path.Trim('/').Select(c => char.IsLetterOrDigit(c) ? c : '_')) + "-" + language);
        await page.ScreenshotAsync(new() { Path = name + "-phone.png", FullPage = true });
        await page.SetViewportSizeAsync(1280, 900);
        await page.ScreenshotAsync(new() { Path = name + "-desk.png", FullPage = true });
        await page.SetViewportSizeAsync(794, 1123);
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.ScreenshotAsync(new() { Path = name + "-print.png", FullPage = true });
        await page.EmulateMediaAsync(new() { Media = Media.Screen });
        await page.SetViewportSizeAsync(360, 800);
    }

    /// <summary>What the addresses need of the ledger.</summary>
    private async Task<Dictionary<string, string>> Known()
    {
        async Task<string> Number(Func<DeskDb, IQueryable<IncidentRow>> which) => new IncidentNumber("BY", await chromium.Desk.Read(db => which(db).Select(i => i.Key).FirstAsync())).ToString();
        return new Dictionary<string, string>
        {
            ["{before}"] = DeskHost.Now.ToOffset(TimeSpan.FromHours(8)).AddMonths(-1).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture),
            ["{asked}"] = await Number(db => db.Incidents.Where(i => db.Requests.Any(r => r.Incident == i.Key && r.State == RequestRow.Pending))),
            ["{late}"] = await Number(db => db.Incidents.Where(i => i.BreachesAt != null && i.ResolvedAt != null)),
            ["{open}"] = await Number(db => db.Incidents.Where(i => i.ResolvedAt == null && i.ExcludedAs == null)),
            ["{alert}"] = chromium.Desk.Services.GetRequiredService<AlertLinks>().Seal(
                await chromium.Desk.Read(db => db.Alerts.Where(a => a.Timer == "resolution").OrderByDescending(a => a.RaisedAt).Select(a => a.Id).FirstAsync()), OutboxRow.Group, DeskHost.Now),
            ["{void}"] = await Number(db => db.Incidents.Where(i => i.ExcludedAs == "void")),
        };
    }
}
