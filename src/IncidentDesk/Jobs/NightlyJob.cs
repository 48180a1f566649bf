using IncidentDesk.Reports;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for the nights that are not recomputed yet.</summary>
[DisallowConcurrentExecution]
public sealed class NightlyJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new NightlyRecompute(), cancellationToken);
}
