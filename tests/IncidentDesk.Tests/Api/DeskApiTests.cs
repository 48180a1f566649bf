using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Api;

/// <summary>The desk as its users meet it: the real host, a real database of each engine, HTTP.</summary>
public sealed class DeskApiTests(DeskHosts hosts) : IClassFixture<DeskHosts>
{
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_logged_fault_has_a_number_a_clock_and_a_timeline_with_the_reporter_masked(Engine engine)
    {
        var desk = await hosts.On(engine);
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

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_fault_handled_on_the_spot_is_logged_answered_and_resolved_in_one_request(Engine engine)
    {
        var desk = await hosts.On(engine);
        var incident = await desk.Log(new
        {
            kind = "rental", category = "RNT-WATER-02", basis = "patrol", town = "440111011", respond = new { way = "on_site" },
            resolve = new { manner = "fixed_on_site", handling = "已更换水管" },
        });

        Assert.Equal("onTime", incident.GetProperty("ticket").GetProperty("outcome").GetString());
        Assert.Equal(["fault_logged", "responded", "resolved"], incident.GetProperty("timeline").EnumerateArray().Select(e => e.GetProperty("type").GetString()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Sixty_four_clients_at_once_get_sixty_four_numbers_without_a_gap(Engine engine)
    {
        var desk = await hosts.On(engine);
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => desk.Log()));
        var numbers = answers.Select(a => int.Parse(Number(a)[^4..])).Order().ToList();

        Assert.Equal(Enumerable.Range(numbers[0], 64), numbers);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_phone_that_repeats_a_post_gets_the_same_incident_and_another_body_is_refused(Engine engine)
    {
        var desk = await hosts.On(engine);
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

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_same_external_number_is_the_same_incident_and_other_content_names_it(Engine engine)
    {
        var desk = await hosts.On(engine);
        using var first = await desk.Post("incidents", "staff", DeskHost.Fault("E-77"));
        using var again = await desk.Post("incidents", "staff", DeskHost.Fault("E-77"));
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        var number = Number(await Json(first));
        Assert.Equal(number, Number(await Json(again)));

        var problem = await Refused(await desk.Post("incidents", "staff", DeskHost.Fault("E-77", "内容不同")), 409, "duplicate_external_no");
        Assert.Contains(number, problem.GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Pages_follow_each_other_by_cursor_whatever_is_logged_meanwhile(Engine engine)
    {
        var desk = await hosts.On(engine);
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

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_void_needs_another_person_who_has_seen_what_they_approve(Engine engine)
    {
        var desk = await hosts.On(engine);
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

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_pause_a_merge_a_correction_and_an_extension_take_their_whole_way(Engine engine)
    {
        var desk = await hosts.On(engine);
        var (master, duplicate) = (Number(await desk.Log()), Number(await desk.Log()));
        await Decided(desk, master, "pause", new { reason = "waiting_landlord" });
        using var resumed = await desk.Post($"incidents/{master}/resume", "staff", new { });
        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        await Decided(desk, duplicate, "merge", new { into = master });
        using var read = await desk.Get("incidents/" + master, "staff");
        Assert.Contains((await Json(read)).GetProperty("timeline").EnumerateArray(), e => e.GetProperty("type").GetString() == "duplicate_absorbed");
        await Decided(desk, master, "extend", new { to = "2999-01-01T00:00:00+08:00" });
        await Decided(desk, master, "correct", new { field = "severity", value = "P2", reason = "核实后调整" }, ifMatch: true);
        using var corrected = await desk.Get("incidents/" + master, "staff");

        Assert.Equal("P2", (await Json(corrected)).GetProperty("ticket").GetProperty("severity").GetString());
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_handler_touches_only_what_is_assigned_to_them(Engine engine)
    {
        var desk = await hosts.On(engine);
        var number = Number(await desk.Log());
        await Refused(await desk.Post($"incidents/{number}/respond", "handler", new { way = "phone" }), 403, "not_assigned_to_you");
        using var assigned = await desk.Post($"incidents/{number}/assign", "approver", new { handler = "handler" });
        using var responded = await desk.Post($"incidents/{number}/respond", "handler", new { way = "phone" });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (assigned.StatusCode, responded.StatusCode));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_breach_reaches_the_inbox_of_everybody_on_duty_within_seconds_and_who_knows_of_it_is_shown(Engine engine)
    {
        var desk = await hosts.On(engine);
        var number = Number(await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-24).AddSeconds(-2))));
        await DeskHost.Until(async () => (await desk.Inbox("approver")).Exists(Breach), TimeSpan.FromSeconds(30));
        var alert = (await desk.Inbox("approver")).Single(Breach);
        var id = alert.GetProperty("id").GetString();

        Assert.StartsWith($"工单 {number} 已超时：应于 ", alert.GetProperty("textZh").GetString(), StringComparison.Ordinal);
        Assert.Single(await desk.Inbox("approver2"), Breach);
        Assert.Single(await desk.Inbox("lead"), Breach);
        Assert.DoesNotContain(await desk.Inbox("staff"), Breach);
        await Refused(await desk.Send(HttpMethod.Post, $"inbox/{id}/acknowledge", "staff", null), 404, "alert_not_found");

        using var known = await desk.Send(HttpMethod.Post, $"inbox/{id}/acknowledge", "approver", null, key: "known-once");
        using var again = await desk.Send(HttpMethod.Post, $"inbox/{id}/acknowledge", "approver", null, key: "known-once");
        Assert.Equal(await known.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal("approver", Assert.Single((await desk.Inbox("lead")).Single(Breach).GetProperty("knownBy").EnumerateArray()).GetProperty("id").GetString());
        using var open = await desk.Get("inbox?open=true&limit=200", "approver");
        Assert.DoesNotContain((await Json(open)).GetProperty("items").EnumerateArray(), Breach);

        bool Breach(JsonElement item) => item.GetProperty("number").GetString() == number && item.GetProperty("step").GetString() == "breach";
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_breach_is_explained_by_cause_responsible_party_and_measure_and_stays_a_breach(Engine engine)
    {
        var desk = await hosts.On(engine);
        var number = Number(await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-25))));
        var path = $"incidents/{number}/explain-breach";
        var whole = new { cause = "配件缺货，次日到货", responsible = "维修单位张三", measure = "常用配件备库" };
        await Refused(await desk.Post(path, "staff", new { cause = "配件缺货", responsible = " ", measure = "备库" }), 422, "explanation_incomplete");
        await Refused(await desk.Post(path, "evaluator", whole), 403, "not_allowed");
        await Refused(await desk.Post($"incidents/{Number(await desk.Log())}/explain-breach", "staff", whole), 422, "not_breached");
        using var explained = await desk.Post(path, "staff", whole, key: "explained-once");
        using var again = await desk.Post(path, "staff", whole, key: "explained-once");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (explained.StatusCode, again.StatusCode));

        using var read = await desk.Get("incidents/" + number, "approver");
        var incident = await Json(read);
        Assert.Equal("breached", incident.GetProperty("ticket").GetProperty("outcome").GetString());
        var texts = Assert.Single(incident.GetProperty("timeline").EnumerateArray(), e => e.GetProperty("type").GetString() == "breach_explained").GetProperty("texts");
        Assert.Equal((whole.cause, whole.responsible, whole.measure),
            (texts.GetProperty("cause").GetString(), texts.GetProperty("responsible").GetString(), texts.GetProperty("measure").GetString()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_month_counts_what_was_logged_and_the_same_instants_give_the_same_bytes(Engine engine)
    {
        var desk = await hosts.On(engine);
        await desk.Log();
        var month = DeskHost.Now.AddHours(8).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        using var report = await desk.Get($"reports/{month}?scope=rental", "officer");
        var figures = (await Json(report)).GetProperty("figures");
        Assert.InRange(figures.GetProperty("received").GetInt32(), 1, 1_000);
        Assert.InRange(figures.GetProperty("pending").GetInt32(), 1, 1_000);

        var at = Uri.EscapeDataString(DeskHost.Now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        var bytes = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var same = await desk.Get($"reports/{month}?scope=rental&format=csv&asOf={at}&knownAt={at}", "officer");
            Assert.Equal("text/csv", same.Content.Headers.ContentType!.MediaType);
            bytes.Add(Convert.ToHexString(await same.Content.ReadAsByteArrayAsync()));
            await desk.Log();
        }

        Assert.Equal(bytes[0], bytes[1]);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_calculator_answers_anybody_and_stores_nothing(Engine engine)
    {
        var desk = await hosts.On(engine);
        var before = await desk.Read(db => db.Events.CountAsync());
        using var vectors = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "data", "vectors.json")))
        {
            Headers = { ContentType = new("application/json") },
        };
        using var answer = await desk.Send(HttpMethod.Post, "replay", null, vectors);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var command = await desk.Worker("replay", "--file", Path.Combine(AppContext.BaseDirectory, "data", "vectors.json"));
        Assert.Equal(command.Exits(0).Out, await answer.Content.ReadAsStringAsync() + "\n");
        Assert.Equal(before, await desk.Read(db => db.Events.CountAsync()));
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
        var desk = await hosts.On(Engine.Sqlite);
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

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_ledger_comes_in_by_the_api_as_by_the_command(Engine engine)
    {
        var desk = await hosts.On(engine);
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
    public async Task Beyond_loopback_the_host_listens_with_a_certificate_only()
    {
        var desk = await hosts.On(Engine.Sqlite);
        foreach (var (urls, code) in new[] { ("http://0.0.0.0:5999", "beyond_loopback"), ("https://0.0.0.0:5999", "certificate_missing") })
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "IncidentDesk.Web.dll"), "--urls", urls])
            {
                RedirectStandardError = true,
                Environment = { ["Data__Folder"] = desk.Folder },
            })!;
            var said = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(1, process.ExitCode);
            Assert.Contains(code, said, StringComparison.Ordinal);
        }
    }

    private static async Task Decided(DeskHost desk, string number, string act, object body, bool ifMatch = false)
    {
        using var before = await desk.Get("incidents/" + number, "staff");
        using var asked = await desk.Post($"incidents/{number}/{act}", "staff", body, ifMatch: ifMatch ? before.Headers.ETag!.ToString() : null);
        Assert.True(asked.IsSuccessStatusCode, $"{act}: {await asked.Content.ReadAsStringAsync()}");
        var requestId = (await Json(asked)).GetProperty("requestId").GetString();
        using var approved = await desk.Post($"requests/{requestId}/approve", "approver", new { note = "同意" }, ifMatch: asked.Headers.ETag!.ToString());
        Assert.True(approved.IsSuccessStatusCode, $"{act}: {await approved.Content.ReadAsStringAsync()}");
    }

    internal static string Number(JsonElement incident) => incident.GetProperty("ticket").GetProperty("number").GetString()!;

    internal static async Task<JsonElement> Json(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    internal static async Task<JsonElement> Refused(HttpResponseMessage answer, int status, string code)
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
