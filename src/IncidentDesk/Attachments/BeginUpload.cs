using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Attachments;

/// <summary>
/// Begins or resumes the upload of a file in pieces, over a network that breaks off: tells from which byte on to send. Nothing is stored by it: an upload is known by who sends
/// which bytes (their number and SHA-256) to which incident, and what has come of it is the length of its partial file.
/// </summary>
public sealed record BeginUpload(Caller By, string Number, Upload Upload) : IRequest<Outcome<UploadState>>;

/// <summary>The whole file: its SHA-256, hex, and its length.</summary>
public sealed record Upload(string Sha256, long Size)
{
    /// <summary>Its partial file.</summary>
    internal string Partial(DeskSettings settings, Caller by, string number) => FileFolder.PartialOf(
        settings.FilesFolder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{by.Person.Id}\n{number}\n{Sha256}\n{Size}")))[..32]);

    /// <summary>Why no such file is taken, or null.</summary>
    internal Refusal? Wrong(DeskSettings settings) =>
        Size > settings.FileBytes ? ReceivedFile.TooLarge(settings)
        : Size < 1 ? new Refusal("bad_upload", "size", "size 应为文件的字节数。", "size must be the number of bytes.")
        : Sha256.Length != 64 || !Sha256.All(char.IsAsciiHexDigitLower) ? new Refusal("bad_upload", "sha256", "sha256 应为 64 位小写十六进制。", "sha256 must be 64 lower-case hex digits.")
        : null;

    /// <summary>The attachment that came of these bytes already, or null.</summary>
    internal Attachment? Attached(Incident incident) => incident.Attachments.FirstOrDefault(a => !a.Withdrawn && !a.Erased && a.File.ReceivedHash == Sha256);
}

/// <summary>How many bytes have come; <paramref name="Attachment"/>: the id of the attachment that the same bytes are already, null where they are none.</summary>
public sealed record UploadState(long Offset, int? Attachment = null);

/// <inheritdoc cref="BeginUpload"/>
public sealed class BeginUploadHandler(ChangeIncident change, DeskSettings settings) : IRequestHandler<BeginUpload, Outcome<UploadState>>
{
    /// <inheritdoc/>
    public async Task<Outcome<UploadState>> Handle(BeginUpload request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Handle, request.Number, null, cancellationToken);
        if ((opened.Refused ?? request.Upload.Wrong(settings)) is { } refused)
        {
            return refused;
        }

        if (request.Upload.Attached(opened.Value!.State) is { } there)
        {
            return new UploadState(request.Upload.Size, there.Seq);
        }

        var partial = new FileInfo(request.Upload.Partial(settings, request.By, request.Number));
        return AttachmentDecisions.IsFull(opened.Value.State, settings.FilesPerTicket) is { } full ? full : new UploadState(partial.Exists ? partial.Length : 0);
    }
}
