using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Api;

/// <summary>
/// What a caller can get wrong, as one table: each row is refused as a problem with code, field and a sentence in both languages, stores nothing, and is never a 5xx.
/// In a path {open}, {late}, {request} and {seq} stand for an open incident, a breached one, a pending request and the ETag that it needs.
/// </summary>
public sealed class BadInputTests(DeskHosts hosts) : IClassFixture<DeskHosts>
{
    private static readonly string Long = new('长', 4_001);

    private static IEnumerable<Bad> Rows =>
    [
        // A fault: unknown codes, codes of another kind, what is missing.
        Fault(422, "unknown_kind", "kind", "kind", "\"bridge\""),
        Fault(422, "unknown_kind", "kind", "kind", "\"\""),
        Fault(422, "unknown_category", "category", "category", "\"FLT-NET\""),
        Fault(422, "unknown_category", "category", "category", "\"a\\u0000b\""),
        Fault(422, "unknown_town", "town", "town", "\"999\""),
        Fault(422, "unknown_town", "town", "town", "null"),
        Fault(422, "unknown_system", "system", "system", "\"no-such-system\""),
        Fault(422, "unknown_basis", "basis", "basis", "\"telepathy\""),
        Fault(422, "unknown_severity", "severity", "severity", "\"P9\""),
        new(422, "unknown_system", "system", "POST", "incidents", """{"kind":"system","category":"FLT-NET","basis":"phone"}"""),

        // A fault: the limit of each text, and characters that no database keeps.
        Fault(422, "too_long", "title", "title", Quoted(Long[..201])),
        Fault(422, "too_long", "description", "description", Quoted(Long)),
        Fault(422, "too_long", "address", "address", Quoted(Long[..201])),
        Fault(422, "too_long", "room", "room", Quoted(Long[..51])),
        Fault(422, "too_long", "reporterName", "reporterName", Quoted(Long[..101])),
        Fault(422, "too_long", "reporterPhone", "reporterPhone", Quoted(Long[..51])),
        Fault(422, "too_long", "capturedAt", "capturedAt", Quoted(Long[..51])),
        Fault(422, "too_long", "servicePoint", "servicePoint", Quoted(Long[..101])),
        Fault(422, "too_long", "source", "externalNo", "\"1\",\"source\":" + Quoted(Long[..65])),
        Fault(422, "too_long", "externalNo", "source", "\"1\",\"externalNo\":" + Quoted(Long[..101])),
        Fault(422, "too_long", "handling", "resolve", "{\"manner\":\"fixed_on_site\",\"handling\":" + Quoted(Long) + "}"),
        Fault(422, "too_long", "receipt", "resolve", "{\"manner\":\"handed_over\",\"receipt\":" + Quoted(Long[..201]) + "}"),
        Fault(422, "bad_character", "description", "description", "\"a\\u0000b\""),
        Fault(422, "bad_character", "reporterName", "reporterName", "\"a\\u001bb\""),
        Fault(422, "bad_character", "servicePoint", "servicePoint", "\"a\\u0000b\""),
        Fault(422, "bad_character", "externalNo", "source", "\"1\",\"externalNo\":\"a\\u0000b\""),
        Fault(422, "bad_character", "externalNo", "source", "\"1\",\"externalNo\":\"a\\nb\""),
        Fault(422, "bad_character", "source", "source", "\"a\\nb\",\"externalNo\":\"1\""),
        Fault(400, "bad_json", "description", "description", "\"a\\ud800b\""),
        Fault(422, "source_and_number", "externalNo", "source", "\"12345\""),
        Fault(422, "source_and_number", "externalNo", "source", "\" \",\"externalNo\":\" \""),

        // A fault: times.
        Fault(422, "reported_after_logged", "reportedAt", "reportedAt", "\"2999-01-01T00:00:00+08:00\""),
        Fault(422, "occurred_after_reported", "occurredAt", "reportedAt", "\"2026-05-01T00:00:00+08:00\",\"occurredAt\":\"2026-05-02T00:00:00+08:00\""),
        Fault(400, "bad_json", "reportedAt", "reportedAt", "\"2026-05-03T09:00:00\""),
        Fault(400, "bad_json", "reportedAt", "reportedAt", "\"2026-02-30T09:00:00+08:00\""),
        Fault(400, "bad_json", "reportedAt", "reportedAt", "\"0001-01-01T00:00:00+14:00\""),
        Fault(400, "bad_json", "reportedAt", "reportedAt", "\"9999-12-31T23:59:59-14:00\""),
        Fault(400, "bad_json", "reportedAt", "reportedAt", "1762300000"),
        Fault(400, "bad_json", "occurredAt", "occurredAt", "\"yesterday\""),
        Fault(422, "responded_before_start", "at", "respond", "{\"way\":\"phone\",\"at\":\"2026-05-01T00:00:00+08:00\"}"),
        Fault(422, "in_future", "at", "respond", "{\"way\":\"phone\",\"at\":\"2999-05-01T00:00:00+08:00\"}"),
        Fault(422, "way_required", "way", "respond", "{\"way\":\"pigeon\"}"),
        Fault(422, "manner_required", "manner", "resolve", "{\"manner\":\"magic\"}"),
        Fault(422, "follow_up_required", "followUpOn", "resolve", "{\"manner\":\"temporary_measure\"}"),
        Fault(422, "follow_up_before_resolve", "followUpOn", "resolve", "{\"manner\":\"temporary_measure\",\"followUpOn\":\"0001-01-01\"}"),
        Fault(422, "receipt_required", "receipt", "resolve", "{\"manner\":\"handed_over\",\"receipt\":\" \"}"),
        Fault(422, "resolved_before_start", "at", "resolve", "{\"manner\":\"fixed_on_site\",\"at\":\"2026-05-01T00:00:00+08:00\"}"),
        Fault(400, "bad_json", "resolve.followUpOn", "resolve", "{\"manner\":\"temporary_measure\",\"followUpOn\":\"2026-02-30\"}"),

        // No JSON, or not the one asked for.
        Fault(400, "bad_json", "knd", "knd", "1"),
        Fault(400, "bad_json", "kind", "kind", "\"rental\",\"kind\":\"rental\""),
        Fault(400, "bad_json", "resolve.knd", "resolve", "{\"manner\":\"fixed_on_site\",\"knd\":1}"),
        Fault(400, "bad_json", "town", "town", "440111011"),
        Fault(400, "bad_json", "kind", "kind", "null"),
        Fault(400, "bad_json", "title", "title", "[[[[[[[[[[[[[[[[[[[[\"\"]]]]]]]]]]]]]]]]]]]]"),
        new(400, "bad_json", "body", "POST", "incidents", """{"kind":"rental","category":"RNT-WATER-02"}"""),
        new(400, "bad_json", "body", "POST", "incidents", """{"kind":"rental","""),
        new(400, "bad_json", "body", "POST", "incidents", "[]"),
        new(400, "bad_json", "body", "POST", "incidents", "null"),
        new(400, "bad_json", "body", "POST", "incidents", ""),
        new(400, "bad_json", "body", "POST", "incidents", "\uFEFF{}"),
        new(400, "bad_json", "kind", "POST", "incidents", "") { Bytes = [.. "{\"kind\":\""u8, 0xFF, 0xFE, .. "\"}"u8] },
        new(400, "bad_json", "kind", "POST", "incidents", "") { Bytes = [.. "{\"kind\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8] },
        new(413, "body_too_large", "body", "POST", "incidents", "") { Bytes = [.. "{\"kind\":\""u8, .. Enumerable.Repeat((byte)'a', 10 << 20), .. "\"}"u8] },
        new(415, "wrong_media_type", "Content-Type", "POST", "incidents", "{}") { Media = "text/plain" },
        new(415, "wrong_media_type", "Content-Type", "POST", "incidents", "{}") { Media = null },

        // Keys and ETags.
        Fault(400, "bad_key", "Idempotency-Key", "title", "\"a\"") with { Key = "short" },
        Fault(400, "bad_key", "Idempotency-Key", "title", "\"a\"") with { Key = new string('k', 129) },
        Fault(400, "bad_key", "Idempotency-Key", "title", "\"a\"") with { Key = "with a space in it" },
        Fault(400, "bad_key", "Idempotency-Key", "title", "\"a\"") with { Key = "" },
        new(428, "if_match_required", "If-Match", "POST", "requests/{request}/approve", "{}") { Actor = "approver" },
        new(428, "if_match_required", "If-Match", "POST", "requests/{request}/approve", "{}") { Actor = "approver", IfMatch = "*" },
        new(428, "if_match_required", "If-Match", "POST", "requests/{request}/reject", "{}") { Actor = "approver" },
        new(428, "if_match_required", "If-Match", "POST", "incidents/{open}/correct", """{"field":"severity","value":"P2","reason":"核实"}"""),
        new(400, "bad_if_match", "If-Match", "POST", "requests/{request}/approve", "{}") { Actor = "approver", IfMatch = "\"two\"" },
        new(400, "bad_if_match", "If-Match", "POST", "requests/{request}/approve", "{}") { Actor = "approver", IfMatch = "\"2\", \"3\"" },
        new(400, "bad_if_match", "If-Match", "POST", "requests/{request}/approve", "{}") { Actor = "approver", IfMatch = "\"99999999999\"" },
        new(412, "changed_since", "If-Match", "POST", "requests/{request}/approve", "{}") { Actor = "approver", IfMatch = "\"1\"" },
        new(412, "changed_since", "If-Match", "POST", "incidents/{open}/notes", """{"words":"已联系"}""") { IfMatch = "\"77\"" },

        // Acts on an incident.
        new(404, "incident_not_found", "number", "POST", "incidents/BY20200101-0001/respond", """{"way":"phone"}"""),
        new(404, "incident_not_found", "number", "POST", "incidents/x/respond", """{"way":"phone"}"""),
        Act(422, "way_required", "way", "respond", """{"way":"pigeon"}"""),
        Act(422, "in_future", "at", "respond", """{"way":"phone","at":"2999-01-01T00:00:00Z"}"""),
        Act(422, "responded_before_start", "at", "respond", """{"way":"phone","at":"1999-01-01T00:00:00Z"}"""),
        Act(422, "manner_required", "manner", "resolve", """{"manner":"magic"}"""),
        Act(422, "handed_over_not_final", "manner", "resolve", """{"manner":"handed_over","receipt":"街道 3 号"}"""),
        Act(422, "in_future", "at", "resolve", """{"manner":"fixed_on_site","at":"2999-01-01T00:00:00Z"}"""),
        Act(422, "too_long", "handling", "resolve", "{\"manner\":\"fixed_on_site\",\"handling\":" + Quoted(Long) + "}"),
        Act(422, "reopened_while_open", "at", "reopen", """{"reason":"not_fixed"}"""),
        Act(422, "reason_required", "reason", "reopen", """{"reason":"why_not"}"""),
        Act(422, "reason_required", "reason", "pause", """{"reason":"lunch"}"""),
        Act(422, "not_paused", "incident", "resume", "{}"),
        Act(422, "reason_required", "reason", "void", """{"reason":"oops"}"""),
        Act(422, "too_long", "note", "void", "{\"reason\":\"test\",\"note\":" + Quoted(Long) + "}"),
        Act(422, "extension_not_later", "to", "extend", """{"to":"2026-01-01T00:00:00Z"}"""),
        Act(400, "bad_json", "to", "extend", """{"to":"9999-12-31T23:59:59-14:00"}"""),
        Act(404, "incident_not_found", "into", "merge", """{"into":"BY20200101-0001"}"""),
        Act(404, "incident_not_found", "into", "merge", """{"into":"a\u0000b"}"""),
        Act(422, "merge_cycle", "into", "merge", """{"into":"{open}"}"""),
        Act(422, "unknown_field", "field", "correct", """{"field":"colour","value":"red","reason":"核实"}""") with { IfMatch = "\"1\"" },
        Act(422, "bad_time", "value", "correct", """{"field":"reported","value":"0001-01-01","reason":"核实"}""") with { IfMatch = "\"1\"" },
        Act(422, "reported_after_logged", "reportedAt", "correct", """{"field":"reported","value":"2998-12-31T23:00:00-14:00","reason":"核实"}""") with { IfMatch = "\"1\"" },
        Act(422, "unknown_code", "value", "correct", "{\"field\":\"severity\",\"value\":" + Quoted(Long) + ",\"reason\":\"核实\"}") with { IfMatch = "\"1\"" },
        Act(422, "reason_required", "reason", "correct", """{"field":"severity","value":"P2","reason":" "}""") with { IfMatch = "\"1\"" },
        Act(422, "unknown_handler", "handler", "assign", """{"handler":"nobody"}""") with { Actor = "approver" },
        Act(422, "unknown_handler", "handler", "assign", """{"handler":"a\u0000b"}""") with { Actor = "approver" },
        Act(422, "unknown_handler", "handler", "assign", """{"handler":"officer"}""") with { Actor = "approver" },
        Act(422, "not_assigned", "incident", "accept", "{}"),
        Act(422, "not_assigned", "incident", "return", """{"reason":"不属我处"}"""),
        new(422, "reason_required", "reason", "POST", "incidents/{open}/return", """{"reason":" "}"""),
        Act(422, "note_required", "words", "notes", """{"words":" \n "}"""),
        Act(422, "too_long", "words", "notes", "{\"words\":" + Quoted(Long) + "}"),
        Act(422, "bad_character", "words", "notes", """{"words":"a\u0000b"}"""),
        Act(422, "not_breached", "incident", "explain-breach", """{"cause":"缺货","responsible":"张三","measure":"备库"}"""),
        new(422, "explanation_incomplete", "cause", "POST", "incidents/{late}/explain-breach", """{"cause":" ","responsible":"张三","measure":"备库"}"""),
        new(422, "too_long", "responsible", "POST", "incidents/{late}/explain-breach", "{\"cause\":\"缺货\",\"measure\":\"备库\",\"responsible\":" + Quoted(Long[..201]) + "}"),

        // Requests and inbox.
        new(404, "request_not_found", "requestId", "POST", "requests/nothing/approve", "{}") { Actor = "approver", IfMatch = "\"1\"" },
        new(400, "bad_character", "id", "POST", "requests/a%0Ab/approve", "{}") { Actor = "approver", IfMatch = "\"1\"" },
        new(422, "too_long", "note", "POST", "requests/{request}/reject", "{\"note\":" + Quoted(Long) + "}") { Actor = "approver", IfMatch = "{seq}" },
        new(404, "alert_not_found", "id", "POST", "inbox/nothing/acknowledge"),
        new(400, "bad_character", "id", "POST", "inbox/a%0Ab/acknowledge"),
        new(400, "bad_cursor", "cursor", "GET", "inbox?cursor=abc"),
        new(400, "bad_cursor", "cursor", "GET", "inbox?cursor=99999999999999999999_a"),
        new(400, "bad_character", "cursor", "GET", "inbox?cursor=1_a%00b"),
        new(422, "bad_limit", "limit", "GET", "inbox?limit=0"),
        new(400, "bad_query", "query", "GET", "inbox?limit=ten"),
        new(400, "bad_query", "query", "GET", "inbox?open=perhaps"),

        // The list.
        new(422, "bad_limit", "limit", "GET", "incidents?limit=1000"),
        new(422, "bad_limit", "limit", "GET", "incidents?limit=-1"),
        new(400, "bad_query", "query", "GET", "incidents?limit=99999999999"),
        new(400, "bad_query", "query", "GET", "incidents?limit=1&limit=2"),
        new(400, "bad_cursor", "cursor", "GET", "incidents?cursor=abc"),
        new(400, "bad_cursor", "cursor", "GET", "incidents?cursor=99999999999999999999"),
        new(400, "bad_cursor", "cursor", "GET", "incidents?order=due&cursor=1"),
        new(400, "bad_cursor", "cursor", "GET", "incidents?order=due&cursor=99999999999999.1"),
        new(422, "bad_state", "state", "GET", "incidents?state=lost"),
        new(422, "bad_scope", "scope", "GET", "incidents?scope=all"),
        new(422, "bad_month", "month", "GET", "incidents?month=2026-13"),
        new(422, "bad_order", "order", "GET", "incidents?order=colour"),
        new(422, "bad_order", "order", "GET", "incidents?order=due&state=resolved"),
        new(400, "bad_character", "town", "GET", "incidents?town=a%00b"),
        new(400, "bad_character", "handler", "GET", "incidents?handler=a%00b"),
        new(404, "incident_not_found", "number", "GET", "incidents/BY20200101-0001"),
        new(404, "incident_not_found", "number", "GET", "incidents/abc"),
        new(400, "bad_character", "number", "GET", "incidents/a%0Ab"),

        // Reports.
        new(422, "bad_month", "period", "GET", "reports/2026-13?scope=rental") { Actor = "officer" },
        new(422, "bad_month", "period", "GET", "reports/0001-01?scope=rental") { Actor = "officer" },
        new(422, "bad_month", "period", "GET", "reports/3000-01?scope=rental") { Actor = "officer" },
        new(422, "bad_month", "period", "GET", "reports/3000?scope=rental") { Actor = "officer" },
        new(422, "unknown_scope", "scope", "GET", "reports/2026-01?scope=all") { Actor = "officer" },
        new(422, "unknown_scope", "scope", "GET", "reports/2026-01") { Actor = "officer" },
        new(422, "unknown_format", "format", "GET", "reports/2026-01?scope=rental&format=pdf") { Actor = "officer" },
        new(422, "bad_time", "asOf", "GET", "reports/2026-01?scope=rental&asOf=now") { Actor = "officer" },
        new(422, "bad_time", "asOf", "GET", "reports/2026-01?scope=rental&asOf=9999-12-31T23:59:59Z") { Actor = "officer" },
        new(422, "bad_time", "knownAt", "GET", "reports/2026-01?scope=rental&knownAt=5%20May%202026") { Actor = "officer" },
        new(422, "bad_time", "knownAt", "GET", "reports/2026-01?scope=rental&knownAt=2026-05-03T09:00:00") { Actor = "officer" },

        // People.
        Person(422, "bad_person_id", "id", "李"),
        Person(422, "bad_person_id", "id", "a\\n"),
        Person(422, "bad_person_id", "id", new string('a', 65)),
        Person(409, "person_exists", "id", "staff"),
        new(422, "bad_name", "name", "POST", "people", """{"id":"x","name":" ","roles":["staff"]}""") { Actor = "admin" },
        new(422, "bad_name", "name", "POST", "people", """{"id":"x","name":"a\u0000b","roles":["staff"]}""") { Actor = "admin" },
        new(422, "bad_name", "name", "POST", "people", "{\"id\":\"x\",\"roles\":[\"staff\"],\"name\":" + Quoted(Long[..101]) + "}") { Actor = "admin" },
        new(422, "unknown_role", "roles", "POST", "people", """{"id":"x","name":"李","roles":["king"]}""") { Actor = "admin" },
        new(422, "unknown_role", "roles", "POST", "people", """{"id":"x","name":"李","roles":["staff,admin"]}""") { Actor = "admin" },
        new(422, "unknown_role", "roles", "POST", "people", """{"id":"x","name":"李","roles":["staff",null]}""") { Actor = "admin" },
        new(422, "unknown_role", "roles", "POST", "people", """{"id":"x","name":"李","roles":[]}""") { Actor = "admin" },
        new(422, "too_long", "servicePoint", "POST", "people", "{\"id\":\"x\",\"name\":\"李\",\"roles\":[\"staff\"],\"servicePoint\":" + Quoted(Long[..101]) + "}") { Actor = "admin" },

        // Ledgers and the calculator.
        new(415, "wrong_media_type", "Content-Type", "POST", "ledgers/old", "{}") { Actor = "officer" },
        new(422, "bad_source", "source", "POST", "ledgers/a%20b", "x") { Actor = "officer", Media = "text/csv" },
        new(422, "bad_source", "source", "POST", "ledgers/" + new string('s', 65), "x") { Actor = "officer", Media = "text/csv" },
        new(422, "bad_header", "file", "POST", "ledgers/old", "a,b\n1,2\n") { Actor = "officer", Media = "text/csv" },
        new(422, null, null, "POST", "ledgers/old", "") { Actor = "officer", Media = "text/csv", Bytes = [0xFF, 0xFF, 0xFF] },
        new(422, null, null, "POST", "ledgers/old", "") { Actor = "officer", Media = "text/csv" },
        new(400, "bad_json", "file", "POST", "replay", "{"),
        new(422, null, null, "POST", "replay", "[]"),
        new(415, "wrong_media_type", "Content-Type", "POST", "replay", "{}") { Media = "text/plain" },
        new(413, "body_too_large", "body", "POST", "replay", "") { Bytes = [.. Enumerable.Repeat((byte)' ', (10 << 20) + 1)] },

        // Who, where and how.
        new(401, "unknown_actor", "Authorization", "GET", "incidents") { Actor = "nobody" },
        new(401, "unknown_actor", "Authorization", "GET", "incidents") { Actor = new string('a', 1_000) },
        new(403, "not_allowed", "actor", "POST", "incidents/{open}/notes", """{"words":"a"}""") { Actor = "evaluator" },
        new(404, "not_found", "path", "GET", "nothing"),
        new(405, "method_not_allowed", "method", "DELETE", "incidents"),
    ];

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task What_cannot_be_is_refused_with_code_field_and_sentences_and_nothing_is_stored(Engine engine)
    {
        var desk = await hosts.On(engine);
        var open = await desk.Log();
        var late = await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-25)));
        using var asked = await desk.Post($"incidents/{DeskApiTests.Number(await desk.Log())}/void", "staff", new { reason = "test" });
        var places = new Dictionary<string, string>
        {
            ["{open}"] = DeskApiTests.Number(open), ["{late}"] = DeskApiTests.Number(late), ["{seq}"] = asked.Headers.ETag!.ToString(),
            ["{request}"] = (await DeskApiTests.Json(asked)).GetProperty("requestId").GetString()!,
        };
        var stored = await Stored(desk);
        var wrong = new List<string>();
        foreach (var row in Rows)
        {
            var problem = await Wrong(desk, row, places);
            if (problem is null && await Stored(desk) is var now && now != stored)
            {
                (problem, stored) = ($"stored something: {stored} became {now}", now);
            }

            if (problem is not null)
            {
                wrong.Add($"{row.Method} {row.Path} {(row.Body.Length > 150 ? row.Body[..150] : row.Body)}: {problem}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Rows.Count()}\n{string.Join('\n', wrong)}");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_report_from_the_future_is_refused_with_the_time_of_the_server(Engine engine)
    {
        var desk = await hosts.On(engine);
        var problem = await DeskApiTests.Refused(
            await desk.Post("incidents", "staff", DeskHost.Fault(reportedAt: DeskHost.Now.AddMinutes(5))), 422, "reported_after_logged");
        var said = System.Text.RegularExpressions.Regex.Match(problem.GetProperty("title").GetString()!, @"服务器时间 (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)").Groups[1].Value;
        var server = DateTime.ParseExact(said, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) - TimeSpan.FromHours(8);

        Assert.InRange((DeskHost.Now.UtcDateTime - server).TotalSeconds, 0, 60);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_longest_of_everything_is_taken_and_read_again(Engine engine)
    {
        var desk = await hosts.On(engine);

        // Characters outside the basic plane count two, here as in every column.
        var words = string.Concat(Enumerable.Repeat("𠮷", 2_000));
        var incident = await desk.Log(new
        {
            kind = "rental", category = "RNT-WATER-02", basis = "phone", town = "440111011", address = Long[..200], room = Long[..50], title = Long[..200],
            description = words, reporterName = Long[..100], reporterPhone = new string('1', 50), capturedAt = Long[..50], servicePoint = Long[..100],
            source = Long[..64], externalNo = Long[..100], resolve = new { manner = "fixed_on_site", handling = Long[..4_000] },
        });
        using var read = await desk.Get("incidents/" + DeskApiTests.Number(incident), "staff");

        Assert.Equal(words, (await DeskApiTests.Json(read)).GetProperty("timeline")[0].GetProperty("texts").GetProperty("description").GetString());
    }

    /// <summary>What is wrong with the answer to a row, or null.</summary>
    private static async Task<string?> Wrong(DeskHost desk, Bad row, Dictionary<string, string> places)
    {
        using var content = row.Method != "POST" ? null : new ByteArrayContent(row.Bytes ?? Encoding.UTF8.GetBytes(Filled(row.Body)));
        if (content is not null && row.Media is not null)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue(row.Media);
        }

        try
        {
            using var answer = await desk.Send(new HttpMethod(row.Method), Filled(row.Path), row.Actor, content, row.Key, row.IfMatch is { } seen ? Filled(seen) : null);
            var text = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode != row.Status || answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            {
                return $"{(int)answer.StatusCode} instead of {row.Status}: {text}";
            }

            var problem = JsonDocument.Parse(text).RootElement;
            var (code, field) = (Said(problem, "code"), Said(problem, "field"));
            var title = Said(problem, "title");
            return (row.Code ?? code) != code || (row.Field ?? field) != field || code.Length == 0 || field.Length == 0 ? $"{code} ({field}) instead of {row.Code} ({row.Field})"
                : !title.Any(c => c >= '\u4E00') ? $"no Chinese sentence: {title}"
                : !Said(problem, "detail").Any(char.IsAsciiLetter) ? "no English sentence"
                : null;
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }

        string Filled(string text) => places.Aggregate(text, (filled, place) => filled.Replace(place.Key, place.Value, StringComparison.Ordinal));

        static string Said(JsonElement problem, string member) => problem.TryGetProperty(member, out var value) ? value.GetString() ?? "" : "";
    }

    /// <summary>How much of everything that a caller can write there is; the watch's own tables go their own way.</summary>
    private static Task<string> Stored(DeskHost desk) => desk.Read(async db => string.Join(' ',
        await db.Incidents.CountAsync(), await db.Events.CountAsync(), await db.Texts.CountAsync(), await db.Requests.CountAsync(), await db.People.CountAsync(),
        await db.Idempotency.CountAsync(), await db.DayCounters.SumAsync(c => c.Last), await db.Inbox.CountAsync(i => i.AcknowledgedAt != null)));

    /// <summary>A fault that is good but for one member.</summary>
    private static Bad Fault(int status, string code, string field, string member, string value)
    {
        var good = new Dictionary<string, string>
        {
            ["kind"] = "\"rental\"", ["category"] = "\"RNT-WATER-02\"", ["basis"] = "\"phone\"", ["town"] = "\"440111011\"", [member] = value,
        };
        return new Bad(status, code, field, "POST", "incidents", "{" + string.Join(',', good.Select(m => $"\"{m.Key}\":{m.Value}")) + "}");
    }

    private static Bad Act(int status, string code, string field, string act, string body) => new(status, code, field, "POST", "incidents/{open}/" + act, body);

    private static Bad Person(int status, string code, string field, string id) =>
        new(status, code, field, "POST", "people", $$"""{"id":"{{id}}","name":"李","roles":["staff"]}""") { Actor = "admin" };

    private static string Quoted(string text) => $"\"{text}\"";

    /// <summary>A request and the refusal that it gets; a null code or field may be any.</summary>
    private sealed record Bad(int Status, string? Code, string? Field, string Method, string Path, string Body = "")
    {
        public string Actor { get; init; } = "staff";

        public string? Media { get; init; } = "application/json";

        public string? Key { get; init; }

        public string? IfMatch { get; init; }

        public byte[]? Bytes { get; init; }
    }
}
