using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using IncidentDesk.Domain;
using Microsoft.Extensions.Configuration;

namespace IncidentDesk;

/// <summary>The database engines that the service runs on.</summary>
public enum Engine
{
    /// <summary>Embedded; made and migrated at start.</summary>
    Sqlite,

    /// <summary>Migrated by the migrate command.</summary>
    SqlServer,

    /// <summary>Migrated by the migrate command.</summary>
    PostgreSql,
}

/// <summary>Where the jobs run.</summary>
public enum JobsHost
{
    /// <summary>Inside the web host.</summary>
    Web,

    /// <summary>In one or more processes of <c>IncidentDesk.Worker run</c>.</summary>
    Worker,
}

/// <summary>Every setting of the product, with its default; <c>appsettings.sample.json</c> says the same in words.</summary>
public sealed partial record DeskSettings
{
    /// <summary>Data:Folder, absolute; by default IncidentDesk below the user's local application data.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Database:Engine.</summary>
    public required Engine Engine { get; init; }

    /// <summary>Database:ConnectionString; relative SQLite paths are relative to the data folder.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Files:Folder, absolute; by default <c>files</c> below the data folder. Hosts on a server engine share it.</summary>
    public string FilesFolder
    {
        get => field ?? Path.Combine(DataFolder, "files");
        init;
    }

    /// <summary>Files:Megabytes: how large one attachment may be, in units of 1 048 576 bytes.</summary>
    public int FileMegabytes { get; init; } = 20;

    /// <summary>The same in bytes.</summary>
    internal long FileBytes => FileMegabytes * 1_048_576L;

    /// <summary>Files:PerTicket: how many attachments one incident may have.</summary>
    public int FilesPerTicket { get; init; } = 30;

    /// <summary>Keys:File, absolute; null: none.</summary>
    public string? KeysFile { get; init; }

    /// <summary>Keys:Certificate, absolute; null: none.</summary>
    public string? KeysCertificate { get; init; }

    /// <summary>Keys:Password of the certificate's file.</summary>
    public string? KeysPassword { get; init; }

    /// <summary>Whether the data-protection keys are encrypted by something that is not in the database.</summary>
    public bool KeysProtected => KeysFile is not null || KeysCertificate is not null;

    /// <summary>Installation:Zone, fixed at first start.</summary>
    public required string Zone { get; init; }

    /// <summary>Installation:NumberPrefix, fixed at first start.</summary>
    public required string NumberPrefix { get; init; }

    /// <summary>Installation:District, fixed at first start.</summary>
    public required string District { get; init; }

    /// <summary>Jobs:Host.</summary>
    public JobsHost JobsHost { get; init; }

    /// <summary>Database:SharedCommits: whether faults that are logged at the same time share a commit.</summary>
    public bool SharedCommits { get; init; } = true;

    /// <summary>Accounts:*.</summary>
    public Accounts.AccountRules Accounts { get; init; } = new();

    /// <summary>SignIn:OpenIdConnect:*; null: people sign in here only.</summary>
    public Accounts.IdentityProviderSettings? IdentityProvider { get; init; }

    /// <summary>Log:Syslog: where entries of the security log go as well, <c>udp://host:port</c> or <c>tcp://host:port</c>; null: nowhere.</summary>
    public Uri? Syslog { get; init; }

    /// <summary>Clock:Ntp: the NTP server that this host's clock is measured against; null: none.</summary>
    public DnsEndPoint? Ntp { get; init; }

    /// <summary>Privacy:EraseAfterMonths: how many calendar months after a ticket was over its texts are erased; 0: never.</summary>
    public int EraseAfterMonths { get; init; } = 24;

    /// <summary>Telemetry:OtlpEndpoint; null: telemetry leaves the process nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Telemetry:Prometheus: whether the web host answers <c>/metrics</c>.</summary>
    public bool Prometheus { get; init; }

    /// <summary>Log:Folder, absolute; null: no log files.</summary>
    public string? LogFolder { get; init; }

    /// <summary>Log:SizeMegabytes: how large one log file becomes before the next begins, in units of 1 048 576 bytes.</summary>
    public int LogSizeMegabytes { get; init; } = 50;

    /// <summary>Log:KeptDays: log files older than that are deleted.</summary>
    public int LogKeptDays { get; init; } = 31;

    /// <summary>Web:PathBase: below which path a gateway serves the web host, as <c>/desk</c>; empty: at the root.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>Web:Certificate, absolute: the PFX file for https; null: none.</summary>
    public string? WebCertificate { get; init; }

    /// <summary>Web:CertificatePassword of it.</summary>
    public string? WebCertificatePassword { get; init; }

    /// <summary>Web:KnownProxies: the gateways whose X-Forwarded headers are believed; nobody else's are.</summary>
    public IReadOnlyList<IPNetwork> KnownProxies { get; init; } = [];

    /// <summary>Web:PublicAddress: where people open the desk, path base included, without a slash at the end; null: messages hold no links.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>Web:LinkHours: for how long the link of a message opens.</summary>
    public TimeSpan LinkLifetime { get; init; } = TimeSpan.FromHours(72);

    /// <summary>Outgoing:Allow: what may be called without https, or on this machine.</summary>
    public OutgoingAddresses Outgoing { get; init; } = new(new HashSet<string>());

    /// <summary>Outgoing:TimeoutSeconds: how long a channel waits for its server.</summary>
    public TimeSpan OutgoingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Engine and place. The members that a record prints hold passwords.</summary>
    public override string ToString() => Data.EngineOptions.Describe(this);

    /// <summary>
    /// The one way every process finds its configuration: <c>appsettings.json</c> beside the executable, the file named in DESK_CONFIG, environment, arguments.
    /// </summary>
    private static IConfiguration Configuration(params string[] args)
    {
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        if (Environment.GetEnvironmentVariable("DESK_CONFIG") is { Length: > 0 } file)
        {
            builder.AddJsonFile(Path.GetFullPath(file), optional: false);
        }

        return builder.AddEnvironmentVariables().AddCommandLine(args).Build();
    }

    /// <summary>Finds the configuration and reads the settings of this process from it; the refusal names the file or the setting that is wrong.</summary>
    public static (IConfiguration? Configuration, DeskSettings? Settings, Refusal? Refused) Find(params string[] args)
    {
        try
        {
            var configuration = Configuration(args);
            var (settings, refused) = Read(configuration);
            return (configuration, settings, refused ?? Data.EngineOptions.Check(settings!));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or FormatException)
        {
            return (null, null, new Refusal("bad_settings_file", "DESK_CONFIG", "设置文件不存在或无法读取。", $"A settings file cannot be read: {e.Message}"));
        }
    }

    /// <summary>The engine of a name, in any case; null where it is none. Numbers and lists, which an enum's own reader takes, are none.</summary>
    public static Engine? EngineOf(string name) =>
        Enum.GetValues<Engine>().Where(e => e.ToString().Equals(name, StringComparison.OrdinalIgnoreCase)).Select(e => (Engine?)e).SingleOrDefault();

    /// <summary>Reads and checks the settings; the refusal names the setting that is wrong.</summary>
    public static (DeskSettings? Settings, Refusal? Refused) Read(IConfiguration configuration)
    {
        var folder = configuration["Data:Folder"] is { Length: > 0 } set
            ? Path.GetFullPath(set)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "IncidentDesk");
        var engineName = configuration["Database:Engine"] ?? nameof(Engine.Sqlite);
        if (EngineOf(engineName) is not { } engine)
        {
            return Bad("bad_engine", "Database:Engine", "应为 Sqlite、SqlServer 或 PostgreSql", "must be Sqlite, SqlServer or PostgreSql");
        }

        var connection = configuration["Database:ConnectionString"];
        if (string.IsNullOrWhiteSpace(connection))
        {
            if (engine != Engine.Sqlite)
            {
                return Bad("missing_connection_string", "Database:ConnectionString", $"使用 {engine} 时必须填写", $"is required with {engine}");
            }

            connection = "Data Source=incidentdesk.db";
        }

        var hostName = configuration["Jobs:Host"] ?? nameof(JobsHost.Web);
        if (!Enum.TryParse<JobsHost>(hostName, ignoreCase: true, out var host) || !Enum.IsDefined(host) || char.IsAsciiDigit(hostName[0]))
        {
            return Bad("bad_jobs_host", "Jobs:Host", "应为 Web 或 Worker", "must be Web or Worker");
        }

        if (!bool.TryParse(configuration["Database:SharedCommits"] ?? "true", out var shared))
        {
            return Bad("bad_shared_commits", "Database:SharedCommits", "应为 true 或 false", "must be true or false");
        }

        DnsEndPoint? ntp = null;
        if (configuration["Clock:Ntp"] is { Length: > 0 } named && (ntp = Clocks.SntpClient.ServerOf(named)) is null)
        {
            return Bad("bad_ntp_server", "Clock:Ntp", "应为主机名或“主机名:端口”", "must be a host, or host:port");
        }

        if (!int.TryParse(configuration["Privacy:EraseAfterMonths"] ?? "24", NumberStyles.None, CultureInfo.InvariantCulture, out var eraseAfter) || eraseAfter is not (0 or (>= 6 and <= 600)))
        {
            return Bad("bad_erase_after", "Privacy:EraseAfterMonths", "应为 6 至 600，或 0(不清除)", "must be 6 to 600, or 0 for never");
        }

        var otlp = configuration["Telemetry:OtlpEndpoint"];
        Uri? endpoint = null;
        if (!string.IsNullOrWhiteSpace(otlp) && !(Uri.TryCreate(otlp, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https"))
        {
            return Bad("bad_otlp_endpoint", "Telemetry:OtlpEndpoint", "应为 http(s) 地址", "must be an http(s) address");
        }

        if (!bool.TryParse(configuration["Telemetry:Prometheus"] ?? "false", out var prometheus))
        {
            return Bad("bad_prometheus", "Telemetry:Prometheus", "应为 true 或 false", "must be true or false");
        }

        if (Whole("Files:Megabytes", 20) is not (>= 1 and <= 50 and var fileMegabytes))
        {
            return Bad("bad_file_size", "Files:Megabytes", "应为 1 至 50 的整数", "must be a whole number from 1 to 50");
        }

        if (Whole("Files:PerTicket", 30) is not (>= 1 and <= 200 and var perTicket))
        {
            return Bad("bad_file_count", "Files:PerTicket", "应为 1 至 200 的整数", "must be a whole number from 1 to 200");
        }

        if (Whole("Log:SizeMegabytes", 50) is not (>= 1 and <= 1024 and var megabytes))
        {
            return Bad("bad_log_size", "Log:SizeMegabytes", "应为 1 至 1024 的整数", "must be a whole number from 1 to 1024");
        }

        if (Whole("Log:KeptDays", 31) is not (>= 1 and <= 3660 and var days))
        {
            return Bad("bad_log_days", "Log:KeptDays", "应为 1 至 3660 的整数", "must be a whole number from 1 to 3660");
        }

        var pathBase = configuration["Web:PathBase"] ?? "";
        if (!Paths().IsMatch(pathBase))
        {
            return Bad("bad_path_base", "Web:PathBase", "应以 / 开头、不以 / 结尾，如 /desk，或留空", "must begin with / and not end with it, as /desk, or be empty");
        }

        var proxies = (configuration["Web:KnownProxies"] ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries).Select(NetworkOf).ToList();
        if (proxies.Contains(null))
        {
            return Bad("bad_known_proxies", "Web:KnownProxies", "应为 IP 地址或网段(如 10.1.2.0/24)，以逗号分隔", "must be IP addresses or networks (10.1.2.0/24), separated by commas");
        }

        if (OutgoingAddresses.Read(configuration["Outgoing:Allow"]) is not { } outgoing)
        {
            return Bad("bad_outgoing_allow", "Outgoing:Allow", "应为“主机:端口”，以逗号分隔", "must be host:port, separated by commas");
        }

        // A message that could outlast its lease would be sent by another worker meanwhile.
        if (Whole("Outgoing:TimeoutSeconds", 10) is not (>= 1 and <= 15 and var outgoingSeconds))
        {
            return Bad("bad_outgoing_timeout", "Outgoing:TimeoutSeconds", "应为 1 至 15 的整数", "must be a whole number from 1 to 15");
        }

        var publicAddress = (configuration["Web:PublicAddress"] ?? "").TrimEnd('/');
        if (publicAddress.Length > 0 && !(publicAddress.Length <= 200 && Uri.TryCreate(publicAddress, UriKind.Absolute, out var opened) && opened.Scheme is "https" or "http"
            && opened.Query.Length + opened.Fragment.Length + opened.UserInfo.Length == 0))
        {
            return Bad("bad_public_address", "Web:PublicAddress", "应为 http(s) 地址，不带参数", "must be an http(s) address without a query");
        }

        if (Whole("Web:LinkHours", 72) is not (>= 1 and <= 720 and var linkHours))
        {
            return Bad("bad_link_hours", "Web:LinkHours", "应为 1 至 720 的整数", "must be a whole number from 1 to 720");
        }

        var (accounts, badAccounts) = IncidentDesk.Accounts.AccountRules.Read(configuration);
        if (accounts is null)
        {
            return (null, badAccounts);
        }

        var (provider, badProvider) = IncidentDesk.Accounts.IdentityProviderSettings.Read(configuration, folder, outgoing);
        if (badProvider is not null)
        {
            return (null, badProvider);
        }

        Uri? syslog = null;
        if (configuration["Log:Syslog"] is { Length: > 0 } receiver
            && !(Uri.TryCreate(receiver, UriKind.Absolute, out syslog) && syslog is { Scheme: "udp" or "tcp", Host.Length: > 0, Port: > 0, PathAndQuery: "" or "/" }))
        {
            return Bad("bad_syslog", "Log:Syslog", "应为 udp://主机:端口 或 tcp://主机:端口", "must be udp://host:port or tcp://host:port");
        }

        var settings = new DeskSettings
        {
            DataFolder = folder,
            Engine = engine,
            ConnectionString = connection,
            FilesFolder = Path.GetFullPath(configuration["Files:Folder"] is { Length: > 0 } files ? files : "files", folder),
            FileMegabytes = fileMegabytes,
            FilesPerTicket = perTicket,
            KeysFile = PathOf("Keys:File"),
            KeysCertificate = PathOf("Keys:Certificate"),
            KeysPassword = configuration["Keys:Password"] is { Length: > 0 } password ? password : null,
            Zone = configuration["Installation:Zone"] ?? "Asia/Shanghai",
            NumberPrefix = configuration["Installation:NumberPrefix"] ?? "BY",
            District = configuration["Installation:District"] ?? "广州市白云区",
            SharedCommits = shared,
            JobsHost = host,
            Ntp = ntp,
            EraseAfterMonths = eraseAfter,
            OtlpEndpoint = endpoint,
            Prometheus = prometheus,
            LogFolder = PathOf("Log:Folder"),
            LogSizeMegabytes = megabytes,
            LogKeptDays = days,
            WebCertificate = PathOf("Web:Certificate"),
            WebCertificatePassword = configuration["Web:CertificatePassword"] is { Length: > 0 } webPassword ? webPassword : null,
            PathBase = pathBase,
            KnownProxies = [.. proxies.Select(p => p!.Value)],
            Accounts = accounts,
            PublicAddress = publicAddress.Length == 0 ? null : publicAddress,
            LinkLifetime = TimeSpan.FromHours(linkHours),
            Outgoing = outgoing,
            OutgoingTimeout = TimeSpan.FromSeconds(outgoingSeconds),
            IdentityProvider = provider,
            Syslog = syslog,
        };
        return Domain.Sla.Zone.Find(settings.Zone) is null
                ? Bad("unknown_zone", "Installation:Zone", "不是本机认识的 IANA 时区", "is not an IANA time zone that this machine knows")
            : settings.NumberPrefix.Length is < 1 or > 8 || !settings.NumberPrefix.All(char.IsAsciiLetterUpper)
                ? Bad("bad_number_prefix", "Installation:NumberPrefix", "应为 1 至 8 个大写拉丁字母", "must be 1 to 8 capital Latin letters")
            : settings.District.Trim().Length is < 1 or > Data.DeskDb.NameLength || settings.District.Any(char.IsControl)
                ? Bad("bad_district", "Installation:District", "应为 1 至 100 个字", "must be 1 to 100 characters")
            : settings is { KeysFile: not null, KeysCertificate: not null }
                ? Bad("two_keys", "Keys", "中 File 与 Certificate 只能填一个", "takes File or Certificate, not both")
            : (settings, null);

        string? PathOf(string key) => configuration[key] is { Length: > 0 } path ? Path.GetFullPath(path, folder) : null;

        int? Whole(string key, int otherwise) => configuration[key] is not { } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        static (DeskSettings?, Refusal) Bad(string code, string field, string zh, string en) =>
            (null, new Refusal(code, field, $"设置 {field} {zh}。", $"The setting {field} {en}."));
    }

    /// <summary>A network, or a single address as the smallest one.</summary>
    private static IPNetwork? NetworkOf(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network : null;

    [GeneratedRegex(@"\A(/[A-Za-z0-9._~-]+)*\z")]
    private static partial Regex Paths();
}
