using System.Diagnostics;

namespace IncidentDesk.Worker;

/// <summary>
/// The services of Windows, by the tools that come with it: an account of the service's own, a start after the machine's, a restart five seconds after it ended. Built here,
/// and not run on a Windows machine yet.
/// </summary>
internal static class WindowsHost
{
    /// <summary>A program of Windows and its words.</summary>
    internal sealed record Call(string Program, params string[] Words)
    {
        public override string ToString() => string.Join(' ', [Program, .. Words.Select(w => w.Any(c => c is ' ' or '"' or ';' or '(') ? $"\"{w.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : w)]);
    }

    public static IEnumerable<Call> Register(Hosted host, DeskSettings settings)
    {
        var account = @"NT SERVICE\" + host.Name;
        var command = $"\"{host.Program}\"{(host.Words.Length > 0 ? " " + host.Words : "")}";
        yield return Registered(host)
            ? new Call("sc.exe", "config", host.Name, "binPath=", command)
            : new Call("sc.exe", "create", host.Name, "binPath=", command, "start=", "delayed-auto", "obj=", account, "DisplayName=", host.Says);
        yield return new Call("sc.exe", "failure", host.Name, "reset=", "86400", "actions=", "restart/5000/restart/5000/restart/5000");
        yield return new Call("sc.exe", "failureflag", host.Name, "1");

        // As in the systemd unit, and for its reason.
        yield return new Call("reg.exe", "add", @"HKLM\SYSTEM\CurrentControlSet\Services\" + host.Name, "/v", "Environment", "/t", "REG_MULTI_SZ", "/d", "DOTNET_EnableWriteXorExecute=0", "/f");
        foreach (var folder in Folders(settings))
        {
            yield return new Call("icacls.exe", folder, "/grant", account + ":(OI)(CI)M");
        }
    }

    /// <summary>Makes the folders, and registers.</summary>
    public static int Install(IEnumerable<Hosted> hosts, DeskSettings settings)
    {
        foreach (var folder in Folders(settings))
        {
            Directory.CreateDirectory(folder);
        }

        return Run(hosts.SelectMany(h => Register(h, settings)));
    }

    public static IEnumerable<Call> Unregister() => new[] { Hosted.Web, Hosted.Worker }.Where(Registered)
        .SelectMany(h => new[] { new Call("sc.exe", "stop", h.Name), new Call("sc.exe", "delete", h.Name) });

    /// <summary>Runs them in order and stops at the first that fails; that a service to be stopped stands still already is no failure.</summary>
    public static int Run(IEnumerable<Call> calls)
    {
        foreach (var call in calls)
        {
            Console.Error.WriteLine(call);
            if (Exit(call) != 0 && call.Words[0] != "stop")
            {
                Console.Error.WriteLine("failed: 上一条命令未成功；请以管理员身份运行。 / The command above failed; run this as an administrator.");
                return CommandLine.Failed;
            }
        }

        Console.Error.WriteLine("已完成。安装后以 sc.exe start IncidentDesk.Web 启动。 / Done. After an install: sc.exe start IncidentDesk.Web");
        return CommandLine.Done;
    }

    private static IEnumerable<string> Folders(DeskSettings settings) => new[] { settings.DataFolder, settings.FilesFolder, settings.LogFolder }.OfType<string>().Distinct();

    private static bool Registered(Hosted host) => OperatingSystem.IsWindows() && Exit(new Call("sc.exe", "query", host.Name)) == 0;

    private static int Exit(Call call)
    {
        using var process = Process.Start(new ProcessStartInfo(call.Program, call.Words) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
