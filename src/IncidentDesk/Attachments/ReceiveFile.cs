using System.Security.Cryptography;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Attachments;

/// <summary>
/// Receives a file for an incident: the right is asked for before a byte is read, what is too long is cut, what is no type of ours is refused, and nothing of either is left
/// behind. A good one lies in the folder of files under its hash when this is done, and <see cref="Attach"/> makes it part of the incident; one that nobody attaches is swept
/// away after <see cref="SweepFiles.UnnamedDays"/> days. <paramref name="Length"/>: how long it is said to be, null where that is not known.
/// </summary>
public sealed record ReceiveFile(Caller By, string Number, Stream Content, long? Length = null) : IRequest<Outcome<ReceivedFile>>;

/// <summary>A file that lies in the folder of files: see <see cref="Attached"/>.</summary>
public sealed record ReceivedFile(string Hash, string ReceivedHash, string MediaType, long Bytes, string? TakenAt)
{
    // A photo is in memory while its metadata are cut out, twice: not of everybody at once.
    private static readonly SemaphoreSlim Turns = new(2);

    /// <summary>Too long for this desk.</summary>
    internal static Refusal TooLarge(DeskSettings settings) => new(
        "file_too_large", "file", $"文件不得超过 {settings.FileMegabytes} MB。", $"A file has at most {settings.FileMegabytes} MB.");

    /// <summary>The folder of files takes nothing.</summary>
    internal static readonly Refusal NotKept = new(
        "files_not_writable", "file", "附件暂时无法保存(磁盘已满或文件目录不可写)，请稍后再试；工单本身不受影响。", "The file cannot be kept now (disk full, or the folder cannot be written); the incident is not touched. Try again.");

    /// <summary>
    /// Gives a file that has come in full the name of its hash, without what is not kept of it; of the same bytes there is one file. The partial file is gone then, whatever comes of it.
    /// </summary>
    internal static async Task<Outcome<ReceivedFile>> Keep(string folder, string partial, string receivedHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await Turns.WaitAsync(cancellationToken);
        var kept = FileFolder.NewPartial(folder);
        try
        {
            var file = await File.ReadAllBytesAsync(partial, cancellationToken);
            string hash;
            long bytes;
            FileContent? content;
            using (var to = new FileStream(kept, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                (content, var refused) = FileContent.Keep(file, to);
                if (content is null)
                {
                    return refused!;
                }

                to.Flush(flushToDisk: true);
                to.Position = 0;
                (hash, bytes) = (Convert.ToHexStringLower(await SHA256.HashDataAsync(to, cancellationToken)), to.Length);
            }

            FileFolder.Keep(folder, kept, hash, now);
            return new ReceivedFile(hash, receivedHash, content.MediaType, bytes, content.TakenAt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NotKept;
        }
        finally
        {
            FileFolder.Drop(partial);
            FileFolder.Drop(kept);
            Turns.Release();
        }
    }
}

/// <inheritdoc cref="ReceiveFile"/>
public sealed class ReceiveFileHandler(ChangeIncident change, DeskSettings settings, TimeProvider clock) : IRequestHandler<ReceiveFile, Outcome<ReceivedFile>>
{
    private const int BufferBytes = 1 << 16;

    /// <inheritdoc/>
    public async Task<Outcome<ReceivedFile>> Handle(ReceiveFile request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Handle, request.Number, null, cancellationToken);
        if ((opened.Refused ?? AttachmentDecisions.IsFull(opened.Value!.State, settings.FilesPerTicket)) is { } refused)
        {
            return refused;
        }

        if (request.Length > settings.FileBytes)
        {
            return ReceivedFile.TooLarge(settings);
        }

        var partial = FileFolder.NewPartial(settings.FilesFolder);
        try
        {
            var (hash, cut) = await Receive(request.Content, partial, cancellationToken);
            return cut ?? await ReceivedFile.Keep(settings.FilesFolder, partial, hash!, clock.GetUtcNow(), cancellationToken);
        }
        finally
        {
            FileFolder.Drop(partial);
        }
    }

    private async Task<(string? Hash, Outcome<ReceivedFile>? Cut)> Receive(Stream content, string partial, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        FileStream? file = null;
        try
        {
            for (var bytes = 0L; ;)
            {
                // What fails here is the caller's connection, and nobody is left to be told.
                var read = await content.ReadAsync(buffer, cancellationToken);
                bytes += read;
                if (bytes > settings.FileBytes)
                {
                    return (null, ReceivedFile.TooLarge(settings));
                }

                hash.AppendData(buffer, 0, read);
                try
                {
                    file ??= FileFolder.WritePartial(partial);
                    await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                    await file.FlushAsync(cancellationToken);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    return (null, ReceivedFile.NotKept);
                }

                if (read == 0)
                {
                    return (Convert.ToHexStringLower(hash.GetHashAndReset()), null);
                }
            }
        }
        finally
        {
            await (file?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
