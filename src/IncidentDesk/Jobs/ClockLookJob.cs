using IncidentDesk.Clocks;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for a look at this host's clock.</summary>
[DisallowConcurrentExecution]
public sealed class ClockLookJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new LookAtClock(), cancellationToken);
}
