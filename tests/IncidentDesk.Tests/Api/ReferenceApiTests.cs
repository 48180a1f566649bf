using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using IncidentDesk.Reference;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Api;

/// <summary>Reference data as its officers meet it: the real host, HTTP, the real clock. Each test has codes of its own.</summary>
public sealed class ReferenceApiTests(DeskHosts hosts) : IClassFixture<DeskHosts>, IAsyncLifetime
{
    private DeskHost desk = null!;

    public async Task InitializeAsync() => desk = await hosts.On(Engine.Sqlite);

    public Task DisposeAsync() => Task.CompletedTask;

    private static readonly string Tomorrow = Day(TimeProvider.System.GetUtcNow().AddHours(8).AddDays(1));

    [Fact]
    public async Task Every_list_gives_its_codes_and_every_code_its_versions_with_an_etag()
    {
        using var lists = await desk.Get("reference", "staff");
        var all = (await Json(lists)).GetProperty("lists").EnumerateArray().ToList();
        var policy = all[0];
        Assert.Equal(("policy", "时限规则", "Policies", 1, 0), (
            policy.GetProperty("list").GetString(), policy.GetProperty("nameZh").GetString(), policy.GetProperty("nameEn").GetString(),
            policy.GetProperty("inForce").GetInt32(), policy.GetProperty("ended").GetInt32()));
        foreach (var list in all.Select(l => l.GetProperty("list").GetString()))
        {
            using var codes = await desk.Get("reference/" + list, "evaluator");
            var first = (await Json(codes)).GetProperty("codes")[0];
            using var code = await desk.Get($"reference/{list}/{first.GetProperty("code").GetString()}", "officer");
            Assert.Equal("\"1\"", code.Headers.ETag!.ToString());
            var version = (await Json(code)).GetProperty("versions")[0];
            Assert.Equal(("product", null, "1900-01-01"), (
                version.GetProperty("recordedBy").GetString(), version.GetProperty("approvedBy").GetString(), version.GetProperty("validFrom").GetString()));
            Assert.Equal(first.GetProperty("content").GetRawText(), version.GetProperty("content").GetRawText());
        }

        await Refused(await desk.Get("reference/nonsense", "staff"), 404, "unknown_list");
        await Refused(await desk.Get("reference/town/999", "staff"), 404, "code_not_found");
    }

    [Fact]
    public async Task A_version_goes_from_the_officer_to_the_approver_and_into_the_rows()
    {
        var content = (await Version("policy", "strict")).GetProperty("content").Deserialize<Dictionary<string, object>>()!;
        content["responseLimitSec"] = 3_600;
        content["weight"] = 8.5;
        var body = new { nameZh = "严格口径(24小时)", nameEn = "Strict, 24 hours", validFrom = Tomorrow, content, note = "按区政府要求" };
        const string path = "reference/policy/strict";
        await Refused(await desk.Post(path + "/versions", "officer", body), 428, "if_match_required");
        await Refused(await desk.Post(path + "/versions", "officer", body, ifMatch: "\"0\""), 412, "changed_since");
        await Refused(await desk.Post(path + "/versions", "approver", body, ifMatch: "\"1\""), 403, "not_allowed");
        await Refused(await desk.Post(path + "/versions", "nobody", body, ifMatch: "\"1\""), 401, "unknown_actor");
        using var preview = await desk.Post(path + "/preview", "approver", body);
        Assert.Equal($"自 {Tomorrow} 起生效，涉及未结工单 0 件。", (await Json(preview)).GetProperty("changesZh").GetString());

        using var asked = await desk.Post(path + "/versions", "officer", body, key: "version-key-1", ifMatch: "\"1\"");
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var id = (await Json(asked)).GetProperty("requestId").GetString();
        using var again = await desk.Post(path + "/versions", "officer", body, key: "version-key-1", ifMatch: "\"1\"");
        Assert.Equal(id, (await Json(again)).GetProperty("requestId").GetString());
        await Refused(await desk.Post(path + "/versions", "officer", body, ifMatch: "\"1\""), 409, "version_pending");

        using var list = await desk.Get("requests", "approver");
        var listed = (await Json(list)).EnumerateArray().Single(r => r.GetProperty("id").GetString() == id);
        Assert.Equal(
            (JsonValueKind.Null, 1, "new_version", "policy", "strict", 2, "8.5", "按区政府要求"),
            (listed.GetProperty("number").ValueKind, listed.GetProperty("seq").GetInt32(), listed.GetProperty("subject").GetString(), listed.GetProperty("list").GetString(),
                listed.GetProperty("code").GetString(), listed.GetProperty("version").GetInt32(), listed.GetProperty("content").GetProperty("weight").GetString(),
                listed.GetProperty("note").GetString()));

        await Refused(await desk.Post($"requests/{id}/approve", "approver", new { }), 428, "if_match_required");
        await Refused(await desk.Post($"requests/{id}/approve", "approver", new { }, ifMatch: "\"2\""), 412, "changed_since");
        await Refused(await desk.Post($"requests/{id}/approve", "officer", new { }, ifMatch: "\"1\""), 403, "not_allowed");
        var answers = await Task.WhenAll(
            desk.Post($"requests/{id}/approve", "approver", new { }, ifMatch: "\"1\""), desk.Post($"requests/{id}/approve", "approver2", new { }, ifMatch: "\"1\""));
        var approved = Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(("approved", "\"2\""), ((await Json(approved)).GetProperty("state").GetString(), approved.Headers.ETag!.ToString()));

        var version = await Version("policy", "strict");
        Assert.Equal(("officer", 3_600), (version.GetProperty("recordedBy").GetString(), version.GetProperty("content").GetProperty("responseLimitSec").GetInt32()));

        // The job is rung as soon as the desk has settled, not with the next minute; from then on rows answer again.
        for (var tries = 0; await Jobs() > 0; tries++)
        {
            Assert.InRange(tries, 0, 40);
            await Task.Delay(500);
        }
    }

    [Fact]
    public async Task A_new_code_a_years_list_as_a_file_and_a_code_that_is_ended()
    {
        using var created = await desk.Post(
            "reference/town/440111199/versions", "officer", new { nameZh = "新设街道", nameEn = "Xinshe", validFrom = Tomorrow, content = new { kind = "street", shortName = "新设街" } }, ifMatch: "\"0\"");
        Assert.Equal(HttpStatusCode.Accepted, created.StatusCode);
        await Refused(await desk.Get("reference/town/440111199", "officer"), 404, "code_not_found");

        var year = (TimeProvider.System.GetUtcNow().AddHours(8).Year + 1).ToString(CultureInfo.InvariantCulture);
        using var csv = new StringContent($"date,kind,name\r\n{year}-01-01,holiday,元旦\r\n{year}-01-04,workday,元旦\r\n", Encoding.UTF8, "text/csv");
        using var list = await desk.Send(HttpMethod.Post, $"reference/official-days/{year}/versions?source=国办发明电", "officer", csv, ifMatch: "\"0\"");
        Assert.True(list.StatusCode == HttpStatusCode.Accepted, await list.Content.ReadAsStringAsync());
        using var gbk = new ByteArrayContent([0xB9, 0xFA]) { Headers = { ContentType = new("text/csv") } };
        await Refused(await desk.Send(HttpMethod.Post, $"reference/official-days/{year}/versions", "officer", gbk, ifMatch: "\"0\""), 422, "bad_encoding");

        var reason = await Version("void-reason", "withdrawn");
        using var ended = await desk.Post(
            "reference/void-reason/withdrawn/versions", "officer",
            new { nameZh = reason.GetProperty("nameZh").GetString(), nameEn = reason.GetProperty("nameEn").GetString(), validFrom = Tomorrow, ended = true }, ifMatch: "\"1\"");
        var id = (await Json(ended)).GetProperty("requestId").GetString();
        using var rejected = await desk.Post($"requests/{id}/reject", "approver", new { note = "暂不停用" }, ifMatch: "\"1\"");
        Assert.Equal(("rejected", 1), (await Json(rejected)) is var said ? (said.GetProperty("state").GetString(), said.GetProperty("version").GetInt32()) : default);
    }

    [Theory]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"TOMORROW","content":{"basis":true}}""", 400, "bad_json")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"TOMORROW","content":{"basis":["a"]}}""", 400, "bad_json")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"TOMORROW","content":{"basis":"\ud800"}}""", 400, "bad_json")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"TOMORROW","content":{"basis":"a","basis":"b"}}""", 400, "bad_json")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"TOMORROW","content":[]}""", 400, "bad_json")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":20260504,"content":{}}""", 400, "bad_json")]
    [InlineData("""{"nameZh":"a","validFrom":"TOMORROW","content":{}}""", 400, "bad_json")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"TOMORROW","contents":{}}""", 400, "bad_json")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"TOMORROW","content":{"basis":"a\u0000"}}""", 422, "bad_character")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"TOMORROW","content":{"colour":1}}""", 422, "unknown_member")]
    [InlineData("""{"nameZh":"a","nameEn":"a","validFrom":"2020-01-01"}""", 422, "valid_from_too_early")]
    public async Task A_version_that_cannot_be_is_refused_with_a_code(string body, int status, string code)
    {
        foreach (var act in new[] { "versions", "preview" })
        {
            using var content = new StringContent(body.Replace("TOMORROW", Tomorrow, StringComparison.Ordinal), Encoding.UTF8, "application/json");
            await Refused(await desk.Send(HttpMethod.Post, "reference/pause-reason/waiting_vendor/" + act, "officer", content, ifMatch: "\"1\""), status, code);
        }
    }

    [Theory]
    [InlineData("GET", "reference", "staff handler approver officer evaluator lead")]
    [InlineData("GET", "reference/policy/strict", "staff handler approver officer evaluator lead")]
    [InlineData("POST", "reference/policy/none/versions", "officer")]
    [InlineData("POST", "reference/policy/none/preview", "approver officer lead")]
    public async Task A_role_reads_previews_or_asks_as_it_may(string method, string path, string allowed)
    {
        foreach (var actor in new[] { "admin", "staff", "handler", "approver", "officer", "auditor", "evaluator", "lead" })
        {
            using var content = method == "GET" ? null : JsonContent.Create(new { nameZh = "", nameEn = "", validFrom = "" });
            using var answer = await desk.Send(new HttpMethod(method), path, actor, content, ifMatch: "\"0\"");
            Assert.Equal((actor, allowed.Split(' ').Contains(actor)), (actor, answer.StatusCode != HttpStatusCode.Forbidden));
        }

        await Refused(await desk.Send(new HttpMethod(method), path, null, null), 401, "unknown_actor");
    }

    [Fact]
    public async Task The_routes_stand_in_the_api_description()
    {
        var paths = (await desk.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths").EnumerateObject().Select(p => p.Name).ToList();
        Assert.Contains("/api/v1/reference/{list}/{code}/versions", paths);
        Assert.Contains("/api/v1/reference/{list}/{code}/preview", paths);
    }

    /// <summary>Versions whose rows are still to be projected, asked of the ledger beside the host.</summary>
    private Task<int> Jobs() => desk.Read(db => db.JobPeriods.CountAsync(p => p.Job == ProjectAnew.Job && p.DoneAt == null));

    private async Task<JsonElement> Version(string list, string code)
    {
        using var answer = await desk.Get($"reference/{list}/{code}", "officer");
        return (await Json(answer)).GetProperty("versions").EnumerateArray().Last();
    }

    private static string Day(DateTimeOffset day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static async Task<JsonElement> Json(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    private static async Task<JsonElement> Refused(HttpResponseMessage answer, int status, string code)
    {
        using (answer)
        {
            Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            var problem = await Json(answer);
            Assert.Equal(code, problem.GetProperty("code").GetString());
            Assert.NotEqual("", problem.GetProperty("detail").GetString());
            return problem;
        }
    }
}
