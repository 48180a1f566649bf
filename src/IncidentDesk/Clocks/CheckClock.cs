using IncidentDesk.Data;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Clocks;

/// <summary>
/// Measures this host's clock against the database server's and the NTP server's, where it is due: at each start of a process, after a jump, and an hour after the host was
/// last measured, whichever of its processes did; after five minutes where that found a wrong clock or no answer. What is asked of others may take seconds, so this is no
/// unit of work. The result tells whether it was due.
/// </summary>
public sealed record CheckClock(ClockJump? Jump = null) : IRequest<bool>;

/// <inheritdoc cref="CheckClock"/>
public sealed class CheckClockHandler(DeskDb db, DeskSettings settings, ClockWatch watch, IServiceProvider services, TimeProvider clock) : IRequestHandler<CheckClock, bool>
{
    // An hour, less half of the minute in which this is rung for again.
    private static readonly TimeSpan Regular = TimeSpan.FromSeconds(3_570);
    private static readonly TimeSpan InTrouble = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public async Task<bool> Handle(CheckClock request, CancellationToken cancellationToken)
    {
        if (watch.Checked && request.Jump is null && !await Due(cancellationToken))
        {
            return false;
        }

        List<ClockReading> readings = [await ClockReading.OfDatabase(db, clock, cancellationToken)];
        if (settings.Ntp is { } ntp)
        {
            readings.Add(await SntpClient.Ask(ntp, clock, SntpClient.Patience, cancellationToken));
        }

        if (await services.SendAlone(new RecordClock(readings, request.Jump), cancellationToken))
        {
            DeskTelemetry.ClockJumped();
        }

        DeskTelemetry.ClockRead(readings);
        watch.Checked = true;
        return true;
    }

    /// <summary>By what stands in the database; what was recorded before the clock was set back lies ahead and says nothing of now.</summary>
    private async Task<bool> Due(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var since = now - Regular;
        var rows = await db.ClockChecks.AsNoTracking().Where(c => c.Host == ClockWatch.Host && c.At > since && c.At <= now).ToListAsync(cancellationToken);
        List<ClockCheckRow> newest = [.. rows.GroupBy(r => r.Source).Select(g => g.MaxBy(r => r.At)!)];
        DeskTelemetry.ClockRead([.. newest.Select(r => r.ToReading())]);
        return newest.Count == 0 || newest.Exists(r => r.At <= now - InTrouble && r.ToReading() is var reading && (reading.Wrong || r.Failed));
    }
}
