using System.Diagnostics;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Alerts;

/// <summary>
/// One look at what is owed, by whoever was rung: batch after batch until none is due, then the heartbeat. A loop is not a unit of work. The result is how many steps were
/// raised.
/// </summary>
public sealed record Tick : IRequest<int>;

/// <inheritdoc cref="Tick"/>
public sealed class TickHandler(DeskDb db, IServiceProvider services, TimeProvider clock, ILogger<TickHandler> log) : IRequestHandler<Tick, int>
{
    /// <inheritdoc/>
    public async Task<int> Handle(Tick request, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var raised = 0;
        var more = true;
        while (more && await AnyDue(cancellationToken))
        {
            try
            {
                var done = await services.SendAlone(new RaiseOwedAlerts(), cancellationToken);
                raised += Count(done);
                more = done.Incidents == RaiseOwedAlerts.Batch;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "A batch of alerts failed; its incidents are taken one by one.");
                raised += await OneByOne(cancellationToken);

                // What is due even now waits for the next second: a fault that is no incident's must not hold this tick for ever.
                more = false;
            }
        }

        await services.SendAlone(new Heartbeat(Heartbeat.Tick), cancellationToken);
        DeskTelemetry.Ticked(Stopwatch.GetElapsedTime(started));
        return raised;
    }

    private async Task<bool> AnyDue(CancellationToken cancellationToken)
    {
        var at = Instant.Of(clock.GetUtcNow());
        return await db.Incidents.AnyAsync(i => i.NextStepAt <= at, cancellationToken) || await db.Canaries.AnyAsync(c => c.NextStepAt <= at, cancellationToken);
    }

    /// <summary>
    /// The good ones of a batch are raised; a bad one is reported and put aside. A database that is away or full is no incident's fault: it fails this tick, visibly, and the
    /// next second tries again.
    /// </summary>
    private async Task<int> OneByOne(CancellationToken cancellationToken)
    {
        var at = Instant.Of(clock.GetUtcNow());
        var raised = 0;
        foreach (var key in await db.Incidents.Where(i => i.NextStepAt <= at).OrderBy(i => i.NextStepAt).ThenBy(i => i.Key).Select(i => i.Key)
            .Take(RaiseOwedAlerts.Batch).ToListAsync(cancellationToken))
        {
            try
            {
                raised += Count(await services.SendAlone(new RaiseOwedAlerts(key), cancellationToken));
            }
            catch (Exception e) when (DatabaseFault.IsOfTheMatter(e))
            {
                log.LogError(e, "The ladder of incident {Incident} cannot be read; it is put aside.", key);
                await services.SendAlone(new PutAside(key, e.GetBaseException().Message), cancellationToken);
            }
        }

        return raised;
    }

    private int Count(RaisedAlerts done)
    {
        var now = Instant.Of(clock.GetUtcNow());
        foreach (var step in done.Steps)
        {
            DeskTelemetry.AlertRaised(step.Timer, step.Kind, now.Since(step.At));
        }

        return done.Steps.Count;
    }
}
