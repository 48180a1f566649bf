using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace IncidentDesk.Pipeline;

/// <summary>Where telemetry goes: to the OTLP address of the settings, from web host and worker alike; without one it leaves the process nowhere.</summary>
public static class DeskExport
{
    /// <summary>Registers the product's and the driver's traces, the product's metrics, and logs; null where no address is set.</summary>
    public static OpenTelemetryBuilder? AddDeskExport(this IServiceCollection services, DeskSettings settings) => settings.OtlpEndpoint is not { } endpoint
        ? null
        : services.AddOpenTelemetry()
            .WithTracing(t => t.AddSource(DeskTelemetry.Name, "Npgsql").AddOtlpExporter(o => o.Endpoint = endpoint))
            .WithMetrics(m => m.AddMeter(DeskTelemetry.Name).AddOtlpExporter(o => o.Endpoint = endpoint))
            .WithLogging(l => l.AddOtlpExporter(o => o.Endpoint = endpoint));
}
