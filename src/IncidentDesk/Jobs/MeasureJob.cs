using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Pipeline;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for the figures of the gauges.</summary>
[DisallowConcurrentExecution]
public sealed class MeasureJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await services.SendAlone(new MeasureDesk(), cancellationToken);
            DeskTelemetry.Watched(await services.SendAlone(new ReadPulse(), cancellationToken));
        }
        catch (Exception e) when (DatabaseFault.Of(e) is { } fault)
        {
            DeskTelemetry.Watched([$"{DeskTelemetry.Database}: {fault.Said.Code}"]);
            throw;
        }
    }
}
