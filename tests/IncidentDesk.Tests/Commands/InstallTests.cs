using System.Diagnostics;

namespace IncidentDesk.Tests.Commands;

/// <summary>What install writes, below a folder of the test's own; that a machine's systemd takes it is asked of systemd-analyze.</summary>
public sealed class InstallTests : IDisposable
{
    private static readonly string Programs = AppContext.BaseDirectory;
    private readonly DeskFolder folder = new();

    private string Root => folder.Place("root");

    private string Settings => Root + "/etc/incidentdesk/appsettings.json";

    [Fact]
    public async Task Install_writes_the_units_and_once_the_settings_and_uninstall_takes_the_units_away()
    {
        var ran = (await Install("--web", "--worker", "--user", "desk")).Exits(0);

        var web = await File.ReadAllTextAsync(Unit("web"));
        Assert.Equal($"{Unit("web")}\n{Unit("worker")}\n", ran.Out);
        Assert.Contains($"\nExecStart={Programs}IncidentDesk.Web\n", web, StringComparison.Ordinal);
        Assert.Contains($"\nExecStart={Programs}IncidentDesk.Worker run\n", await File.ReadAllTextAsync(Unit("worker")), StringComparison.Ordinal);
        Assert.All(
            ["User=desk", "Type=notify", "Restart=always", "Environment=DOTNET_EnableWriteXorExecute=0", "ProtectSystem=strict", "ReadWritePaths=/var/lib/incidentdesk"],
            line => Assert.Contains($"\n{line}\n", web, StringComparison.Ordinal));
        Assert.Contains("install -d -o desk -g desk -m 0750 /var/lib/incidentdesk\n", ran.Error, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, new FileInfo(Settings).UnixFileMode);
        Assert.Equal("/etc/incidentdesk/appsettings.json", new FileInfo(Root + Programs + "appsettings.json").LinkTarget);

        const string edited = """{ "Data": { "Folder": "/srv/desk" }, "Files": { "Folder": "/mnt/shared files" }, "Log": { "Folder": "logs" } }""";
        await File.WriteAllTextAsync(Settings, edited);
        (await Install("--user", "desk")).Exits(0);
        Assert.Equal(edited, await File.ReadAllTextAsync(Settings));
        Assert.Contains("\nReadWritePaths=/srv/desk \"/mnt/shared files\"\n", await File.ReadAllTextAsync(Unit("web")), StringComparison.Ordinal);

        (await Worker("uninstall", "--root", Root)).Exits(0);
        Assert.False(File.Exists(Unit("web")) || File.Exists(Unit("worker")));
        Assert.Equal(edited, await File.ReadAllTextAsync(Settings));
    }

    [Fact]
    public async Task Print_says_all_of_it_and_writes_nothing()
    {
        var ran = (await Install("--print", "--data", "/srv/desk")).Exits(0);

        Assert.Contains("\"Folder\": \"/srv/desk\"", ran.Out, StringComparison.Ordinal);
        Assert.Contains("\nReadWritePaths=/srv/desk\n", ran.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public async Task What_cannot_be_installed_is_refused()
    {
        (await Install("--user", "desk\nExecStartPre=/bin/true")).Refused("bad_user");
        Directory.CreateDirectory(Path.GetDirectoryName(Settings)!);
        await File.WriteAllTextAsync(Settings, """{ "Log": { "Folder": "logs" } }""");
        (await Install()).Refused("data_folder_unset");
        (await folder.Run(["install", "--root", Root], null, program: Repo.Worker)).Refused("program_missing");
        Assert.False(File.Exists(Unit("web")));
    }

    [OnSystemd]
    public async Task The_units_are_such_as_systemd_reads()
    {
        (await Install("--web", "--worker")).Exits(0);

        using var verify = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", Unit("web"), Unit("worker")]) { RedirectStandardError = true })!;
        var said = await verify.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await verify.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain("incidentdesk-", said, StringComparison.Ordinal);
        Assert.Equal(0, verify.ExitCode);
    }

    public void Dispose() => folder.Dispose();

    private Task<Ran> Install(params string[] words) => Worker(["install", "--root", Root, .. words]);

    /// <summary>The command line that lies beside the web host, as in an archive.</summary>
    private Task<Ran> Worker(params string[] words) => folder.Run(words, null, program: Path.Combine(Programs, "IncidentDesk.Worker.dll"));

    private string Unit(string name) => $"{Root}/etc/systemd/system/incidentdesk-{name}.service";

    /// <summary>Skipped by name where systemd is not there.</summary>
    private sealed class OnSystemdAttribute : FactAttribute
    {
        public OnSystemdAttribute() => Skip = File.Exists("/usr/bin/systemd-analyze") ? null! : "systemd-analyze is not installed";
    }
}
