using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace IncidentDesk.Tests.Api;

/// <summary>The OpenAPI document and the host tell the same story.</summary>
public sealed class OpenApiTests(DeskHosts hosts) : IClassFixture<DeskHosts>, IAsyncLifetime
{
    private DeskHost desk = null!;

    public async Task InitializeAsync() => desk = await hosts.On(Engine.Sqlite);

    public Task DisposeAsync() => Task.CompletedTask;

    private static readonly Dictionary<string, string> Known = new()
    {
        ["{period}"] = "2026-05", ["{list}"] = "policy", ["{code}"] = "strict",
    };

    [Fact]
    public async Task Every_address_that_is_read_answers_with_json_and_every_act_names_its_operation()
    {
        var document = await desk.Client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var number = (await desk.Log()).GetProperty("ticket").GetProperty("number").GetString()!;
        using var attached = await desk.Send(HttpMethod.Post, $"incidents/{number}/attachments", "staff", new ByteArrayContent("%PDF-1.7\n"u8.ToArray()));
        Assert.Equal(HttpStatusCode.Created, attached.StatusCode);
        var read = 0;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                Assert.True(operation.Value.TryGetProperty("operationId", out _), $"{operation.Name} {path.Name} has no name");
                if (operation.Name != "get")
                {
                    continue;
                }

                if (path.Name.EndsWith("/attachments/{id}", StringComparison.Ordinal))
                {
                    // A file, and no JSON.
                    using var file = await desk.Get(path.Name["/api/v1/".Length..].Replace("{number}", number, StringComparison.Ordinal).Replace("{id}", "2", StringComparison.Ordinal), "lead");
                    Assert.Equal("application/pdf", file.Content.Headers.ContentType?.MediaType);
                    continue;
                }

                var address = Known.Aggregate(path.Name.Replace("{number}", number, StringComparison.Ordinal), (a, k) => a.Replace(k.Key, k.Value, StringComparison.Ordinal));
                using var answer = await desk.Send(
                    HttpMethod.Get, address["/api/v1/".Length..] + (address.Contains("reports", StringComparison.Ordinal) ? "?scope=rental" : ""), "lead", null);
                using var officer = answer.StatusCode == HttpStatusCode.OK
                    ? null
                    : await desk.Send(HttpMethod.Get, address["/api/v1/".Length..], address.Contains("security", StringComparison.Ordinal) ? "auditor" : "officer", null);
                Assert.Equal(HttpStatusCode.OK, (officer ?? answer).StatusCode);
                if (address.EndsWith("/ledger/template", StringComparison.Ordinal))
                {
                    // A workbook, and the document says so.
                    Assert.True(operation.Value.GetProperty("responses").GetProperty("200").GetProperty("content").TryGetProperty((officer ?? answer).Content.Headers.ContentType!.MediaType!, out _));
                    continue;
                }

                var body = await (officer ?? answer).Content.ReadFromJsonAsync<JsonElement>();
                Assert.True(body.ValueKind is JsonValueKind.Object or JsonValueKind.Array, path.Name);
                read++;
            }
        }

        Assert.True(read >= 9, $"{read} addresses");
    }

    [Fact]
    public async Task The_watch_tells_its_pulse_and_its_delays()
    {
        using var answer = await desk.Get("watch", "approver");
        var watch = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(JsonValueKind.Array, watch.GetProperty("wrong").ValueKind);
        Assert.EndsWith("Z", watch.GetProperty("lastTick").GetString(), StringComparison.Ordinal);
        Assert.True(watch.GetProperty("raisedAfter").TryGetProperty("p99Sec", out _));
        using var denied = await desk.Get("watch", "staff");
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
    }
}
