using IncidentDesk.Privacy;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>Rings for the texts that are to be erased by now.</summary>
[DisallowConcurrentExecution]
public sealed class EraseTextsJob(IServiceProvider services) : IJob
{
    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
        await services.SendAlone(new EraseTexts(), cancellationToken);
}
