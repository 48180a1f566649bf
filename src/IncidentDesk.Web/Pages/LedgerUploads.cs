using System.Collections.Concurrent;
using System.Security.Cryptography;
using IncidentDesk.Domain;
using IncidentDesk.Import;

namespace IncidentDesk.Web.Pages;

/// <summary>A ledger that somebody sent by the page: what it holds, and from the moment they confirm it, how far its import is.</summary>
internal sealed class LedgerUpload(string id, string person, string fileName, string source, string path, DateTimeOffset at)
{
    /// <summary>Refused lines that the page names; the file holds all.</summary>
    public const int MostNamed = 50;

    // 0 waits for its sender, 1 runs, 2 is over.
    private int state;

    public string Id => id;

    public string Person => person;

    /// <summary>As the sender's machine calls it.</summary>
    public string FileName => fileName;

    public string Source => source;

    public string Path => path;

    /// <summary>The refused lines as a ledger.</summary>
    public string RefusedPath => path + "-refused.csv";

    public DateTimeOffset At => at;

    public string WrittenAs { get; set; } = "";

    public int Rows { get; set; }

    /// <summary>Its first lines.</summary>
    public IReadOnlyList<LedgerRecord> First { get; set; } = [];

    public ImportProgress Done { get; set; } = new(0, 0, 0, 0);

    public ConcurrentQueue<RefusedLine> Refused { get; } = [];

    /// <summary>Whether the import broke off; the same again goes on.</summary>
    public bool Failed { get; set; }

    public bool IsWaiting => Volatile.Read(ref state) == 0;

    public bool IsRunning => Volatile.Read(ref state) == 1;

    /// <summary>True for the first who confirms, and for nobody after.</summary>
    public bool Begin() => Interlocked.CompareExchange(ref state, 1, 0) == 0;

    public void End() => Volatile.Write(ref state, 2);
}

/// <summary>
/// Ledgers on their way in by the page of this host. They hold names and phones, so they lie in a folder that only this account reads and are gone when they are imported, after
/// two hours, or with the host. An import that a stopping host breaks off is finished by sending the file again: unchanged lines add nothing.
/// </summary>
internal sealed class LedgerUploads(IServiceProvider services, IHostApplicationLifetime life, TimeProvider clock, ILogger<LedgerUploads> log) : IDisposable
{
    private const int MostOfOne = 3;
    private const int PreviewLines = 5;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(2);

    private readonly ConcurrentDictionary<string, LedgerUpload> uploads = new(StringComparer.Ordinal);
    private readonly Lazy<DirectoryInfo> folder = new(() => Directory.CreateTempSubdirectory("desk-ledger-"));

    /// <summary>The upload of that person; null where there is none on this host.</summary>
    public LedgerUpload? Find(string? id, string person) => id is not null && uploads.TryGetValue(id, out var upload) && upload.Person == person ? upload : null;

    /// <summary>Keeps a file that was sent, reads it through and says what is wrong with it.</summary>
    public async Task<(LedgerUpload? Upload, Refusal? Refused)> Take(string person, string source, IFormFile sent, CancellationToken cancellationToken)
    {
        Sweep(person);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var name = Path.GetFileName(sent.FileName.Replace('\\', '/'));
        var upload = new LedgerUpload(id, person, name.Length <= 100 ? name : name[..100], source, Path.Combine(folder.Value.FullName, id), clock.GetUtcNow());
        try
        {
            await using (var file = new FileStream(upload.Path, FileMode.CreateNew))
            {
                await sent.CopyToAsync(file, cancellationToken);
            }

            if (await Task.Run(() => Look(upload), cancellationToken) is { } refused)
            {
                Drop(upload);
                return (null, refused);
            }
        }
        catch
        {
            Drop(upload);
            throw;
        }

        uploads[id] = upload;
        return (upload, null);
    }

    /// <summary>Imports it, once, while the sender watches or not.</summary>
    public void Import(LedgerUpload upload)
    {
        if (upload.Begin())
        {
            _ = Task.Run(() => Run(upload));
        }
    }

    /// <summary>Forgets it, unless it is being imported.</summary>
    public void Discard(LedgerUpload upload)
    {
        if (!upload.IsRunning && uploads.TryRemove(upload.Id, out _))
        {
            Drop(upload);
        }
    }

    private static Refusal? Look(LedgerUpload upload)
    {
        var (ledger, refused) = LedgerFile.Open(upload.Path);
        using (ledger)
        {
            if (ledger is not null)
            {
                (upload.Rows, upload.WrittenAs, upload.First) = (ledger.Rows, ledger.WrittenAs, [.. ledger.Records().Take(PreviewLines)]);
            }
        }

        return refused;
    }

    private async Task Run(LedgerUpload upload)
    {
        try
        {
            var (ledger, _) = LedgerFile.Open(upload.Path);
            using (ledger)
            {
                await using var refusedLines = new RefusedFile(upload.RefusedPath);
                upload.Done = await new ImportLedger(services).Run(
                    ledger!, upload.Source,
                    line =>
                    {
                        refusedLines.Write(line);
                        if (upload.Refused.Count < LedgerUpload.MostNamed)
                        {
                            upload.Refused.Enqueue(line with { Record = line.Record with { Fields = [] } });
                        }
                    },
                    progress => upload.Done = progress, life.ApplicationStopping);
            }
        }
        catch (Exception e)
        {
            upload.Failed = true;
            log.LogWarning(e, "The import of a ledger of {Source} broke off after {Rows} lines.", upload.Source, upload.Done.Rows);
        }
        finally
        {
            upload.First = [];
            File.Delete(upload.Path);
            upload.End();
        }
    }

    private void Sweep(string person)
    {
        var (old, mine) = (clock.GetUtcNow() - Kept, uploads.Values.Where(u => u.Person == person).OrderByDescending(u => u.At).Skip(MostOfOne - 1));
        foreach (var upload in uploads.Values.Where(u => u.At < old).Concat(mine).ToList())
        {
            Discard(upload);
        }
    }

    private static void Drop(LedgerUpload upload)
    {
        File.Delete(upload.Path);
        File.Delete(upload.RefusedPath);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (folder.IsValueCreated)
        {
            folder.Value.Delete(recursive: true);
        }
    }
}
