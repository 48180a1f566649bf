using System.CommandLine;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Evidence;
using IncidentDesk.Keeping;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Worker.Commands;

/// <summary>Restores a backup, or checks one, or checks the present installation with its files.</summary>
internal static class RestoreCommand
{
    public static Command Build()
    {
        var from = new Option<string?>("--from") { Description = "备份的目录 / the backup's folder" };
        var after = new Option<string[]>("--after")
        {
            AllowMultipleArgumentsPerToken = true,
            Description = "已知的最大编号(见报表或消息)，每天一个；没有则填 none / the highest number known from a report or message, one per day; none if there is none",
        };
        var check = new Option<bool>("--check") { Description = "只核验备份；不带 --from 时核验现有系统及其文件 / only check the backup, or without --from this installation and its files" };
        var command = new Command("restore", "恢复备份，或核验 / restore a backup, or check") { from, after, check };
        command.SetAction((parsed, cancel) => (parsed.GetValue(from), parsed.GetValue(after) ?? [], parsed.GetValue(check)) switch
        {
            ({ } folder, _, true) => CommandLine.OnSettings(settings => Check(settings, folder, cancel)),
            ({ } folder, { Length: > 0 } numbers, false) => CommandLine.OnSettings(settings => Restore(settings, folder, numbers, cancel)),
            ({ }, _, false) => Refuse(
                "missing_after", "after", "请用 --after 给出已知的最大编号(见报表或消息)，使编号不重复；备份后没有登记过的填 none。",
                "Name the highest number known with --after, so that no number is given twice; none if nothing was logged since the backup."),
            (null, _, true) => CommandLine.OnDesk(services => Check(services, cancel), cancel),
            _ => Refuse("missing_from", "from", "请用 --from 指明备份的目录。", "Name the backup's folder with --from."),
        });
        return command;
    }

    private static async Task<int> Restore(DeskSettings settings, string folder, string[] after, CancellationToken cancellationToken)
    {
        var (backup, refused) = Backup.Open(folder);
        if (refused is not null)
        {
            return CommandLine.Say(refused);
        }

        var (gaps, unrestored) = await RestoreDesk.Run(settings, backup!, after, cancellationToken);
        if (unrestored is not null)
        {
            return CommandLine.Say(unrestored);
        }

        foreach (var gap in gaps)
        {
            await Console.Error.WriteLineAsync($"编号 {gap.First} 至 {gap.Last} 空缺，已载明原因为恢复 / left out, with the restore as its cause");
        }

        await Console.Error.WriteLineAsync("已恢复；请用 restore --check 核验。 / Restored; restore --check verifies it.");
        return CommandLine.Done;
    }

    private static async Task<int> Check(DeskSettings settings, string folder, CancellationToken cancellationToken)
    {
        var (backup, refused) = Backup.Open(folder);
        if (refused is not null)
        {
            return CommandLine.Say(refused);
        }

        var (found, unready) = await CheckBackup.Run(settings, backup!, cancellationToken);
        return unready is not null ? CommandLine.Say(unready) : VerifyCommand.Print(found!);
    }

    private static async Task<int> Check(IServiceProvider services, CancellationToken cancellationToken)
    {
        var ledger = await services.SendAlone(new VerifyLedger(), cancellationToken);
        await using var scope = services.CreateAsyncScope();
        var installation = await scope.ServiceProvider.GetRequiredService<DeskDb>().Installations.AsNoTracking().Select(i => i.Id).SingleAsync(cancellationToken);
        var files = FileFolder.Check(services.GetRequiredService<DeskSettings>().FilesFolder, installation).ToList();
        return VerifyCommand.Print(ledger with { Problems = ledger.Problems + files.Count, Named = [.. ledger.Named, .. files] });
    }

    private static Task<int> Refuse(string code, string field, string zh, string en) => Task.FromResult(CommandLine.Say(new Refusal(code, field, zh, en)));
}
