using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Pages;

namespace IncidentDesk.Tests.Accounts;

/// <summary>
/// Who may do what, on the real host: every operation of the API is tried as every role and as nobody against one table. An operation without a row fails, and so does a row
/// without an operation.
/// </summary>
public sealed class RightsTests(DeskHosts hosts) : IClassFixture<DeskHosts>
{
    private const string Everybody = "staff handler approver officer admin auditor evaluator";
    private const string Readers = "staff handler approver officer evaluator";

    private static readonly string[] Roles = Everybody.Split(' ');

    /// <summary>Operation, who may, and a body that is read as far as the right is asked for.</summary>
    private static readonly (string Operation, string May, string Body)[] Table =
    [
        ("log", "staff", """{"kind":"rental","category":"RNT-WATER-02","basis":"phone"}"""),
        ("list", Readers, ""),
        ("read", Readers, ""),
        ("respond", "staff handler", """{"way":"phone"}"""),
        ("resolve", "staff handler", """{"manner":"fixed_on_site"}"""),
        ("reopen", "staff", """{"reason":"not_fixed"}"""),
        ("pause", "staff", """{"reason":"tenant_absent"}"""),
        ("resume", "staff handler", "{}"),
        ("void", "staff", """{"reason":"test"}"""),
        ("extend", "staff", """{"to":"2030-01-01T00:00:00+08:00"}"""),
        ("merge", "staff", """{"into":"BY20260101-0001"}"""),
        ("correct", "staff", """{"field":"severity","value":"P2","reason":"误录"}"""),
        ("assign", "approver", """{"handler":"handler"}"""),
        ("accept", "staff handler", "{}"),
        ("return", "staff handler", """{"reason":"非本单位"}"""),
        ("explain-breach", "staff handler approver officer", """{"cause":"停电","responsible":"供电","measure":"改造"}"""),
        ("notes", "staff", """{"words":"看过"}"""),
        ("reveal", "staff handler approver officer", """{"reason":"回访核实"}"""),
        ("requests", Readers, ""),
        ("approve", "approver", "{}"),
        ("reject", "approver", "{}"),
        ("inbox", Everybody, ""),
        ("acknowledge", Everybody, "{}"),
        ("watch", "approver officer admin", ""),
        ("channels", "officer admin", ""),
        ("addChannel", "officer admin", """{"code":"rights","kind":"fax","name":"x"}"""),
        ("changeChannel", "officer admin", "{}"),
        ("testChannel", "officer admin", "{}"),
        ("resendChannel", "officer admin", ""),
        ("deadLetters", "approver officer admin", ""),
        ("resend", "officer admin", ""),
        ("contacts", Everybody, ""),
        ("setContact", "admin", """{"phone":"13800138000"}"""),
        ("report", "officer approver evaluator", ""),
        ("import", "officer", "csv"),
        ("referenceLists", Readers, ""),
        ("referenceCodes", Readers, ""),
        ("referenceVersions", Readers, ""),
        ("askVersion", "officer", """{"nameZh":"从严","nameEn":"strict","validFrom":"2030-01-01"}"""),
        ("previewVersion", "officer approver", """{"nameZh":"从严","nameEn":"strict","validFrom":"2030-01-01"}"""),
        ("people", "admin approver", ""),
        ("addPerson", "admin", """{"id":"admin","name":"重复","roles":["staff"]}"""),
        ("changePerson", "admin", """{"disabled":false}"""),
        ("resetPerson", "admin", "{}"),
        ("setDeputy", "admin", """{"deputy":"staff","since":"2030-01-01T00:00:00+08:00","until":"2030-01-02T00:00:00+08:00"}"""),
        ("whoAmI", Everybody, ""),
        ("signOut", Everybody, ""),
        ("changePassword", Everybody, """{"old":"x","new":"y"}"""),
        ("offerSecondFactor", Everybody, "{}"),
        ("setUpSecondFactor", Everybody, """{"sealed":"x","code":"000000"}"""),
        ("tokens", Everybody, ""),
        ("addToken", Everybody, """{"name":"","days":1}"""),

        // What is not there is not there for anybody; whose it is decides on what is.
        ("revokeToken", Everybody, ""),
        ("endDeputy", Everybody, ""),
        ("securityLog", "auditor", ""),

        // The two doors that ask nobody who they are.
        ("signIn", Everybody + " nobody", """{"person":"nobody","password":"x"}"""),
        ("replay", Everybody + " nobody", "{}"),
    ];

    [Fact]
    public async Task Every_operation_is_open_to_those_of_the_table_and_to_nobody_else()
    {
        var desk = await hosts.On(Engine.Sqlite);
        var number = DeskApiTests.Number(await desk.Log());
        var operations = await Operations(desk);
        Assert.Equal(operations.Select(o => o.Id).Order(StringComparer.Ordinal), Table.Select(t => t.Operation).Order(StringComparer.Ordinal));
        var wrong = new List<string>();
        foreach (var (operation, may, body) in Table)
        {
            var (_, method, path) = operations.Single(o => o.Id == operation);
            var address = path.Replace("{number}", number, StringComparison.Ordinal).Replace("{period}", "2026-05", StringComparison.Ordinal).Replace("{list}", "policy", StringComparison.Ordinal)
                .Replace("{code}", "strict", StringComparison.Ordinal).Replace("{source}", "rights", StringComparison.Ordinal).Replace("{id}", "nothing", StringComparison.Ordinal);
            foreach (var who in Roles.Append("nobody"))
            {
                using var content = body.Length == 0 ? null : new StringContent(body == "csv" ? "" : body, Encoding.UTF8, body == "csv" ? "text/csv" : "application/json");
                using var answer = await desk.Send(
                    new HttpMethod(method), address["/api/v1/".Length..] + (operation == "report" ? "?scope=rental" : ""), who == "nobody" ? null : who, content, ifMatch: "\"1\"");
                var code = answer.IsSuccessStatusCode ? "" : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
                var passed = code is not ("not_allowed" or "unknown_actor");
                if (passed != may.Split(' ').Contains(who) || (int)answer.StatusCode >= 500)
                {
                    wrong.Add($"{operation} as {who}: {(int)answer.StatusCode} {code}");
                }
            }
        }

        Assert.Empty(wrong);

        // Each refusal of a right stands in the security log.
        var page = await (await desk.Get("security-log?what=denied&limit=500", "auditor")).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(page.GetProperty("items").EnumerateArray(), e =>
            (e.GetProperty("who").GetString(), e.GetProperty("outcome").GetString(), e.GetProperty("about").GetString()) == ("admin", "not_allowed", "POST /api/v1/incidents"));
    }

    /// <summary>Page, who may see it; who may not is told so, and nobody is led to sign in.</summary>
    private static readonly (string Page, string May)[] Pages =
    [
        ("/", Everybody),
        ("/people", "admin approver"),
        ("/people/{id}", "admin"),
        ("/security-log", "auditor"),
        ("/self-check", "admin auditor"),
        ("/tokens", Everybody),
        ("/second-factor", Everybody),
        ("/password", Everybody),
        ("/sign-out", Everybody),

        // The doors that ask nobody who they are; what is not there is not there for anybody.
        ("/sign-in", Everybody + " nobody"),
        ("/language", Everybody + " nobody"),
        ("/problem", Everybody + " nobody"),
    ];

    /// <summary>Form of a page by its handler, and who may send it; nobody's is led to sign in. Signing out comes last.</summary>
    private static readonly (string Form, string May)[] Forms =
    [
        ("/people", "admin"),
        ("/people?handler=Deputy", "admin approver"),
        ("/people?handler=EndDeputy", "admin approver"),
        ("/people/{id}", "admin"),
        ("/people/{id}?handler=Disable", "admin"),
        ("/people/{id}?handler=Enable", "admin"),
        ("/people/{id}?handler=Reset", "admin"),
        ("/tokens", Everybody),
        ("/tokens?handler=Revoke", Everybody),
        ("/second-factor", Everybody),
        ("/password", Everybody),
        ("/sign-in", Everybody + " nobody"),
        ("/sign-in?handler=Carry", Everybody + " nobody"),
        ("/sign-out", Everybody),
    ];

    [Fact]
    public async Task Every_page_is_open_to_those_of_the_table_and_to_nobody_else()
    {
        var desk = await hosts.On(Engine.Sqlite);
        var there = Directory.GetFiles(Repo.File("src/IncidentDesk.Web/Pages"), "*.cshtml", SearchOption.AllDirectories)
            .Select(f => File.ReadLines(f).First()).Where(l => l.StartsWith("@page", StringComparison.Ordinal)).Select(l => l.Split('"')[1]);
        Assert.Equal(there.Order(StringComparer.Ordinal), Pages.Select(p => p.Page).Order(StringComparer.Ordinal));
        var handlers = Directory.GetFiles(Repo.File("src/IncidentDesk.Web/Pages"), "*.cshtml.cs").SelectMany(f => Regex.Matches(File.ReadAllText(f), @" OnPost(\w*)\(").Select(m =>
            File.ReadLines(f[..^3]).First().Split('"')[1] + (m.Groups[1].Length == 0 ? "" : "?handler=" + m.Groups[1].Value)));
        Assert.Equal(handlers.Order(StringComparer.Ordinal), Forms.Select(f => f.Form).Order(StringComparer.Ordinal));
        var wrong = new List<string>();
        foreach (var who in Roles.Append("nobody"))
        {
            using var browser = new Browser(desk);
            if (who != "nobody")
            {
                await browser.As(who);
            }

            foreach (var (page, may) in Pages)
            {
                await browser.Open(page.Replace("{id}", "staff", StringComparison.Ordinal));
                var came = browser.At.StartsWith("/sign-in?returnUrl=", StringComparison.Ordinal) ? "led to sign in" : ((int)browser.Answer.StatusCode).ToString();
                var right = may.Split(' ').Contains(who) ? page == "/problem" ? "404" : page == "/language" && who == "nobody" ? "led to sign in" : "200" : who == "nobody" ? "led to sign in" : "403";
                if (came != right || (came == "403" && !browser.Text.Contains("您的角色没有此项权限", StringComparison.Ordinal)))
                {
                    wrong.Add($"{page} as {who}: {came}, not {right}");
                }
            }

            // Each link that is offered leads somewhere.
            await browser.Open("/");
            foreach (var link in browser.Page.QuerySelectorAll("nav a").Select(a => a.GetAttribute("href")!).ToList())
            {
                await browser.Open(link);
                wrong.AddRange(browser.Answer.IsSuccessStatusCode ? [] : [$"{who} is offered {link}"]);
            }

            // The forms, with what each page's own form shows that it is one of ours.
            await browser.Open(who == "nobody" ? "/sign-in" : "/");
            var form = browser.Page.QuerySelectorAll("form[method=post]").OfType<IHtmlFormElement>().First();
            foreach (var (sent, may) in Forms)
            {
                await browser.Post(sent.Replace("{id}", "nothing", StringComparison.Ordinal), form);
                var passed = (int)browser.Answer.StatusCode is not (400 or 403 or >= 500) && (sent.StartsWith("/sign-in", StringComparison.Ordinal) || !browser.At.Contains("handler=Carry", StringComparison.Ordinal));
                wrong.AddRange(passed == may.Split(' ').Contains(who) ? [] : [$"form {sent} as {who}: {(int)browser.Answer.StatusCode} {browser.At}"]);
            }
        }

        Assert.Empty(wrong);
        var log = await (await desk.Get("security-log?what=denied&limit=500", "auditor")).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(log.GetProperty("items").EnumerateArray(), e =>
            (e.GetProperty("who").GetString(), e.GetProperty("via").GetString(), e.GetProperty("about").GetString()) == ("staff", "page", "GET /people/staff"));    }

    private static async Task<List<(string Id, string Method, string Path)>> Operations(DeskHost desk)
    {
        var document = await desk.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        return [.. document.GetProperty("paths").EnumerateObject().SelectMany(
            p => p.Value.EnumerateObject(), (p, o) => (o.Value.GetProperty("operationId").GetString()!, o.Name.ToUpperInvariant(), p.Name))];
    }
}
