using System.Security.Cryptography;
using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Attachments;

/// <summary>
/// Ends an upload in pieces: the bytes must be all there and have the hash that was told, and go the way of a file that came at once (<see cref="ReceiveFile"/>). Said again after it
/// was attached, it tells the same file.
/// </summary>
public sealed record CompleteUpload(Caller By, string Number, Upload Upload) : IRequest<Outcome<ReceivedFile>>;

/// <inheritdoc cref="CompleteUpload"/>
public sealed class CompleteUploadHandler(ChangeIncident change, DeskSettings settings, TimeProvider clock) : IRequestHandler<CompleteUpload, Outcome<ReceivedFile>>
{
    /// <inheritdoc/>
    public async Task<Outcome<ReceivedFile>> Handle(CompleteUpload request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Handle, request.Number, null, cancellationToken);
        if ((opened.Refused ?? request.Upload.Wrong(settings)) is { } refused)
        {
            return refused;
        }

        if (request.Upload.Attached(opened.Value!.State) is { File: var there })
        {
            return new ReceivedFile(there.Hash, there.ReceivedHash, there.MediaType, there.Bytes, there.TakenAt);
        }

        var partial = request.Upload.Partial(settings, request.By, request.Number);
        string hash;
        try
        {
            await using var file = File.OpenRead(partial);
            if (file.Length != request.Upload.Size)
            {
                return Incomplete(file.Length);
            }

            hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        }
        catch (FileNotFoundException)
        {
            return Incomplete(0);
        }

        if (hash != request.Upload.Sha256)
        {
            // It begins anew: which of the bytes are wrong nobody knows.
            Keeping.FileFolder.Drop(partial);
            return new Refusal("upload_differs", "sha256", "上传的内容与所称的哈希不符，请重新上传。", "The bytes do not have the hash that was told; send them again.");
        }

        return await ReceivedFile.Keep(settings.FilesFolder, partial, hash, clock.GetUtcNow(), cancellationToken);
    }

    private static Refusal Incomplete(long there) => new("upload_incomplete", "size", $"文件尚未传完，请从第 {there} 字节起续传。", $"The upload is not complete; go on from byte {there}.");
}
