using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using IncidentDesk.Tests.Attachments;

namespace IncidentDesk.Tests.Api;

/// <summary>Photos and documents over HTTP: at once, in a form, in pieces, and back.</summary>
public sealed class AttachmentApiTests(DeskHosts hosts) : IClassFixture<DeskHosts>, IAsyncLifetime
{
    private DeskHost desk = null!;
    private string number = "";

    public async Task InitializeAsync()
    {
        desk = await hosts.On(Engine.Sqlite);
        number = DeskApiTests.Number(await desk.Log());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_photo_sent_twice_is_one_attachment_and_comes_back_as_a_picture_that_is_no_page()
    {
        var address = $"incidents/{number}/attachments?name=..%2F..%2Fetc%2Fpasswd.html&capturedAt=2026-05-03T09:00:00%2B08:00";
        var (first, location) = await Sent(address, Photos.Jpeg(), HttpStatusCode.Created, key: "photo-key-1");
        Assert.Equal($"/api/v1/incidents/{number}/attachments/2", location);
        Assert.Equal(first.GetProperty("seq").GetInt32(), (await Sent(address, Photos.Jpeg(), HttpStatusCode.Created, key: "photo-key-1")).Incident.GetProperty("seq").GetInt32());
        await Sent(address, Photos.Png(), HttpStatusCode.UnprocessableEntity, key: "photo-key-1", code: "idempotency_key_reused");
        await Sent(address, Photos.Jpeg(), HttpStatusCode.OK);
        var attachment = Assert.Single(first.GetProperty("attachments").EnumerateArray().ToList());
        Assert.Equal(
            ("passwd.html", "image/jpeg", "2026-05-03T08:59:30+08:00", "2026-05-03T09:00:00+08:00", false),
            (Text("name"), Text("mediaType"), Text("takenAt"), Text("capturedAt"), attachment.GetProperty("withdrawn").GetBoolean()));

        using var answer = await desk.Get($"incidents/{number}/attachments/2", "evaluator");
        Assert.Equal(Photos.KeptJpeg, await answer.Content.ReadAsByteArrayAsync());
        var headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value));
        Assert.Equal(
            ("image/jpeg", $"inline; filename=\"{number}-2.jpg\"", "nosniff", "default-src 'none'; sandbox", $"\"{Text("hash")}\""),
            (headers["Content-Type"], headers["Content-Disposition"], headers["X-Content-Type-Options"], headers["Content-Security-Policy"], headers["ETag"]));
        foreach (var (who, status) in new[] { ("auditor", HttpStatusCode.Forbidden), ("admin", HttpStatusCode.Forbidden), ("handler", HttpStatusCode.OK) })
        {
            using var other = await desk.Get($"incidents/{number}/attachments/2", who);
            Assert.Equal(status, other.StatusCode);
        }

        using var withdrawn = await desk.Post($"incidents/{number}/attachments/2/withdraw", "staff", new { reason = "拍错了" });
        Assert.Equal("attachment_withdrawn", (await withdrawn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("timeline")[2].GetProperty("type").GetString());

        string? Text(string name) => attachment.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_form_brings_one_file_and_what_is_none_or_too_large_is_refused_in_a_sentence()
    {
        using var form = new MultipartFormDataContent { { new StringContent("2026-05-03T09:00:00+08:00"), "capturedAt" }, { new ByteArrayContent("%PDF-1.7\n"u8.ToArray()), "file", "回执.pdf" } };
        using var answer = await desk.Send(HttpMethod.Post, $"incidents/{number}/attachments", "staff", form);
        var attachment = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("attachments")[0];
        Assert.Equal(
            ("回执.pdf", "application/pdf", "2026-05-03T09:00:00+08:00"),
            (attachment.GetProperty("name").GetString(), attachment.GetProperty("mediaType").GetString(), attachment.GetProperty("capturedAt").GetString()));
        using var file = await desk.Get($"incidents/{number}/attachments/2", "staff");
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition!.DispositionType);

        using var empty = new MultipartFormDataContent { { new StringContent("x"), "note" } };
        using var torn = new ByteArrayContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\nabc"u8.ToArray());
        torn.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
        using var unbounded = new ByteArrayContent([1]);
        unbounded.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data");
        using var page = new MultipartFormDataContent { { new ByteArrayContent("<html></html>"u8.ToArray()), "file", "photo.jpg" } };
        foreach (var (content, status, code) in new (HttpContent, int, string)[]
        {
            (empty, 422, "file_empty"), (torn, 422, "file_empty"), (unbounded, 422, "file_empty"), (new ByteArrayContent([]), 422, "file_empty"), (page, 422, "unknown_file_type"),

            // Beyond what the server itself takes unless it is told; with its length, and without.
            (new ByteArrayContent(new byte[50 << 20]), 413, "file_too_large"), (new StreamContent(new Unsized(new byte[50 << 20])), 413, "file_too_large"),
        })
        {
            using var refused = await desk.Send(HttpMethod.Post, $"incidents/{number}/attachments", "staff", content);
            var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((status, code, "file"), ((int)refused.StatusCode, problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()));
        }

        Assert.Empty(Directory.GetFiles(Path.Combine(desk.Folder, "files", "partial")));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_goes_on_where_it_stood_and_is_attached_once()
    {
        byte[] file = [.. Photos.Jpeg(), .. new byte[300_000]];
        var (sha256, size) = (Convert.ToHexStringLower(SHA256.HashData(file)), file.Length);
        Assert.Equal((0, 262_144), await Begin() is var begun ? (begun.GetProperty("offset").GetInt32(), begun.GetProperty("piece").GetInt32()) : default);
        Assert.Equal("100000", await Piece(0, file[..100_000]));
        Assert.Equal("upload_gap", await Piece(100_001, file[100_001..200_000]));
        Assert.Equal("upload_incomplete", await Complete());
        Assert.Equal(100_000, (await Begin()).GetProperty("offset").GetInt32());

        // Another person's upload of the same bytes is another one; a piece whose answer was lost is sent again.
        Assert.Equal(0, (await Begin("lead")).GetProperty("offset").GetInt32());
        Assert.Equal("100000", await Piece(50_000, file[50_000..100_000]));
        Assert.Equal("bad_upload", await Piece(100_000, new byte[300_000]));
        Assert.Equal($"{size}", await Piece(100_000, file[100_000..]));
        Assert.Equal("done 1", await Complete());
        Assert.Equal("done 1", await Complete());
        Assert.Equal((size, 2), await Begin() is var done ? (done.GetProperty("offset").GetInt32(), done.GetProperty("attachment").GetInt32()) : default);

        // Bytes that are not those that were told begin anew.
        (file[^1], sha256) = (1, new string('0', 64));
        await Piece(0, file);
        Assert.Equal("upload_differs", await Complete());
        Assert.Equal(0, (await Begin()).GetProperty("offset").GetInt32());
        sha256 = "../../installation.id";
        Assert.Equal("bad_upload", await Piece(0, file));
        using var large = await desk.Post($"incidents/{number}/uploads", "staff", new { sha256 = new string('0', 64), size = 21 << 20 });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);

        async Task<JsonElement> Begin(string who = "staff")
        {
            using var answer = await desk.Post($"incidents/{number}/uploads", who, new { sha256, size });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }

        async Task<string?> Piece(int offset, byte[] bytes)
        {
            using var answer = await desk.Send(HttpMethod.Put, $"incidents/{number}/uploads/{Uri.EscapeDataString(sha256)}?size={size}&offset={offset}", "staff", new ByteArrayContent(bytes));
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return answer.IsSuccessStatusCode ? json.GetProperty("offset").GetRawText() : json.GetProperty("code").GetString();
        }

        async Task<string?> Complete()
        {
            using var answer = await desk.Post($"incidents/{number}/uploads/{sha256}/complete", "staff", new { size, name = "楼道.jpg" }, key: "upload-key-1");
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return answer.IsSuccessStatusCode ? $"done {json.GetProperty("attachments").GetArrayLength()}" : json.GetProperty("code").GetString();
        }
    }

    private async Task<(JsonElement Incident, string? Location)> Sent(string address, byte[] file, HttpStatusCode status, string? key = null, string? code = null)
    {
        using var answer = await desk.Send(HttpMethod.Post, address, "staff", new ByteArrayContent(file), key);
        Assert.Equal(status, answer.StatusCode);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(code, json.TryGetProperty("code", out var said) ? said.GetString() : null);
        return (json, answer.Headers.Location?.ToString());
    }

    /// <summary>A body that does not say how long it is.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
