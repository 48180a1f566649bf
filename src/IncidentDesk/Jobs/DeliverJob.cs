using IncidentDesk.Alerts;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for what waits in the outbox. A channel that hangs holds up no tick.</summary>
[DisallowConcurrentExecution]
public sealed class DeliverJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new DeliverOutbox(), cancellationToken);
}
