using IncidentDesk.Alerts;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for the canary of this hour.</summary>
[DisallowConcurrentExecution]
public sealed class CanaryJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new RunCanary(), cancellationToken);
}
