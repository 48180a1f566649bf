using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Evidence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Keeping;

/// <summary>
/// Checks a backup as if it were restored: every file against the manifest, and on SQLite a copy of its database: pages, chains, texts, rows and counters. It changes nothing.
/// </summary>
public static class CheckBackup
{
    /// <summary>What was checked and what does not fit.</summary>
    public static async Task<(Verification? Found, Refusal? Refused)> Run(DeskSettings settings, Backup backup, CancellationToken cancellationToken)
    {
        var damage = backup.Damage().ToList();
        if (backup.Manifest.Database is not { } database || damage.Exists(p => p.Detail.StartsWith(Backup.Database + " ", StringComparison.Ordinal)))
        {
            return (new Verification(0, 0, 0, damage.Count, damage), null);
        }

        var scratch = Directory.CreateTempSubdirectory("incidentdesk-check-");
        try
        {
            FileFolder.Copy(backup.Folder, scratch.FullName, database.Path);
            var copied = settings with
            {
                Engine = Engine.Sqlite, DataFolder = scratch.FullName, FilesFolder = Path.Combine(scratch.FullName, Backup.Files),
                ConnectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(scratch.FullName, database.Path), Pooling = false }.ToString(),
            };
            await using var services = new ServiceCollection().AddIncidentDesk(copied).BuildServiceProvider();
            if (await Pages(services, cancellationToken) is { } torn)
            {
                return (new Verification(0, 0, 0, damage.Count + 1, [.. damage, torn]), null);
            }

            if (await DeskStart.Prepare(services, cancellationToken) is { } unready)
            {
                return (null, unready);
            }

            var found = await services.SendAlone(new VerifyLedger(Files: Path.Combine(backup.Folder, Backup.Files)), cancellationToken);
            return (found with { Problems = found.Problems + damage.Count, Named = [.. damage, .. found.Named] }, null);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static async Task<Problem?> Pages(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var said = await scope.ServiceProvider.GetRequiredService<DeskDb>().Database.SqlQueryRaw<string>("PRAGMA quick_check(1)").ToListAsync(cancellationToken);
        return said is ["ok"] ? null : new Problem("", 0, "database_torn", $"{Backup.Database}: {said.FirstOrDefault()}");
    }
}
