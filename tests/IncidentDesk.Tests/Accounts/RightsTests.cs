using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using IncidentDesk.Accounts;
using IncidentDesk.People;
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

    private static readonly string Sha256 = new('a', 64);
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
        ("handOver", "staff handler", """{"to":"handler"}"""),
        ("notes", "staff", """{"words":"看过"}"""),
        ("reveal", "staff handler approver officer", """{"reason":"回访核实"}"""),
        ("attach", "staff handler", "file"),
        ("attachment", Readers, ""),
        ("withdrawAttachment", "staff handler", """{"reason":"拍错"}"""),
        ("beginUpload", "staff handler", "{\"sha256\":\"" + Sha256 + "\",\"size\":7}"),
        ("takePiece", "staff handler", "file"),
        ("completeUpload", "staff handler", "{\"size\":7}"),
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
        ("ledgerTemplate", "officer", ""),
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
                .Replace("{code}", "strict", StringComparison.Ordinal).Replace("{source}", "rights", StringComparison.Ordinal).Replace("{id}", "nothing", StringComparison.Ordinal)
                .Replace("{sha256}", Sha256, StringComparison.Ordinal) + Query(operation);
            foreach (var who in Roles.Append("nobody"))
            {
                using var content = Content(body);
                using var answer = await desk.Send(
                    new HttpMethod(method), address["/api/v1/".Length..], who == "nobody" ? null : who, content, ifMatch: "\"1\"");
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

    private static string Query(string operation) => operation switch { "report" => "?scope=rental", "takePiece" => "?size=7&offset=0", _ => "" };

    private static StringContent? Content(string body) => body.Length == 0
        ? null
        : new(body == "csv" ? "" : body, Encoding.UTF8, body switch { "csv" => "text/csv", "file" => "application/octet-stream", _ => "application/json" });

    /// <summary>What a token does whose person may do everything and whose scope is to read, and a wall screen's of the same person: besides these nothing.</summary>
    private static readonly string[] OfAReader = ["list", "read", "attachment", "contacts", "requests", "inbox", "referenceLists", "referenceCodes", "referenceVersions", "whoAmI", "tokens", "signOut", "signIn", "replay"];

    private static readonly string[] OfAWallScreen = ["whoAmI", "tokens", "signOut", "signIn", "replay"];

    [Fact]
    public async Task A_token_that_may_only_read_does_no_act_and_a_wall_screens_reads_nothing_either()
    {
        var desk = await hosts.On(Engine.Sqlite);
        await desk.Ask(new AddPerson(null, "everything", "什么都能", "staff,handler,approver,officer,admin,auditor,evaluator"));
        var mine = (await desk.Ask(new AddToken(null, "everything", "另一个", [], 1))).Value!.Token.Id;
        var deputy = (await desk.Ask(new SetDeputy(
            new Caller(new("admin", "管理员"), new HashSet<Role> { Role.Admin }, "api"), "everything", "handler", DeskHost.Now.AddDays(1), DeskHost.Now.AddDays(2)))).Value!.Id;
        var number = DeskApiTests.Number(await desk.Log());
        var wrong = new List<string>();
        foreach (var (display, open) in new[] { (false, OfAReader), (true, OfAWallScreen) })
        {
            var token = (await desk.Ask(new AddToken(null, "everything", "只读", display ? [] : ["read"], 1, display))).Value!.Secret;
            foreach (var (id, method, path) in await Operations(desk))
            {
                var body = Table.Single(t => t.Operation == id).Body;
                var address = path.Replace("{number}", number, StringComparison.Ordinal).Replace("{period}", "2026-05", StringComparison.Ordinal).Replace("{list}", "policy", StringComparison.Ordinal)
                    .Replace("{code}", "strict", StringComparison.Ordinal).Replace("{source}", "rights", StringComparison.Ordinal)
                    .Replace("{id}", id switch { "revokeToken" => mine, "endDeputy" => deputy, "setDeputy" => "everything", _ => "nothing" }, StringComparison.Ordinal)
                    .Replace("{sha256}", Sha256, StringComparison.Ordinal) + Query(id);
                using var request = new HttpRequestMessage(new HttpMethod(method), address)
                {
                    Content = Content(body),
                    Headers = { { "Authorization", "Bearer " + token }, { "If-Match", "\"1\"" } },
                };
                using var answer = await desk.Client.SendAsync(request);
                var code = answer.IsSuccessStatusCode ? "" : (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
                if (open.Contains(id) == (code is "not_in_scope" or "not_allowed" or "sign_in_required") || (int)answer.StatusCode >= 500)
                {
                    wrong.Add($"{id} with {(display ? "a wall screen's token" : "a reader's token")}: {(int)answer.StatusCode} {code}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    /// <summary>Page, who may see it; who may not is told so, and nobody is led to sign in.</summary>
    private static readonly (string Page, string May)[] Pages =
    [
        ("/", Everybody),
        ("/incidents/{number}", Readers),
        ("/hand-over", "staff handler"),
        ("/log", "staff"),
        ("/inbox", Everybody),
        ("/search", Readers),
        ("/account", Everybody),
        ("/months/{month?}", "officer approver evaluator"),
        ("/years/{year?}", "officer approver evaluator"),
        ("/buildings", "officer approver evaluator"),
        ("/ledger", "officer"),
        ("/rules/{list?}", Readers),
        ("/rules/{list}/{code}", Readers),
        ("/incidents/{number}/attachments", Readers),
        ("/people", "admin approver"),
        ("/people/{id}", "admin"),
        ("/security-log", "auditor"),
        ("/self-check", "admin auditor"),
        ("/system", "admin auditor"),
        ("/tokens", Everybody),
        ("/second-factor", Everybody),
        ("/password", Everybody),
        ("/sign-out", Everybody),

        // The doors that ask nobody who they are; what is not there is not there for anybody. A wall screen shows a token instead.
        ("/wall", Everybody + " nobody"),
        ("/alert", Everybody + " nobody"),
        ("/sign-in", Everybody + " nobody"),
        ("/language", Everybody + " nobody"),
        ("/problem", Everybody + " nobody"),
    ];

    /// <summary>Form of a page by its handler, and who may send it; nobody's is led to sign in. Signing out comes last.</summary>
    private static readonly (string Form, string May)[] Forms =
    [
        // The ticket is the handler's, and not late. Each act asks for its own right; none of these forms is complete, but what is asked before the right.
        ("/incidents/{number}?act=respond", "staff handler"),
        ("/incidents/{number}?act=assign", "approver"),
        ("/incidents/{number}?act=void", "staff"),
        ("/incidents/{number}?act=explain", "staff handler approver officer"),
        ("/incidents/{number}?handler=Decide", "approver"),
        ("/incidents/{number}?handler=Reveal", "staff handler approver officer"),
        ("/hand-over", "staff handler"),
        ("/hand-over?handler=Accept", "staff handler"),
        ("/log", "staff"),
        ("/inbox?handler=Acknowledge", Everybody),
        ("/wall", Everybody + " nobody"),

        // The page leads nobody to sign in by itself.
        ("/alert", Everybody + " nobody"),
        ("/ledger", "officer"),
        ("/ledger?handler=Import", "officer"),
        ("/ledger?handler=Discard", "officer"),
        ("/rules/{list}/{code}", "officer approver"),
        ("/rules/{list}/{code}?handler=Ask", "officer"),
        ("/rules/{list}/{code}?handler=Decide", "approver"),
        ("/incidents/{number}/attachments", "staff handler"),
        ("/incidents/{number}/attachments?handler=Withdraw", "staff handler"),
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
        ("/sign-in?handler=Code", Everybody + " nobody"),
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
        Assert.Equal(handlers.Order(StringComparer.Ordinal), Forms.Select(f => f.Form.Split("?act=")[0]).Distinct().Order(StringComparer.Ordinal));
        var number = DeskApiTests.Number(await desk.Log());
        using (var assigned = await desk.Post($"incidents/{number}/assign", "approver", new { handler = "handler" }))
        {
            Assert.Equal(HttpStatusCode.OK, assigned.StatusCode);
        }

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
                await browser.Open(page.Replace("{id}", "staff", StringComparison.Ordinal).Replace("{number}", number, StringComparison.Ordinal)
                    .Replace("{month?}", "2026-05", StringComparison.Ordinal).Replace("{year?}", "2026", StringComparison.Ordinal)
                    .Replace("{list?}", "policy", StringComparison.Ordinal).Replace("{list}/{code}", "policy/strict", StringComparison.Ordinal));
                var came = browser.At.StartsWith("/sign-in?returnUrl=", StringComparison.Ordinal) ? "led to sign in" : ((int)browser.Answer.StatusCode).ToString();
                var right = may.Split(' ').Contains(who) ? page is "/problem" or "/alert" ? "404" : page == "/language" && who == "nobody" ? "led to sign in" : "200" : who == "nobody" ? "led to sign in" : "403";
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
                await browser.Post(sent.Replace("{id}", "nothing", StringComparison.Ordinal).Replace("{number}", number, StringComparison.Ordinal)
                    .Replace("{list}/{code}", "policy/strict", StringComparison.Ordinal), form,
                    ("key", Guid.NewGuid().ToString("N")), ("reveal-reason", "回访核实"), ("explain-cause", "停电"), ("explain-responsible", "供电"), ("explain-measure", "改造"), ("reject-", "不同意"), ("note", "不同意"));
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
