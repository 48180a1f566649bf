using IncidentDesk.Alerts;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for what is owed, and for the delivery of what was raised.</summary>
[DisallowConcurrentExecution]
public sealed class TickJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        if (await services.SendAlone(new Tick(), cancellationToken) > 0)
        {
            await context.Scheduler.TriggerJob(Schedule.Deliver, cancellationToken: cancellationToken);
        }
    }
}
