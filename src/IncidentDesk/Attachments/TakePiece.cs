using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Attachments;

/// <summary>
/// Takes a piece of an upload, from byte <paramref name="Offset"/> on. A piece that breaks off is kept as far as it came; one that was sent before may be sent again; one that would
/// leave a gap is refused. Whether the bytes are right is seen at the end, by their hash.
/// </summary>
public sealed record TakePiece(Caller By, string Number, Upload Upload, long Offset, Stream Content) : IRequest<Outcome<UploadState>>;

/// <inheritdoc cref="TakePiece"/>
public sealed class TakePieceHandler(ChangeIncident change, DeskSettings settings) : IRequestHandler<TakePiece, Outcome<UploadState>>
{
    /// <inheritdoc/>
    public async Task<Outcome<UploadState>> Handle(TakePiece request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Handle, request.Number, null, cancellationToken);
        if ((opened.Refused ?? request.Upload.Wrong(settings)) is { } refused)
        {
            return refused;
        }

        FileStream file;
        try
        {
            file = FileFolder.WritePartial(request.Upload.Partial(settings, request.By, request.Number));
        }
        catch (IOException e) when (e.HResult is 11 or 35 or unchecked((int)0x80070020))
        {
            return Busy;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ReceivedFile.NotKept;
        }

        await using (file)
        {
            return request.Offset < 0 || request.Offset > file.Length ? Gap(file.Length) : await Write(request, file, cancellationToken);
        }
    }

    private static async Task<Outcome<UploadState>> Write(TakePiece request, FileStream file, CancellationToken cancellationToken)
    {
        file.Position = request.Offset;
        var buffer = new byte[1 << 16];
        for (int read; (read = await request.Content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (file.Position + read > request.Upload.Size)
            {
                return TooLong;
            }

            try
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await file.FlushAsync(cancellationToken);
            }
            catch (IOException)
            {
                return ReceivedFile.NotKept;
            }
        }

        return new UploadState(file.Length);
    }

    private static readonly Refusal Busy = new("upload_busy", "offset", "该文件正在由另一请求上传，请稍候。", "Another request is sending this file; wait a moment.");

    private static readonly Refusal TooLong = new("bad_upload", "size", "上传的内容超过了所称的长度。", "More bytes came than the file was said to have.");

    private static Refusal Gap(long there) => new("upload_gap", "offset", $"请从第 {there} 字节起续传。", $"Go on from byte {there}.");
}
