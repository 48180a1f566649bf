using System.CommandLine;
using IncidentDesk.Domain;

namespace IncidentDesk.Worker.Commands;

/// <summary>Takes the units or services away again. Data, settings and programs stay.</summary>
internal static class UninstallCommand
{
    public static Command Build()
    {
        var root = new Option<string?>("--root") { Description = "Linux：安装时用过的目录 / Linux: the folder named at the install" };
        var command = new Command("uninstall", "取消随机器启动；数据、设置与程序保留 / no longer start with the machine; data, settings and programs stay") { root };
        command.SetAction(parsed => OperatingSystem.IsWindows() ? WindowsHost.Run(WindowsHost.Unregister()) : Remove(new Machine(parsed.GetValue(root))));
        return command;
    }

    private static int Remove(Machine machine)
    {
        try
        {
            foreach (var unit in new[] { Hosted.Web, Hosted.Worker }.Select(machine.Unit).Where(File.Exists))
            {
                File.Delete(unit);
                Console.WriteLine(unit);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CommandLine.Say(new Refusal("not_uninstalled", "root", $"无法删除：{e.Message} 请以 root 身份运行。", $"Cannot delete: {e.Message} Run it as root."));
        }

        Console.Error.WriteLine("已删除上列单元。接下来以 root 身份运行 / The units above are gone. Run next, as root:");
        Console.Error.WriteLine($"  systemctl disable --now {Hosted.Web.UnitName} {Hosted.Worker.UnitName}; systemctl daemon-reload");
        return CommandLine.Done;
    }
}
