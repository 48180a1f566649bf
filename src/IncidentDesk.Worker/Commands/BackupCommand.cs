using System.CommandLine;
using IncidentDesk.Keeping;

namespace IncidentDesk.Worker.Commands;

/// <summary>Takes a backup; on stdout its folder, and on a server engine what the DBA runs before. Exit code 1 where a file was damaged already.</summary>
internal static class BackupCommand
{
    public static Command Build()
    {
        var to = new Option<string>("--to") { Required = true, Description = "存放备份的目录，每次在其中新建一个 / the folder below which each backup is a new one" };
        var command = new Command("backup", "备份：数据库(SQLite)、文件目录与清单，可在运行中进行 / back up while hosts run") { to };
        command.SetAction((parsed, cancel) => CommandLine.OnDesk(
            async services =>
            {
                // Before it, so that it stands in the backup too.
                await CommandLine.Note(services, "backup", null, cancel);
                var outcome = await services.SendAlone(new TakeBackup(parsed.GetValue(to)!), cancel);
                if (outcome.Refused is { } refused)
                {
                    return CommandLine.Say(refused);
                }

                var (backup, forTheDba, damaged) = outcome.Value!;
                if (forTheDba is not null)
                {
                    await Console.Error.WriteLineAsync(
                        "本命令只备份了文件目录。数据库由数据库管理员备份，须先于文件：如尚未备份，请先运行下列命令，再运行一次本命令。 / Only the files were backed up. The database is the DBA's, and comes first: "
                        + "if it has not been backed up yet, run this, then this command once more.");
                    Console.WriteLine(forTheDba);
                }

                Console.WriteLine(backup.Folder);
                await Console.Error.WriteLineAsync(
                    $"{backup.Manifest.Incidents} 件工单 / incidents, {backup.Manifest.Events} 个事件 / events, {backup.Manifest.Files.Count} 个文件 / files, 末号 / last {string.Join(' ', backup.Manifest.LastNumbers)}");
                await Console.Error.WriteLineAsync(
                    "数据保护密钥在数据库中；加密它们的 Keys:File 或 Keys:Certificate 不在备份中，请另行保管。 / The data-protection keys are in the database; keep what Keys:File or Keys:Certificate names apart from the backup.");
                foreach (var file in damaged)
                {
                    await Console.Error.WriteLineAsync($"damaged: {file} 在备份前已损坏 / was damaged before it was backed up");
                }

                return damaged.Count == 0 ? CommandLine.Done : CommandLine.Refused;
            },
            cancel));
        return command;
    }
}
