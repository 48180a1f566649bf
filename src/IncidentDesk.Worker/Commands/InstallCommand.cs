using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using IncidentDesk.Domain;
using Microsoft.Extensions.Configuration;

namespace IncidentDesk.Worker.Commands;

/// <summary>
/// Has this folder's programs started with the machine: systemd units on Linux, services on Windows. The settings are the <c>appsettings.json</c> beside the programs; where
/// there is none, the machine's, which is made at the first install, so that the next version finds the same. Data and settings that exist are never touched.
/// </summary>
internal static partial class InstallCommand
{
    private static readonly Option<bool> Web = new("--web") { Description = "网站(接口，默认兼做定时任务)；二者都不写即此 / the web host, which also runs the jobs; meant where neither is named" };
    private static readonly Option<bool> Jobs = new("--worker") { Description = "定时任务进程(Jobs:Host = Worker 时) / the process of the jobs, where Jobs:Host is Worker" };
    private static readonly Option<string> User = new("--user") { DefaultValueFactory = _ => "incidentdesk", Description = "Linux：运行它的系统用户 / Linux: the account that runs it" };
    private static readonly Option<string?> Data = new("--data") { Description = "首次安装时写入设置的数据目录 / the data folder that a first install writes into the settings" };
    private static readonly Option<string?> Root = new("--root") { Description = "Linux：全部写到该目录之下，用于制作镜像 / Linux: write below this folder instead of /, for an image" };
    private static readonly Option<bool> PrintOnly = new("--print") { Description = "只打印，不改动任何内容 / only print what would be written or run" };

    public static Command Build()
    {
        var command = new Command("install", "安装为随机器启动的服务(systemd 或 Windows 服务) / have it started with the machine (systemd or Windows)") { Web, Jobs, User, Data, Root, PrintOnly };
        command.SetAction(parsed => Install(
            new Machine(parsed.GetValue(Root)), [.. Wanted(parsed.GetValue(Web), parsed.GetValue(Jobs))], parsed.GetValue(User)!, parsed.GetValue(Data), parsed.GetValue(PrintOnly)));
        return command;
    }

    private static IEnumerable<Hosted> Wanted(bool web, bool jobs) => (web, jobs) switch
    {
        (_, false) => [Hosted.Web],
        (false, true) => [Hosted.Worker],
        _ => [Hosted.Web, Hosted.Worker],
    };

    private static int Install(Machine machine, IReadOnlyList<Hosted> hosts, string user, string? data, bool print)
    {
        if (!Accounts().IsMatch(user))
        {
            return CommandLine.Say(new Refusal("bad_user", "user", "系统用户名应为小写字母、数字、- 与 _。", "The account's name takes small letters, digits, - and _."));
        }

        if (hosts.FirstOrDefault(h => !File.Exists(h.Program)) is { } missing)
        {
            return CommandLine.Say(new Refusal("program_missing", "web", $"本目录中没有 {missing.Program}。", $"There is no {missing.Program}."));
        }

        try
        {
            var first = machine.Found is null;
            var text = JsonSerializer.Serialize(new { Data = new { Folder = data is null ? Machine.DefaultData : Path.GetFullPath(data) }, Log = new { Folder = "logs" } }, Indented);
            var (settings, refused) = Read(machine.Found, text);
            if (refused is not null)
            {
                return CommandLine.Say(refused);
            }

            if (print)
            {
                Console.Write(first ? $"# {machine.Settings}\n{text}\n\n" : "");
                Console.Write(OperatingSystem.IsWindows()
                    ? string.Concat(hosts.SelectMany(h => WindowsHost.Register(h, settings!)).Select(c => $"{c}\n"))
                    : string.Join('\n', hosts.Select(h => $"# {machine.Unit(h)}\n{SystemdUnit.Of(h, user, settings!)}")));
                return CommandLine.Done;
            }

            machine.Write(first ? text : null);
            return OperatingSystem.IsWindows() ? WindowsHost.Install(hosts, settings!) : Write(machine, hosts, user, settings!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CommandLine.Say(new Refusal("not_installed", "root", $"无法写入：{e.Message} 请以 root(Windows：管理员)身份运行。", $"Cannot write: {e.Message} Run it as root (Windows: as an administrator)."));
        }
    }

    private static int Write(Machine machine, IReadOnlyList<Hosted> hosts, string user, DeskSettings settings)
    {
        foreach (var host in hosts)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(machine.Unit(host))!);
            File.WriteAllText(machine.Unit(host), SystemdUnit.Of(host, user, settings));
            Console.WriteLine(machine.Unit(host));
        }

        var units = string.Join(' ', hosts.Select(h => h.UnitName));
        Console.Error.WriteLine("已写入。接下来以 root 身份运行(可重复运行) / Written. Run next, as root; it may be run again:");
        Console.Error.WriteLine($"""
              id {user} >/dev/null 2>&1 || useradd --system --user-group --home-dir {SystemdUnit.Quoted(settings.DataFolder)} --shell /usr/sbin/nologin {user}
              install -d -o {user} -g {user} -m 0750 {string.Join(' ', SystemdUnit.Writes(settings).Select(SystemdUnit.Quoted))}
              chgrp {user} {SystemdUnit.Quoted(Path.Combine(AppContext.BaseDirectory, "appsettings.json"))}
              systemctl daemon-reload && systemctl enable {units} && systemctl restart {units}
            """);
        return CommandLine.Done;
    }

    /// <summary>The settings that the services will find; a data folder of whoever installs would be another one than the service's.</summary>
    private static (DeskSettings? Settings, Refusal? Refused) Read(string? file, string text)
    {
        using var bytes = file is null ? new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) : (Stream)File.OpenRead(file);
        var configuration = new ConfigurationBuilder().AddJsonStream(bytes).Build();
        return configuration["Data:Folder"] is { Length: > 0 } folder && Path.IsPathRooted(folder)
            ? DeskSettings.Read(configuration)
            : (null, new Refusal("data_folder_unset", "Data:Folder", $"请先在 {file} 中写明 Data:Folder(绝对路径)。", $"Say Data:Folder in {file} first, as an absolute path."));
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [GeneratedRegex(@"\A[a-z_][a-z0-9_-]{0,31}\z")]
    private static partial Regex Accounts();
}
