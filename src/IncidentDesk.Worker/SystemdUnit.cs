namespace IncidentDesk.Worker;

/// <summary>The unit of one program. It may write where the settings put data, files and logs, and nowhere else.</summary>
internal static class SystemdUnit
{
    private static readonly string[] Homes = ["/home", "/root", "/run/user"];
    private static readonly string[] Scratch = ["/tmp", "/var/tmp"];

    public static string Of(Hosted host, string user, DeskSettings settings)
    {
        var needs = new[] { AppContext.BaseDirectory, settings.KeysFile, settings.KeysCertificate }.OfType<string>().Concat(Writes(settings)).ToList();
        return $"""
            [Unit]
            Description={host.Says}
            Documentation=file:{AppContext.BaseDirectory}runbook.md
            Wants=network-online.target
            After=network-online.target time-sync.target postgresql.service
            # A desk that watches deadlines is tried again for ever, also after a night without its database.
            StartLimitIntervalSec=0

            [Service]
            Type=notify
            User={user}
            ExecStart={Quoted(host.Program)}{(host.Words.Length > 0 ? " " + host.Words : "")}
            Restart=always
            RestartSec=5
            # An SQLite desk of an older version is migrated before it says that it is ready.
            TimeoutStartSec=30min
            TimeoutStopSec=30
            KillMode=mixed
            # Told to stop in the middle of a job.
            SuccessExitStatus=143
            # Pages are mapped for writing and for running at once, as before .NET 7: the start takes about an eighth less (measured: 2.2 s instead of 2.55 s). The double mapping is a
            # defence in depth against faults of native code; take the line away where that weighs more.
            Environment=DOTNET_EnableWriteXorExecute=0
            LimitNOFILE=65536
            UMask=0027

            ReadWritePaths={string.Join(' ', Writes(settings).Select(Quoted))}
            NoNewPrivileges=yes
            CapabilityBoundingSet=
            ProtectSystem=strict
            {Unless(needs, Homes, "ProtectHome=yes")}
            {Unless(needs, Scratch, "PrivateTmp=yes")}
            PrivateDevices=yes
            ProtectClock=yes
            ProtectHostname=yes
            ProtectKernelLogs=yes
            ProtectKernelModules=yes
            ProtectKernelTunables=yes
            ProtectControlGroups=yes
            RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            SystemCallArchitectures=native
            SystemCallFilter=@system-service
            # No MemoryDenyWriteExecute: .NET compiles while it runs.

            [Install]
            WantedBy=multi-user.target

            """;
    }

    /// <summary>
    /// The data folder, and what lies beyond it. systemd starts no service while one of these is missing; what lies within the data folder the programs make.
    /// </summary>
    public static IEnumerable<string> Writes(DeskSettings settings) => new[] { settings.FilesFolder, settings.LogFolder }.OfType<string>()
        .Where(f => !f.StartsWith(settings.DataFolder.TrimEnd('/') + "/", StringComparison.Ordinal)).Prepend(settings.DataFolder).Distinct();

    private static string Unless(List<string> needs, string[] hidden, string line) =>
        needs.Find(n => hidden.Any(h => n.StartsWith(h + "/", StringComparison.Ordinal))) is { } within ? $"# Not {line}: {within.ReplaceLineEndings(" ")} lies there." : line;

    /// <summary>A path as systemd reads it: quotes, backslashes and its two specials doubled.</summary>
    public static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
            ? path
            : "\"" + path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal) + "\"";
}
