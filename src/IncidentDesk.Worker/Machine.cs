namespace IncidentDesk.Worker;

/// <summary>One of the two programs as something that starts with the machine.</summary>
internal sealed record Hosted(string Name, string Words, string Says, string UnitName)
{
    public static readonly Hosted Web = new("IncidentDesk.Web", "", "IncidentDesk 工单时效 web host", "incidentdesk-web");

    public static readonly Hosted Worker = new("IncidentDesk.Worker", "run", "IncidentDesk 工单时效 jobs", "incidentdesk-worker");

    /// <summary>The program, in the folder of the one that runs now.</summary>
    public string Program => Path.Combine(AppContext.BaseDirectory, Name + (OperatingSystem.IsWindows() ? ".exe" : ""));
}

/// <summary>Where things of the product lie on this machine; with a root, below that.</summary>
internal sealed class Machine(string? root)
{
    /// <summary>Where data goes unless somebody says otherwise.</summary>
    public static string DefaultData => OperatingSystem.IsWindows() ? Path.Combine(Common, "data") : "/var/lib/incidentdesk";

    /// <summary>The machine's settings, of every version that is unpacked on it.</summary>
    public string Settings => Below(OperatingSystem.IsWindows() ? Path.Combine(Common, "appsettings.json") : "/etc/incidentdesk/appsettings.json");

    /// <summary>The settings that the programs of this folder read already; null where there are none yet.</summary>
    public string? Found => new FileInfo(Beside) is { Exists: true } own && own.LinkTarget != new Machine(null).Settings ? Beside : File.Exists(Settings) ? Settings : null;

    private string Beside => Below(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));

    private static string Common => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "IncidentDesk");

    public string Unit(Hosted host) => Below($"/etc/systemd/system/{host.UnitName}.service");

    /// <summary>Writes new settings, which hold passwords one day, for their owner and group only; and lets this folder's programs find the machine's.</summary>
    public void Write(string? text)
    {
        if (text is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Settings)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
            }

            using var file = new StreamWriter(Settings, options);
            file.Write(text + "\n");
        }

        if (!File.Exists(Beside))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Beside)!);
            File.CreateSymbolicLink(Beside, new Machine(null).Settings);
        }
    }

    private string Below(string path) => root is null ? path : Path.Join(Path.GetFullPath(root), path);
}
