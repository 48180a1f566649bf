using IncidentDesk.Clocks;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for the check of this host's clock against others.</summary>
[DisallowConcurrentExecution]
public sealed class ClockCheckJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new CheckClock(), cancellationToken);
}
