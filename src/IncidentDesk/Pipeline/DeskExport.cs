using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IncidentDesk.Pipeline;

/// <summary>
/// Where telemetry goes: to the OTLP address of the settings, from web host and worker alike, and the metrics of the web host to whoever scrapes it; where neither is set it
/// leaves the process nowhere.
/// </summary>
public static class DeskExport
{
    /// <summary>
    /// Registers the product's and the driver's traces, the product's metrics, and logs; null where nobody takes them. <paramref name="scraped"/>: metrics are taken by other means than OTLP.
    /// </summary>
    public static OpenTelemetryBuilder? AddDeskExport(this IServiceCollection services, DeskSettings settings, bool scraped = false)
    {
        if (settings.OtlpEndpoint is null && !scraped)
        {
            return null;
        }

        var export = services.AddOpenTelemetry().WithMetrics(m => m.AddMeter(DeskTelemetry.Name));
        return settings.OtlpEndpoint is not { } endpoint
            ? export
            : export.ConfigureResource(r => r.AddService(Assembly.GetEntryAssembly()?.GetName().Name ?? DeskTelemetry.Name))
                .WithTracing(t => t.AddSource(DeskTelemetry.Name, "Npgsql").AddOtlpExporter(o => o.Endpoint = endpoint))
                .WithMetrics(m => m.AddOtlpExporter(o => o.Endpoint = endpoint))
                .WithLogging(l => l.AddOtlpExporter(o => o.Endpoint = endpoint));
    }
}
