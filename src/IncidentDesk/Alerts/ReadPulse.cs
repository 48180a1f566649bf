using System.Globalization;
using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// A monitor must notice its own silence: what is wrong with clock and watch, none where all is well. It reads what ticks and canaries left in the database, whoever ran
/// them. <paramref name="Watch"/>: ticks and canaries too, not the clock alone.
/// </summary>
public sealed record ReadPulse(bool Watch = true) : IRequest<IReadOnlyList<string>>;

/// <inheritdoc cref="ReadPulse"/>
public sealed class ReadPulseHandler(DeskDb db, IServiceProvider services, TimeProvider clock) : IRequestHandler<ReadPulse, IReadOnlyList<string>>
{
    private const int TickSec = 10;

    // Two processes, each as far from the database server as is let pass, and what a sign of life takes.
    private const int AheadSec = 5;

    // An hour, and the minute until the job is rung again.
    private const int CanarySec = 3_660;

    // From the canary's start to its alert at the latest: its limit, and a minute.
    private const int AlertSec = 91;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> Handle(ReadPulse request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var at = Instant.Of(now);
        var wrong = await Clock(now, cancellationToken);
        if (!request.Watch)
        {
            return wrong;
        }

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

    /// <summary>
    /// Every deadline is read against this process's clock: it may lie neither behind what was recorded already nor apart from the database server's or the NTP server's.
    /// </summary>
    private async Task<List<string>> Clock(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ahead = now.AddSeconds(AheadSec);
        if (await db.Heartbeats.AsNoTracking().Where(h => h.At > ahead).OrderByDescending(h => h.At).FirstOrDefaultAsync(cancellationToken) is { } later)
        {
            return [$"clock: {Iso.Recorded(now)} is behind a sign of life of {Iso.Recorded(later.At)}"];
        }

        var wrong = new List<string>();
        if (await ClockReading.OfDatabase(db, clock, cancellationToken) is { Wrong: true, Offset: { } apart })
        {
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"clock: {apart.TotalSeconds:+0.0;-0.0} s from the database server's"));
        }

        if ((await services.SendHere(new ReadNtp(), cancellationToken)).Wrong is { } fromNtp)
        {
            wrong.Add(fromNtp);
        }

        return wrong;
    }
}
