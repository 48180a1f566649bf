using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace IncidentDesk.Tests.Api;

/// <summary>The desk as its users meet it: the real host, a real database, HTTP.</summary>
public sealed class DeskApiTests(DeskHost desk) : IClassFixture<DeskHost>
{
    [Fact]
    public async Task A_logged_fault_has_a_number_a_clock_and_a_timeline_with_the_reporter_masked()
    {
        var incident = await desk.Log();
        using var answer = await desk.Get("incidents/" + Number(incident), "approver");
        var read = await Json(answer);

        Assert.Equal("\"1\"", answer.Headers.ETag!.ToString());
        Assert.Equal("pending", read.GetProperty("ticket").GetProperty("outcome").GetString());
        Assert.Equal("440111011 新市路56号", read.GetProperty("ticket").GetProperty("building").GetString());
        var texts = read.GetProperty("timeline")[0].GetProperty("texts");
        Assert.Equal(("林**", "138****3357"), (texts.GetProperty("reporterName").GetString(), texts.GetProperty("reporterPhone").GetString()));
        Assert.DoesNotContain("13800133357", read.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_handled_on_the_spot_is_logged_answered_and_resolved_in_one_request()
    {
        var incident = await desk.Log(new
        {
            kind = "rental", category = "RNT-WATER-02", basis = "patrol", town = "440111011", respond = new { way = "on_site" },
            resolve = new { manner = "fixed_on_site", handling = "已更换水管" },
        });

        Assert.Equal("onTime", incident.GetProperty("ticket").GetProperty("outcome").GetString());
        Assert.Equal(["fault_logged", "responded", "resolved"], incident.GetProperty("timeline").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Sixty_four_clients_at_once_get_sixty_four_numbers_without_a_gap()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => desk.Log()));
        var numbers = answers.Select(a => int.Parse(Number(a)[^4..])).Order().ToList();

        Assert.Equal(Enumerable.Range(numbers[0], 64), numbers);
    }

    [Fact]
    public async Task A_phone_that_repeats_a_post_gets_the_same_incident_and_another_body_is_refused()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => desk.Post("incidents", "staff", DeskHost.Fault(), key: "repeated-key-1")));
        var numbers = new List<string>();
        foreach (var answer in answers)
        {
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            numbers.Add(Number(await Json(answer)));
        }

        Assert.Single(numbers.Distinct());
        await Refused(await desk.Post("incidents", "staff", DeskHost.Fault(description: "别的内容"), key: "repeated-key-1"), 422, "idempotency_key_reused");

        // The key belongs to a person: another one's is another.
        using var other = await desk.Post("incidents", "lead", DeskHost.Fault(), key: "repeated-key-1");
        Assert.NotEqual(numbers[0], Number(await Json(other)));
    }

    [Fact]
    public async Task The_same_external_number_is_the_same_incident_and_other_content_names_it()
    {
        using var first = await desk.Post("incidents", "staff", DeskHost.Fault("E-77"));
        using var again = await desk.Post("incidents", "staff", DeskHost.Fault("E-77"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        var number = Number(await Json(first));
        Assert.Equal(number, Number(await Json(again)));

        var problem = await Refused(await desk.Post("incidents", "staff", DeskHost.Fault("E-77", "内容不同")), 409, "duplicate_external_no");
        Assert.Contains(number, problem.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","reportedAt":"2999-01-01T00:00:00+08:00"}""", 422, "reported_after_logged")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","occurredAt":"2026-05-02T00:00:00+08:00","reportedAt":"2026-05-01T00:00:00+08:00"}""", 422, "occurred_after_reported")]
    [InlineData("""{"kind":"rental","category":"FLT-NET","basis":"phone","town":"440111011"}""", 422, "unknown_category")]
    [InlineData("""{"kind":"bridge","category":"FLT-NET","basis":"phone"}""", 422, "unknown_kind")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"999"}""", 422, "unknown_town")]
    [InlineData("""{"kind":"system","category":"FLT-NET","basis":"phone"}""", 422, "unknown_system")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"telepathy","town":"440111011"}""", 422, "unknown_basis")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","severity":"P9"}""", 422, "unknown_severity")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","source":"12345"}""", 422, "source_and_number")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","description":"a\u0000b"}""", 422, "bad_character")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","description":"a\ud800b"}""", 400, "bad_json")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","reportedAt":"2026-05-03T09:00:00"}""", 400, "bad_json")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","resolve":{"manner":"temporary_measure"}}""", 422, "follow_up_required")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011","knd":1}""", 400, "bad_json")]
    [InlineData("""{"kind":"rental","kind":"rental","category":"RNT-WATER-02","basis":"phone","town":"440111011"}""", 400, "bad_json")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02","basis":"phone","town":440111011}""", 400, "bad_json")]
    [InlineData("""{"kind":"rental","category":"RNT-WATER-02"}""", 400, "bad_json")]
    [InlineData("""{"kind":"rental",""", 400, "bad_json")]
    [InlineData("[]", 400, "bad_json")]
    [InlineData("", 400, "bad_json")]
    public async Task A_fault_that_cannot_be_is_refused_with_a_code_and_nothing_is_stored(string body, int status, string code)
    {
        var before = await Count();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var problem = await Refused(await desk.Send(HttpMethod.Post, "incidents", "staff", content), status, code);

        Assert.NotEqual("", problem.GetProperty("detail").GetString());
        Assert.Equal(before, await Count());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_a_wrong_media_type_and_ten_megabytes_are_refused()
    {
        using var broken = new ByteArrayContent([.. "{\"kind\":\""u8, 0xFF, 0xFE, .. "\"}"u8]) { Headers = { ContentType = new("application/json") } };
        await Refused(await desk.Send(HttpMethod.Post, "incidents", "staff", broken), 400, "bad_json");
        using var text = new StringContent("{}", Encoding.UTF8, "text/plain");
        await Refused(await desk.Send(HttpMethod.Post, "incidents", "staff", text), 415, "wrong_media_type");
        using var large = new StringContent("{\"kind\":\"" + new string('a', 10 << 20) + "\"}", Encoding.UTF8, "application/json");
        await Refused(await desk.Send(HttpMethod.Post, "incidents", "staff", large), 413, "body_too_large");
        await Refused(await desk.Post("incidents", "staff", DeskHost.Fault(), key: "short"), 400, "bad_key");
        await Refused(await desk.Get("incidents?cursor=abc", "staff"), 400, "bad_cursor");
        await Refused(await desk.Get("incidents?limit=1000", "staff"), 422, "bad_limit");
        await Refused(await desk.Get("incidents/BY20200101-0001", "staff"), 404, "incident_not_found");
        await Refused(await desk.Get("incidents/abc", "staff"), 404, "incident_not_found");
    }

    [Fact]
    public async Task Pages_follow_each_other_by_cursor_whatever_is_logged_meanwhile()
    {
        for (var i = 0; i < 5; i++)
        {
            await desk.Log();
        }

        var seen = new List<string>();
        string? next = null;
        do
        {
            using var answer = await desk.Get("incidents?limit=2" + (next is null ? "" : "&cursor=" + next), "evaluator");
            var page = await Json(answer);
            seen.AddRange(page.GetProperty("incidents").EnumerateArray().Select(i => i.GetProperty("number").GetString()!));
            next = page.GetProperty("next").GetString();
            await desk.Log();
        }
        while (next is not null);

        Assert.Equal(seen.Distinct().OrderDescending(StringComparer.Ordinal), seen);
        Assert.Contains(seen, n => n.EndsWith("-0001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_void_needs_another_person_who_has_seen_what_they_approve()
    {
        var number = Number(await desk.Log());
        using var asked = await desk.Post($"incidents/{number}/void", "lead", new { reason = "test" });
        var requestId = (await Json(asked)).GetProperty("requestId").GetString();
        using var list = await desk.Get("requests", "approver");
        var request = (await Json(list)).EnumerateArray().Single(r => r.GetProperty("id").GetString() == requestId);
        Assert.Equal("批准后由未到期变为剔除", request.GetProperty("changesZh").GetString());

        var path = $"requests/{requestId}/approve";
        await Refused(await desk.Post(path, "lead", new { }, ifMatch: "\"2\""), 403, "approver_is_requester");
        await Refused(await desk.Post(path, "staff", new { }, ifMatch: "\"2\""), 403, "not_allowed");
        await Refused(await desk.Post(path, "approver", new { }), 428, "if_match_required");
        await Refused(await desk.Post(path, "approver", new { }, ifMatch: "\"1\""), 412, "changed_since");
        var answers = await Task.WhenAll(desk.Post(path, "approver", new { }, ifMatch: "\"2\""), desk.Post(path, "approver2", new { }, ifMatch: "\"2\""));

        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        using var read = await desk.Get("incidents/" + number, "staff");
        var incident = await Json(read);
        Assert.Equal("excluded", incident.GetProperty("ticket").GetProperty("outcome").GetString());
        Assert.Equal(3, incident.GetProperty("seq").GetInt32());
        await Refused(await desk.Post($"incidents/{number}/respond", "staff", new { way = "phone" }), 422, "incident_closed");
    }

    [Fact]
    public async Task A_pause_a_merge_a_correction_and_an_extension_take_their_whole_way()
    {
        var (master, duplicate) = (Number(await desk.Log()), Number(await desk.Log()));
        await Decided(master, "pause", new { reason = "waiting_landlord" });
        using var resumed = await desk.Post($"incidents/{master}/resume", "staff", new { });
        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        await Decided(duplicate, "merge", new { into = master });
        using var read = await desk.Get("incidents/" + master, "staff");
        Assert.Contains((await Json(read)).GetProperty("timeline").EnumerateArray(), e => e.GetProperty("type").GetString() == "duplicate_absorbed");
        await Decided(master, "extend", new { to = "2999-01-01T00:00:00+08:00" });
        await Decided(master, "correct", new { field = "severity", value = "P2", reason = "核实后调整" }, ifMatch: true);
        using var corrected = await desk.Get("incidents/" + master, "staff");

        Assert.Equal("P2", (await Json(corrected)).GetProperty("ticket").GetProperty("severity").GetString());
    }

    [Fact]
    public async Task A_handler_touches_only_what_is_assigned_to_them()
    {
        var number = Number(await desk.Log());
        await Refused(await desk.Post($"incidents/{number}/respond", "handler", new { way = "phone" }), 403, "not_assigned_to_you");
        using var assigned = await desk.Post($"incidents/{number}/assign", "approver", new { handler = "handler" });
        using var responded = await desk.Post($"incidents/{number}/respond", "handler", new { way = "phone" });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (assigned.StatusCode, responded.StatusCode));
    }

    [Theory]
    [InlineData("GET", "incidents", "staff handler approver officer evaluator lead")]
    [InlineData("GET", "requests", "staff handler approver officer evaluator lead")]
    [InlineData("GET", "people", "admin approver lead")]
    [InlineData("GET", "reports/2026-01?scope=rental", "approver officer evaluator lead")]
    [InlineData("POST", "incidents", "staff lead")]
    [InlineData("POST", "people", "admin")]
    [InlineData("POST", "ledgers/x", "officer")]
    public async Task A_role_may_what_it_is_here_for_and_nothing_else(string method, string path, string allowed)
    {
        foreach (var actor in new[] { "admin", "staff", "handler", "approver", "officer", "auditor", "evaluator", "lead" })
        {
            using var content = method == "GET" ? null
                : new StringContent("{}", Encoding.UTF8, path.StartsWith("ledgers", StringComparison.Ordinal) ? "text/csv" : "application/json");
            using var answer = await desk.Send(new HttpMethod(method), path, actor, content);
            var may = allowed.Split(' ').Contains(actor);
            Assert.True(may == (answer.StatusCode != HttpStatusCode.Forbidden) || (!may && answer.StatusCode == HttpStatusCode.BadRequest),
                $"{actor} {method} {path}: {answer.StatusCode}");
            Assert.True(may || !answer.IsSuccessStatusCode, $"{actor} {method} {path}: {answer.StatusCode}");
        }

        foreach (var nobody in new[] { "nobody", "import", null })
        {
            await Refused(await desk.Send(new HttpMethod(method), path, nobody, null), 401, "unknown_actor");
        }
    }

    [Fact]
    public async Task The_ledger_comes_in_by_the_api_as_by_the_command()
    {
        using var ledger = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "data", "ledger-2025.csv")))
        {
            Headers = { ContentType = new("text/csv") },
        };
        using var answer = await desk.Send(HttpMethod.Post, "ledgers/old", "officer", ledger);
        var summary = await Json(answer);
        Assert.Equal((6000, 5980), (summary.GetProperty("rows").GetInt32(), summary.GetProperty("accepted").GetInt32()));
        using var report = await desk.Get("reports/2025?scope=rental", "officer");

        Assert.Equal("98.57", (await Json(report)).GetProperty("figures").GetProperty("ratePct").GetString());
    }

    [Fact]
    public async Task Beyond_loopback_the_host_does_not_listen()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "IncidentDesk.Web.dll"), "--urls", "http://0.0.0.0:5999"])
        {
            RedirectStandardError = true,
            Environment = { ["Data__Folder"] = desk.Folder },
        })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("beyond_loopback", said, StringComparison.Ordinal);
    }

    private async Task Decided(string number, string act, object body, bool ifMatch = false)
    {
        using var before = await desk.Get("incidents/" + number, "staff");
        using var asked = await desk.Post($"incidents/{number}/{act}", "staff", body, ifMatch: ifMatch ? before.Headers.ETag!.ToString() : null);
        Assert.True(asked.IsSuccessStatusCode, $"{act}: {await asked.Content.ReadAsStringAsync()}");
        var requestId = (await Json(asked)).GetProperty("requestId").GetString();
        using var approved = await desk.Post($"requests/{requestId}/approve", "approver", new { note = "同意" }, ifMatch: asked.Headers.ETag!.ToString());
        Assert.True(approved.IsSuccessStatusCode, $"{act}: {await approved.Content.ReadAsStringAsync()}");
    }

    private async Task<int> Count()
    {
        using var answer = await desk.Get("incidents?limit=200", "staff");
        return (await Json(answer)).GetProperty("incidents").GetArrayLength();
    }

    private static string Number(JsonElement incident) => incident.GetProperty("ticket").GetProperty("number").GetString()!;

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    private static async Task<JsonElement> Refused(HttpResponseMessage answer, int status, string code)
    {
        using (answer)
        {
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            var problem = await Json(answer);
            Assert.Equal(code, problem.GetProperty("code").GetString());
            return problem;
        }
    }
}
