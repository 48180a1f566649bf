using IncidentDesk.Data;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>How the watch does: its pulse, and how long alerts of the last day took from the instant they were owed to raised, and to delivered.</summary>
public sealed record ReadWatch(Caller By) : IRequest<Outcome<WatchState>>;

/// <summary>What is wrong, none where all is well; when it last ticked; the delays; and what still waits to be delivered, since the oldest of it was raised.</summary>
public sealed record WatchState(IReadOnlyList<string> Wrong, DateTimeOffset? LastTick, Delays Raised, Delays Delivered, int Waiting, DateTimeOffset? WaitingSince);

/// <summary>Delays in seconds; all null where there was none.</summary>
public sealed record Delays(int Count, double? MedianSec, double? P99Sec, double? WorstSec)
{
    /// <summary>Of delays in any order.</summary>
    internal static Delays Of(IEnumerable<TimeSpan> delays)
    {
        double[] sorted = [.. delays.Select(d => Math.Round(d.TotalSeconds, 3)).Order()];
        return sorted is [] ? new Delays(0, null, null, null) : new Delays(sorted.Length, At(0.5), At(0.99), sorted[^1]);

        double At(double share) => sorted[(int)Math.Ceiling(share * (sorted.Length - 1))];
    }
}

/// <inheritdoc cref="ReadWatch"/>
public sealed class ReadWatchHandler(DeskDb db, IServiceProvider services, TimeProvider clock) : IRequestHandler<ReadWatch, Outcome<WatchState>>
{
    /// <summary>How many of the youngest alerts are looked at.</summary>
    private const int Most = 10_000;

    /// <inheritdoc/>
    public async Task<Outcome<WatchState>> Handle(ReadWatch request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Watch) is { } refused)
        {
            return refused;
        }

        var since = clock.GetUtcNow().AddDays(-1);
        var raised = await db.Alerts.AsNoTracking().Where(a => a.RaisedAt >= since && a.Timer != AlertRow.Watch).OrderByDescending(a => a.RaisedAt).Take(Most)
            .Select(a => new { a.Id, a.DueAt, a.RaisedAt }).ToListAsync(cancellationToken);
        var owed = raised.ToDictionary(a => a.Id, a => a.DueAt.ToUtc());
        var sent = await db.Outbox.AsNoTracking().Where(o => o.State == OutboxRow.Sent && o.SentAt >= since).OrderByDescending(o => o.SentAt).Take(Most)
            .Select(o => new { o.Alert, o.SentAt }).ToListAsync(cancellationToken);
        var waiting = db.Outbox.AsNoTracking().Where(o => o.State == OutboxRow.Pending);
        return new WatchState(
            await services.SendHere(new ReadPulse(), cancellationToken),
            await db.Heartbeats.AsNoTracking().Where(h => h.Job == Heartbeat.Tick).Select(h => (DateTimeOffset?)h.At).SingleOrDefaultAsync(cancellationToken),
            Delays.Of(raised.Select(a => a.RaisedAt - a.DueAt.ToUtc())),
            Delays.Of(sent.Where(o => owed.ContainsKey(o.Alert)).Select(o => o.SentAt!.Value - owed[o.Alert])),
            await waiting.CountAsync(cancellationToken),
            await waiting.Join(db.Alerts, o => o.Alert, a => a.Id, (_, a) => a).OrderBy(a => a.RaisedAt).Select(a => (DateTimeOffset?)a.RaisedAt).FirstOrDefaultAsync(cancellationToken));
    }
}
