using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Attachments;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using Microsoft.Net.Http.Headers;

namespace IncidentDesk.Web.Api;

/// <summary>Photos and documents of an incident: send one at once or in pieces, withdraw it, open it.</summary>
internal static class AttachmentRoutes
{
    private const int PieceBytes = 256 * 1024;
    private const int FormBytes = 8 * 1024;

    // A picture is shown, and nothing that a browser could take for a page ever runs: no script, no form, no origin.
    private const string Policy = "default-src 'none'; sandbox";

    public static void MapAttachments(this RouteGroupBuilder desk)
    {
        desk.MapPost("/incidents/{number}/attachments", Send).Accepts<Stream>("application/octet-stream", "multipart/form-data").WithName("attach");
        desk.MapGet("/incidents/{number}/attachments/{id}", Open).WithName("attachment");
        desk.MapPost("/incidents/{number}/attachments/{id}/withdraw", async (HttpContext http, string number, string id) =>
        {
            var (seen, mismatch) = http.IfMatch();
            var (body, key, refused) = await Body.Read<WithdrawBody>(http);
            return (mismatch ?? refused) is { } no
                ? Problems.Of(no)
                : await IncidentRoutes.Changed(http, await http.Send(new WithdrawAttachment(http.Caller(), number, IdOf(id), body!.Reason, seen, key)));
        }).Accepts<WithdrawBody>("application/json").WithName("withdrawAttachment");
        desk.MapPost("/incidents/{number}/uploads", async (HttpContext http, string number) =>
        {
            var (body, _, refused) = await Body.Read<UploadBody>(http);
            return body is null ? Problems.Of(refused!) : Told(await http.Send(new BeginUpload(http.Caller(), number, new Upload(body.Sha256, body.Size))));
        }).Accepts<UploadBody>("application/json").WithName("beginUpload");
        desk.MapPut("/incidents/{number}/uploads/{sha256}", async (HttpContext http, string number, string sha256, long size, long offset) =>
        {
            FilePart.Unlimit(http);
            return Told(await http.Send(new TakePiece(http.Caller(), number, new Upload(sha256, size), offset, http.Request.Body)));
        }).Accepts<Stream>("application/octet-stream").WithName("takePiece");
        desk.MapPost("/incidents/{number}/uploads/{sha256}/complete", async (HttpContext http, string number, string sha256) =>
        {
            var (seen, mismatch) = http.IfMatch();
            var (body, key, refused) = await Body.Read<CompleteBody>(http);
            if ((mismatch ?? refused) is { } no)
            {
                return Problems.Of(no);
            }

            var received = await http.Send(new CompleteUpload(http.Caller(), number, new Upload(sha256, body!.Size)));
            return await Attached(http, number, received, body.Name, body.CapturedAt, seen, key);
        }).Accepts<CompleteBody>("application/json").WithName("completeUpload");
    }

    /// <summary>One file, as the body or as the part of a form that is a file; its name and when it was taken in the address, or in the form before it.</summary>
    private static async Task<IResult> Send(HttpContext http, string number, string? name, string? capturedAt)
    {
        var (part, isForm) = ((FilePart?)null, FilePart.IsForm(http.Request));
        if (isForm && (part = await FilePart.Read(http)) is null)
        {
            return Problems.Of(NoFile);
        }

        (name, capturedAt) = (name ?? part?.Name, capturedAt ?? part?.Fields.GetValueOrDefault(nameof(capturedAt)));
        var at = Instant.Never;
        if (capturedAt is { Length: > 0 } && !Body.TryInstant(capturedAt, out at))
        {
            return Problems.Of(new Refusal("bad_time", "capturedAt", "拍摄时间应为带时差的 RFC 3339 格式。", "The time must be RFC 3339 with an offset."));
        }

        var (seen, mismatch) = http.IfMatch();
        if (mismatch is not null)
        {
            return Problems.Of(mismatch);
        }

        var received = await Receive(http, http.Caller(), number, part);

        // The same file under the same key, whatever the boundary of the form.
        var sent = $"{received.Value?.ReceivedHash}\n{name}\n{capturedAt}";
        var (key, badKey) = Body.KeyOf(http, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sent))));
        return badKey is not null ? Problems.Of(badKey) : await Attached(http, number, received, name, capturedAt is { Length: > 0 } ? at : null, seen, key);
    }

    /// <summary>Receives the file of a form, or the body where it is none.</summary>
    internal static async Task<Outcome<ReceivedFile>> Receive(HttpContext http, Caller by, string number, FilePart? part)
    {
        FilePart.Unlimit(http);
        try
        {
            // A form is a little longer than its file.
            return await http.Send(new ReceiveFile(by, number, part?.Content ?? http.Request.Body, part is null ? http.Request.ContentLength : http.Request.ContentLength - FormBytes));
        }
        catch (Exception e) when (part is not null && FilePart.IsTorn(e))
        {
            return NoFile;
        }
    }

    private static async Task<IResult> Attached(HttpContext http, string number, Outcome<ReceivedFile> received, string? name, Instant? capturedAt, int? seen, string? key)
    {
        if (received.Value is not { } file)
        {
            return Problems.Of(received.Refused!);
        }

        var outcome = await http.Send(new Attach(http.Caller(), number, file, name, capturedAt, seen, key));
        if (outcome.Value is not { } added)
        {
            return Problems.Of(outcome.Refused!);
        }

        http.Response.Headers.Location = $"{http.Request.PathBase}/api/v1/incidents/{added.Number}/attachments/{added.Id}";
        return await IncidentRoutes.View(http, added.Number, added.Known ? 200 : 201);
    }

    private static async Task<IResult> Open(HttpContext http, string number, string id)
    {
        var outcome = await http.Send(new ReadAttachment(http.Caller(), number, IdOf(id)));
        return outcome.Value is { } file ? Answer(http, file) : Problems.Of(outcome.Refused!);
    }

    /// <summary>The file as it is given to a browser: a photo may be shown, a document is saved; neither is ever a page of this desk.</summary>
    internal static IResult Answer(HttpContext http, AttachmentFile file)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "private, no-cache";
        headers.ContentDisposition = $"{(FileContent.IsPhoto(file.MediaType) ? "inline" : "attachment")}; filename=\"{file.DownloadName}\"";
        return Results.File(file.Path, file.MediaType, entityTag: new EntityTagHeaderValue($"\"{file.Hash}\""), enableRangeProcessing: true);
    }

    private static IResult Told(Outcome<UploadState> outcome) => DeskApi.Json(outcome, (json, state) =>
    {
        json.WriteStartObject();
        json.WriteNumber("offset", state.Offset);
        json.WriteNumber("piece", PieceBytes);
        if (state.Attachment is { } id)
        {
            json.WriteNumber("attachment", id);
        }

        json.WriteEndObject();
    });

    private static int IdOf(string id) => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : 0;

    /// <summary>No file came.</summary>
    internal static readonly Refusal NoFile = new("file_empty", "file", "请选择文件；没有收到文件。", "Choose a file; none came.");

    internal sealed record WithdrawBody(string Reason);

    internal sealed record UploadBody(string Sha256, long Size);

    internal sealed record CompleteBody(long Size, string? Name = null, Instant? CapturedAt = null);
}
