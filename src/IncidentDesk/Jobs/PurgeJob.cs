using IncidentDesk.Pipeline;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for what may be forgotten by now.</summary>
[DisallowConcurrentExecution]
public sealed class PurgeJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new Purge(), cancellationToken);
}
