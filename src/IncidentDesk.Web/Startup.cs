using System.Globalization;
using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Jobs;
using IncidentDesk.Pipeline;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Connections;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace IncidentDesk.Web;

/// <summary>What the host does before it serves.</summary>
internal static class Startup
{
    private const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Configuration and database as in every process, and the addresses to listen on: beyond loopback only by https, or behind a gateway that speaks it.</summary>
    public static Refusal? AddDesk(this WebApplicationBuilder builder, string[] args)
    {
        // As on the command line: words are of our own hand, and numbers the same on every machine, whatever its language.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        var (configuration, settings, refused) = DeskSettings.Find(args);
        if (refused is not null)
        {
            return refused;
        }

        var urls = configuration!["urls"] ?? configuration["ASPNETCORE_URLS"] ?? DefaultUrl;
        var (certificate, untrusted) = Certificate(settings!, urls.Split(';'));
        if (untrusted is not null)
        {
            return untrusted;
        }

        builder.WebHost.UseUrls(urls.Split(';')).UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate);
        });
        builder.Services.AddIncidentDesk(settings!);
        builder.Services.AddDeskApi();
        if (builder.Services.AddIdentityProvider(settings!) is { } secretless)
        {
            return secretless;
        }

        builder.Services.AddSystemd().AddWindowsService(service => service.ServiceName = "IncidentDesk.Web");
        builder.Logging.AddDeskLog(settings!).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (Assembly.GetEntryAssembly()?.GetName().Name != "GetDocument.Insider")
        {
            builder.Services.AddJobs(onlyClock: settings!.JobsHost != JobsHost.Web);
        }

        var export = builder.Services.AddDeskExport(settings!, settings!.Prometheus)?.WithMetrics(m => m.AddAspNetCoreInstrumentation());
        _ = settings.OtlpEndpoint is null ? null : export?.WithTracing(t => t.AddAspNetCoreInstrumentation());
        _ = settings.Prometheus ? export?.WithMetrics(m => m.AddPrometheusExporter()) : null;

        Console.Error.WriteLine(EngineOptions.Describe(settings!));
        Console.Error.WriteLine(urls);
        return null;
    }

    /// <summary>The arguments without <c>--demo</c>, and whether it stood there: a word to one start, not a setting.</summary>
    public static string[] Demonstration(string[] args, out bool demonstration)
    {
        demonstration = args.Contains("--demo");
        return [.. args.Where(a => a != "--demo")];
    }

    /// <summary>Makes the database ready, or says in one sentence on stderr why not and gives the exit code: 1 where something must be changed first, 3 where the same start may succeed later.</summary>
    public static async Task<int?> Unready(this WebApplication app, bool demonstration)
    {
        try
        {
            return await DeskStart.Prepare(app.Services.GetRequiredService<DeskSettings>(), CancellationToken.None, demonstration) is { } refused ? Say(refused) : null;
        }
        catch (Exception e) when (DatabaseFault.Of(e) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault.ToString());
            return fault.ExitCode;
        }
    }

    /// <summary>Serves until it is told to stop; the exit code.</summary>
    public static async Task<int> Serve(this WebApplication app)
    {
        try
        {
            await app.RunAsync();
            return 0;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            return Say(new Refusal("address_in_use", "urls", "监听地址已被其他程序占用。", $"Another process listens there already: {e.Message}"));
        }
    }

    /// <summary>Says a refusal on stderr; the exit code is 1.</summary>
    public static int Say(Refusal refusal)
    {
        Console.Error.WriteLine($"refused {refusal.Code} ({refusal.Field}): {refusal.Zh} / {refusal.En}");
        return 1;
    }

    /// <summary>The certificate for https addresses; a refusal where passwords would cross the network in the clear.</summary>
    private static (X509Certificate2? Certificate, Refusal? Refused) Certificate(DeskSettings settings, string[] urls)
    {
        if (settings.KnownProxies.Count == 0 && urls.FirstOrDefault(u => !IsLoopback(u) && !IsHttps(u)) is { } beyond)
        {
            return (null, new Refusal(
                "beyond_loopback", "urls", $"{beyond} 不是本机地址，口令会以明文经过网络：请改用 https 并设置 Web:Certificate；前有网关的，在 Web:KnownProxies 中写明。",
                $"{beyond} is beyond this machine and passwords would cross the network in the clear: use https and set Web:Certificate, or name the gateway in front in Web:KnownProxies."));
        }

        if (!urls.Any(IsHttps))
        {
            return (null, null);
        }

        if (settings.WebCertificate is not { } file)
        {
            return (null, new Refusal("certificate_missing", "Web:Certificate", "使用 https 地址须设置 Web:Certificate(PFX 文件)。", "An https address needs Web:Certificate, a PFX file."));
        }

        try
        {
            return (X509CertificateLoader.LoadPkcs12FromFile(file, settings.WebCertificatePassword), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return (null, new Refusal("bad_certificate", "Web:Certificate", $"证书文件 {file} 不存在、无法读取或口令不对。", $"The certificate {file} does not exist, cannot be read, or has another password."));
        }
    }

    private static bool IsHttps(string url) => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Host == "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
