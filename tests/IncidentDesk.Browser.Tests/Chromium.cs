using System.Collections.Concurrent;
using Cookie = Microsoft.Playwright.Cookie;
using IncidentDesk.Accounts;
using IncidentDesk.People;
using IncidentDesk.Tests;
using IncidentDesk.Tests.Api;
using Microsoft.Playwright;

namespace IncidentDesk.Browser.Tests;

/// <summary>A test in the Chromium of the machine. Where there is none, it is skipped by its name, with the reason; none is ever downloaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InChromiumAttribute : FactAttribute
{
    public InChromiumAttribute() => Skip = Chromium.Missing;
}

/// <summary>The real host on a demonstration of two months, and one Chromium, for all tests of this project, one test after the other.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string? Program = new[] { Environment.GetEnvironmentVariable("DESK_TEST_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/google-chrome" }
        .FirstOrDefault(File.Exists);

    private readonly ConcurrentDictionary<string, Task<IReadOnlyList<Cookie>>> sessions = new(StringComparer.Ordinal);
    private IPlaywright? playwright;
    private IBrowser browser = null!;

    /// <summary>Why there is no Chromium; null where there is one.</summary>
    public static string? Missing => Program is null ? "Chromium is not installed (apt-get install chromium fonts-noto-cjk), and DESK_TEST_CHROMIUM names none" : null;

    public DeskHost Desk { get; private set; } = null!;

    public string Root => Desk.Client.BaseAddress!.ToString().TrimEnd('/');

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Missing is null)
        {
            var host = DeskHost.Open(Engine.Sqlite, demonstration: true);
            playwright = await Playwright.CreateAsync();
            browser = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Program,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
            });
            Desk = await host;
        }
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (playwright is not null)
        {
            await browser.DisposeAsync();
            playwright.Dispose();
            await Desk.DisposeAsync();
        }
    }

    /// <summary>A browser of its own: cookies, storage, network. A phone unless it is said to be wide.</summary>
    public async Task<IBrowserContext> Device(string? person = null, bool wide = false, bool scripts = true)
    {
        var device = await browser.NewContextAsync(new()
        {
            BaseURL = Root, Locale = "zh-CN", TimezoneId = "Asia/Shanghai", JavaScriptEnabled = scripts, IsMobile = !wide, HasTouch = !wide,
            ViewportSize = wide ? new() { Width = 1280, Height = 900 } : new() { Width = 360, Height = 800 },
        });
        device.SetDefaultTimeout(20_000);
        if (person is not null)
        {
            await device.AddCookiesAsync(await sessions.GetOrAdd(person, SignIn));
        }

        return device;
    }

    /// <summary>A one-time password for that person, as an administrator gives one out.</summary>
    public async Task<string> OneTimePassword(string person) => (await Desk.Ask(new ResetAccount(null, person, true))).Value!.OneTimePassword;

    private async Task<IReadOnlyList<Cookie>> SignIn(string person)
    {
        using var plain = new IncidentDesk.Tests.Pages.Browser(Desk);
        if (person == "wall")
        {
            var token = (await Desk.Ask(new AddToken(null, "approver", "大厅", [], 1, Display: true))).Value!.Secret;
            await plain.Open("/wall");
            await plain.Send("/wall", ("token", token));
        }
        else
        {
            await plain.As(person);
        }

        return [.. plain.Cookies.GetAllCookies().Cast<System.Net.Cookie>().Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = "127.0.0.1", Path = c.Path, HttpOnly = c.HttpOnly })];
    }
}

/// <summary>All tests share it.</summary>
[CollectionDefinition("chromium")]
public sealed class ChromiumTests : ICollectionFixture<Chromium>;
