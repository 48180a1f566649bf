using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// A monitor must notice its own silence: what is wrong with the watch, none where all is well. It reads what ticks and canaries left in the database, whoever ran them.
/// </summary>
public sealed record ReadPulse : IRequest<IReadOnlyList<string>>;

/// <inheritdoc cref="ReadPulse"/>
public sealed class ReadPulseHandler(DeskDb db, TimeProvider clock) : IRequestHandler<ReadPulse, IReadOnlyList<string>>
{
    private const int TickSec = 10;

    // An hour, and the minute until the job is rung again.
    private const int CanarySec = 3_660;

    // From the canary's start to its alert at the latest: its limit, and a minute.
    private const int AlertSec = 91;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> Handle(ReadPulse request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var at = Instant.Of(now);
        var wrong = new List<string>();
        var tick = await db.Heartbeats.AsNoTracking().SingleOrDefaultAsync(h => h.Job == Heartbeat.Tick, cancellationToken);
        if (tick is null || (now - tick.At).TotalSeconds > TickSec)
        {
            wrong.Add(tick is null ? "tick: never" : $"tick: last {Iso.Recorded(tick.At)}");
        }

        var canary = await db.Canaries.AsNoTracking().OrderByDescending(c => c.Key).FirstOrDefaultAsync(cancellationToken);
        if (canary is null || at.Since(canary.StartAt) > CanarySec)
        {
            wrong.Add(canary is null ? "canary: never" : $"canary: last {canary.StartAt}");
        }
        else if (canary.RaisedAt is null && at.Since(canary.StartAt) > AlertSec)
        {
            wrong.Add($"canary: the alert of {canary.StartAt} is late");
        }

        return wrong;
    }
}
