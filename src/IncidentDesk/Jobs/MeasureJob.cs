using IncidentDesk.Alerts;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for the figures of the gauges.</summary>
[DisallowConcurrentExecution]
public sealed class MeasureJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new MeasureDesk(), cancellationToken);
}
