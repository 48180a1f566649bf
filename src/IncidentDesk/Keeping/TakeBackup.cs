using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IncidentDesk.Keeping;

/// <summary>
/// Takes a backup while hosts write: a new folder below <paramref name="To"/>, named by its instant, complete or not there. The database comes first and the files after it,
/// since a file is written before the row that names it. On a server engine only the files are copied; the result then holds what the DBA has to run before.
/// </summary>
public sealed record TakeBackup(string To) : IRequest<Outcome<BackupTaken>>;

/// <summary>The backup; on a server engine the DBA's command; and files that were damaged before they were copied.</summary>
public sealed record BackupTaken(Backup Backup, string? ForTheDba, IReadOnlyList<string> Damaged);

/// <inheritdoc cref="TakeBackup"/>
public sealed class TakeBackupHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<TakeBackup, Outcome<BackupTaken>>
{
    /// <inheritdoc/>
    public async Task<Outcome<BackupTaken>> Handle(TakeBackup request, CancellationToken cancellationToken)
    {
        var at = Iso.ToMilliseconds(clock.GetUtcNow());
        var name = "incidentdesk-" + at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'.'fff'Z'", CultureInfo.InvariantCulture);
        var (folder, partial) = (Path.Combine(Path.GetFullPath(request.To), name), Path.Combine(Path.GetFullPath(request.To), $".{name}-{Guid.NewGuid():N}.partial"));
        try
        {
            Directory.CreateDirectory(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Refusal("backup_not_writable", "to", $"备份目录 {request.To} 无法写入。", $"The folder {request.To} cannot be written.");
        }

        try
        {
            var manifest = settings.Engine == Engine.Sqlite
                ? await CopyDatabase(partial, at, cancellationToken)
                : await Describe(db, at, cancellationToken);
            var files = CopyFiles(partial, cancellationToken);
            var backup = new Backup(partial, manifest with { Files = files });
            backup.Write();
            Directory.Move(partial, folder);
            return new BackupTaken(
                backup with { Folder = folder }, ForTheDba(settings, at), [.. files.Where(f => f.Path != FileFolder.NameOf(f.Sha256)).Select(f => f.Path)]);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    /// <summary>
    /// One step of SQLite's online backup holds one snapshot, and hosts read and write on meanwhile. VACUUM INTO does the same, takes as long under load and lets writers wait
    /// as long; the page copy is taken because it changes nothing of the file (0010).
    /// </summary>
    private async Task<Manifest> CopyDatabase(string folder, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var copied = settings with { ConnectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, Backup.Database), Pooling = false }.ToString() };
        await using (var target = new SqliteConnection(copied.ConnectionString))
        {
            await target.OpenAsync(cancellationToken);
            await db.Database.OpenConnectionAsync(cancellationToken);
            ((SqliteConnection)db.Database.GetDbConnection()).BackupDatabase(target);
            await db.Database.CloseConnectionAsync();

            // One file, without the log beside it that the desk's own has.
            await using var single = target.CreateCommand();
            single.CommandText = "PRAGMA journal_mode=DELETE";
            await single.ExecuteNonQueryAsync(cancellationToken);
        }

        // Counted in the copy: what it holds, whatever was written since.
        Manifest manifest;
        await using (var copy = new SqliteDeskDb((DbContextOptions<SqliteDeskDb>)new DbContextOptionsBuilder<SqliteDeskDb>().UseEngine(copied).Options))
        {
            manifest = await Describe(copy, at, cancellationToken);
        }

        return manifest with { Database = FileFolder.Read(folder, Backup.Database) };
    }

    private static async Task<Manifest> Describe(DeskDb ledger, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var installation = await ledger.Installations.AsNoTracking().SingleAsync(cancellationToken);
        var last = await ledger.DayCounters.AsNoTracking().Where(c => c.Imported == 0 && c.Last > 0).OrderByDescending(c => c.Day).Take(2).ToListAsync(cancellationToken);
        return new Manifest(
            Backup.Schema, DeskEngine.Version, ledger is SqliteDeskDb ? Engine.Sqlite : ledger is SqlServerDeskDb ? Engine.SqlServer : Engine.PostgreSql, installation.Id, at,
            [.. last.Select(c => new IncidentNumber(installation.NumberPrefix, (c.Day * 1_000_000L) + c.Last).ToString())],
            await ledger.Incidents.LongCountAsync(cancellationToken), await ledger.Events.LongCountAsync(cancellationToken), null, []);
    }

    private List<KeptFile> CopyFiles(string folder, CancellationToken cancellationToken)
    {
        var target = Path.Combine(folder, Backup.Files);
        FileFolder.Copy(settings.FilesFolder, target, FileFolder.Marker);
        var files = new List<KeptFile>();

        // Only what the product put there; a file that is being written has another name yet.
        foreach (var path in FileFolder.Paths(settings.FilesFolder).Where(FileFolder.IsName).Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                files.Add(FileFolder.Copy(settings.FilesFolder, target, path));
            }
            catch (FileNotFoundException)
            {
                // It was erased meanwhile, as it was due.
            }
        }

        return files;
    }

    private static string? ForTheDba(DeskSettings settings, DateTimeOffset at)
    {
        var file = $"incidentdesk-{at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        switch (settings.Engine)
        {
            case Engine.PostgreSql:
                var postgres = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
                return $"pg_dump --format=custom --host={postgres.Host} --port={postgres.Port} --username={postgres.Username} --file={file}.dump {postgres.Database}";
            case Engine.SqlServer:
                var server = new SqlConnectionStringBuilder(settings.ConnectionString);
                return $"sqlcmd -S {server.DataSource} -Q \"BACKUP DATABASE [{server.InitialCatalog}] TO DISK = N'{file}.bak' WITH CHECKSUM, INIT\"";
            default:
                return null;
        }
    }
}
