using IncidentDesk.Reference;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for the rows that an approved version moves.</summary>
[DisallowConcurrentExecution]
public sealed class RulesJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new ProjectAnew(), cancellationToken);
}
