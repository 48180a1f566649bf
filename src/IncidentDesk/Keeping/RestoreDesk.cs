using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Evidence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Keeping;

/// <summary>
/// Restores a backup. On SQLite into an empty data folder: the database takes its name last, so that a restore that was interrupted is no desk. On a server engine the DBA
/// has restored the database; the files that are missing are put back, and the restore is finished.
/// </summary>
public static class RestoreDesk
{
    /// <summary>Restores it; the refusal says why nothing was done.</summary>
    public static async Task<(IReadOnlyList<NumberGap> Gaps, Refusal? Refused)> Run(
        DeskSettings settings, Backup backup, IReadOnlyList<string> after, CancellationToken cancellationToken)
    {
        if (Wrong(settings, backup) is { } wrong)
        {
            return ([], wrong);
        }

        if (settings.Engine != Engine.Sqlite)
        {
            return await Finish(settings, backup, after, cancellationToken);
        }

        var file = new SqliteConnectionStringBuilder(EngineOptions.SqliteConnectionString(settings)).DataSource;
        if (File.Exists(file) || (Directory.Exists(settings.DataFolder) && Directory.EnumerateFileSystemEntries(settings.DataFolder).Any()))
        {
            return ([], new Refusal(
                "data_folder_not_empty", "Data:Folder", $"数据目录 {settings.DataFolder} 不是空的，不能恢复到其中；请另指定空目录，原目录请保留备查。",
                $"The data folder {settings.DataFolder} is not empty; name an empty one, and keep the other to look at."));
        }

        var restoring = file + ".restoring";
        Directory.CreateDirectory(settings.DataFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(Path.Combine(backup.Folder, Backup.Database), restoring, overwrite: true);
        var there = settings with { ConnectionString = new SqliteConnectionStringBuilder { DataSource = restoring, Pooling = false }.ToString() };
        var done = await Finish(there, backup, after, cancellationToken);
        if (done.Refused is null)
        {
            File.Move(restoring, file);
        }
        else
        {
            // It was empty: all that lies there was put there just now.
            File.Delete(restoring);
            Directory.Delete(settings.DataFolder, recursive: true);
        }

        return done;
    }

    private static Refusal? Wrong(DeskSettings settings, Backup backup) =>
        backup.Manifest.Engine != settings.Engine ? new Refusal(
                "backup_of_another_engine", "from", $"该备份取自 {backup.Manifest.Engine}，与设置的 {settings.Engine} 不同。",
                $"The backup is one of {backup.Manifest.Engine}; the settings say {settings.Engine}.")
        : backup.Damage().Select(p => p.Detail).ToList() is [var first, ..] damage ? new Refusal(
                "backup_damaged", "from", $"备份不完整，共 {damage.Count} 处不符，首处：{first}。", $"The backup is damaged in {damage.Count} places; restore --check names them all.")
        : null;

    private static async Task<(IReadOnlyList<NumberGap> Gaps, Refusal? Refused)> Finish(
        DeskSettings settings, Backup backup, IReadOnlyList<string> after, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddIncidentDesk(settings).BuildServiceProvider();
        if (!await IsRestored(services, backup.Manifest.Installation, cancellationToken))
        {
            return ([], new Refusal(
                "database_not_restored", "database", "数据库不是该备份所属的系统；请先由数据库管理员恢复数据库，再运行本命令。",
                "The database is not the backup's installation; the DBA restores the database first, then this command is run."));
        }

        if (await DeskStart.Prepare(services, cancellationToken) is { } unready)
        {
            return ([], unready);
        }

        foreach (var kept in backup.Manifest.Files.Where(f => !File.Exists(Path.Combine(settings.FilesFolder, f.Path))))
        {
            FileFolder.Copy(Path.Combine(backup.Folder, Backup.Files), settings.FilesFolder, kept.Path);
        }

        var outcome = await services.SendAlone(new FinishRestore(backup.Name, backup.Manifest.TakenAt, after), cancellationToken);
        return (outcome.Value ?? [], outcome.Refused);
    }

    /// <summary>Asked before anything is prepared: the first start would make a new installation in an empty database.</summary>
    private static async Task<bool> IsRestored(IServiceProvider services, string installation, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
        return (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Any() && await db.Installations.AnyAsync(i => i.Id == installation, cancellationToken);
    }
}
