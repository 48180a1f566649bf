using Microsoft.Extensions.Configuration;

namespace IncidentDesk.Tests;

/// <summary>The sample settings are the documentation of the settings: they bind, they are valid, and they say the defaults.</summary>
public sealed class SampleSettingsTests
{
    private static readonly string[] Keys =
        ["urls", "Data:Folder", "Database:Engine", "Database:ConnectionString", "Database:SharedCommits", "Files:Folder", "Files:Megabytes", "Files:PerTicket", "Keys:File", "Keys:Certificate", "Keys:Password", "Installation:Zone", "Installation:NumberPrefix", "Installation:District", "Jobs:Host", "Clock:Ntp", "Privacy:EraseAfterMonths",
        "Accounts:PasswordLength", "Accounts:PasswordDays", "Accounts:LockAfter", "Accounts:LockMinutes", "Accounts:IdleMinutes", "Accounts:StaffPhoneIdleMinutes", "Accounts:SessionHours", "Accounts:SecondFactorRoles", "Accounts:AuditDays", "Web:Certificate", "Web:CertificatePassword",
        "Telemetry:OtlpEndpoint", "Telemetry:Prometheus", "Log:Folder", "Log:SizeMegabytes", "Log:KeptDays", "Web:PathBase", "Web:KnownProxies", "Web:PublicAddress", "Web:LinkHours", "Outgoing:Allow", "Outgoing:TimeoutSeconds", "Log:Syslog", "Accounts:LockAddressAfter",
        "SignIn:OpenIdConnect:Authority", "SignIn:OpenIdConnect:ClientId", "SignIn:OpenIdConnect:ClientSecret", "SignIn:OpenIdConnect:ClientSecretFile", "SignIn:OpenIdConnect:PersonClaim"];

    private static IConfiguration Sample => new ConfigurationBuilder().AddJsonFile(Repo.File("appsettings.sample.json")).Build();

    [Fact]
    public void The_sample_names_every_setting_and_no_other() =>
        Assert.Equal(Keys.Order(), Sample.AsEnumerable().Where(s => s.Value is not null).Select(s => s.Key).Order());

    [Fact]
    public void The_sample_says_the_defaults()
    {
        var (sample, refused) = DeskSettings.Read(Sample);
        var (bare, _) = DeskSettings.Read(new ConfigurationBuilder().Build());

        Assert.Null(refused);
        Assert.Equivalent(bare, sample, strict: true);
    }

    [Fact]
    public void Every_setting_of_the_sample_has_a_sentence()
    {
        var lines = File.ReadAllLines(Repo.File("appsettings.sample.json"));
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Contains("\":", StringComparison.Ordinal) && !lines[i].TrimEnd().EndsWith('{'))
            {
                Assert.StartsWith("//", lines[i - 1].TrimStart(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("Database:Engine", "Oracle", "bad_engine")]
    [InlineData("Database:Engine", "1", "bad_engine")]
    [InlineData("Database:Engine", "SqlServer", "missing_connection_string")]
    [InlineData("Installation:Zone", "Mars/Olympus", "unknown_zone")]
    [InlineData("Installation:NumberPrefix", "by", "bad_number_prefix")]
    [InlineData("Installation:NumberPrefix", "TOOLONGPREFIX", "bad_number_prefix")]
    [InlineData("Installation:District", " ", "bad_district")]
    [InlineData("Database:SharedCommits", "often", "bad_shared_commits")]
    [InlineData("Jobs:Host", "Cron", "bad_jobs_host")]
    [InlineData("Jobs:Host", "", "bad_jobs_host")]
    [InlineData("Telemetry:OtlpEndpoint", "collector:4317", "bad_otlp_endpoint")]
    [InlineData("Clock:Ntp", "ntp.by.gov.cn:0", "bad_ntp_server")]
    [InlineData("Clock:Ntp", "ntp://ntp.by.gov.cn", "bad_ntp_server")]
    [InlineData("Accounts:PasswordLength", "7", "bad_account_rule")]
    [InlineData("Accounts:AuditDays", "184", "bad_account_rule")]
    [InlineData("Accounts:IdleMinutes", "x", "bad_account_rule")]
    [InlineData("Accounts:SecondFactorRoles", "boss", "bad_account_rule")]
    [InlineData("Clock:Ntp", "one two", "bad_ntp_server")]
    [InlineData("Telemetry:Prometheus", "9090", "bad_prometheus")]
    [InlineData("Files:Megabytes", "51", "bad_file_size")]
    [InlineData("Files:PerTicket", "0", "bad_file_count")]
    [InlineData("Log:SizeMegabytes", "0", "bad_log_size")]
    [InlineData("Log:KeptDays", "a month", "bad_log_days")]
    [InlineData("Web:PathBase", "desk", "bad_path_base")]
    [InlineData("Web:PathBase", "/desk/", "bad_path_base")]
    [InlineData("Web:PathBase", "//elsewhere", "bad_path_base")]
    [InlineData("Web:KnownProxies", "10.0.0.1, gateway", "bad_known_proxies")]
    [InlineData("Web:KnownProxies", "10.0.0.1/99", "bad_known_proxies")]
    [InlineData("Accounts:LockAddressAfter", "9", "bad_account_rule")]
    [InlineData("SignIn:OpenIdConnect:Authority", "sso.by.gov.cn", "bad_authority")]
    [InlineData("SignIn:OpenIdConnect:Authority", "https://desk:word@sso.by.gov.cn", "bad_authority")]
    [InlineData("SignIn:OpenIdConnect:Authority", "http://sso.by.gov.cn", "authority_not_https")]
    [InlineData("SignIn:OpenIdConnect:Authority", "https://sso.by.gov.cn", "client_id_missing")]
    [InlineData("Outgoing:Allow", "sso.by.gov.cn", "bad_outgoing_allow")]
    [InlineData("Outgoing:Allow", "http://sso.by.gov.cn:80", "bad_outgoing_allow")]
    [InlineData("Log:Syslog", "10.1.2.3:514", "bad_syslog")]
    [InlineData("Log:Syslog", "udp://10.1.2.3", "bad_syslog")]
    [InlineData("Log:Syslog", "http://10.1.2.3:514", "bad_syslog")]
    [InlineData("Outgoing:TimeoutSeconds", "16", "bad_outgoing_timeout")]
    [InlineData("Web:PublicAddress", "desk.by.gov.cn", "bad_public_address")]
    [InlineData("Web:PublicAddress", "https://desk.by.gov.cn/?a=1", "bad_public_address")]
    [InlineData("Web:LinkHours", "0", "bad_link_hours")]
    [InlineData("Web:LinkHours", "721", "bad_link_hours")]
    [InlineData("Privacy:EraseAfterMonths", "5", "bad_erase_after")]
    [InlineData("Privacy:EraseAfterMonths", "601", "bad_erase_after")]
    [InlineData("Privacy:EraseAfterMonths", "-6", "bad_erase_after")]
    [InlineData("Privacy:EraseAfterMonths", "", "bad_erase_after")]
    public void A_wrong_setting_is_refused_by_name(string key, string value, string code)
    {
        var (_, refused) = DeskSettings.Read(new ConfigurationBuilder()
            .AddInMemoryCollection([new("Database:ConnectionString", ""), new(key, value)]).Build());

        Assert.Equal(code, refused!.Code);
    }

    [Theory]
    [InlineData("sqlite", Engine.Sqlite)]
    [InlineData("SQLSERVER", Engine.SqlServer)]
    [InlineData("postgresql", Engine.PostgreSql)]
    public void An_engine_is_named_in_any_case(string name, Engine engine)
    {
        var (settings, _) = DeskSettings.Read(new ConfigurationBuilder()
            .AddInMemoryCollection([new("Database:Engine", name), new("Database:ConnectionString", "Host=here")]).Build());

        Assert.Equal(engine, settings!.Engine);
    }
}
