using System.CommandLine;
using IncidentDesk.Keeping;

namespace IncidentDesk.Worker.Commands;

/// <summary>Makes a key file for Keys:File: <c>keys new --file PATH</c>.</summary>
internal static class KeysCommand
{
    public static Command Build()
    {
        var file = new Option<string>("--file") { Required = true, Description = "新密钥文件 / the new key file" };
        var make = new Command("new", "生成密钥文件，供设置 Keys:File 使用 / make a key file for Keys:File") { file };
        make.SetAction(async parsed =>
        {
            if (DeskKeys.NewFile(parsed.GetValue(file)!) is { } refused)
            {
                return CommandLine.Say(refused);
            }

            await Console.Error.WriteLineAsync(
                "已生成密钥文件。请复制到每台主机并设 Keys:File；另行保管一份，不要与数据库备份放在一起。 / Made. Copy it to every host and set Keys:File; keep one apart from the backups of the database.");
            return CommandLine.Done;
        });
        return new Command("keys", "数据保护密钥 / data-protection keys") { make };
    }
}
