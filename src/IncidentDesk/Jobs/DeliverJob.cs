using IncidentDesk.Alerts;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for what waits in the outbox, also while an earlier ring still waits for a channel that hangs: it holds up neither a tick nor another channel.</summary>
public sealed class DeliverJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new DeliverOutbox(), cancellationToken);
}
