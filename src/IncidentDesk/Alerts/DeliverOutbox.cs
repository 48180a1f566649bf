using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Alerts;

/// <summary>
/// Delivers what waits in the outbox, at least once. Each row is claimed by a guarded update with a lease and a fencing number, which the outcome repeats: a worker that
/// lost its lease writes nothing. Between the two a message is on its way, so this is no unit of work. The result is how many were delivered.
/// </summary>
public sealed record DeliverOutbox : IRequest<int>;

/// <inheritdoc cref="DeliverOutbox"/>
public sealed class DeliverOutboxHandler(
    DeskDb db, WriterGate gate, IEnumerable<IChannel> channels, TimeProvider clock, ILogger<DeliverOutboxHandler> log) : IRequestHandler<DeliverOutbox, int>
{
    private const int Batch = 200;
    private const int MostWaitSec = 3_600;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public async Task<int> Handle(DeliverOutbox request, CancellationToken cancellationToken)
    {
        var sent = 0;
        while (true)
        {
            var now = clock.GetUtcNow();
            var due = await db.Outbox.AsNoTracking().Where(o => o.State == OutboxRow.Pending && o.NextAttemptAt <= now && o.LeaseUntil <= now)
                .OrderBy(o => o.NextAttemptAt).ThenBy(o => o.Id).Take(Batch).ToListAsync(cancellationToken);
            foreach (var row in due)
            {
                sent += await Claim(row, cancellationToken) && await Deliver(row, cancellationToken) ? 1 : 0;
            }

            if (due.Count < Batch)
            {
                return sent;
            }
        }
    }

    /// <summary>Another worker, or the end of the incident, may have come first: then there is nothing to deliver.</summary>
    private async Task<bool> Claim(OutboxRow row, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        using var turn = await gate.Enter(db, cancellationToken);
        return await db.Outbox.Where(o => o.Id == row.Id && o.Fence == row.Fence && o.State == OutboxRow.Pending)
            .ExecuteUpdateAsync(
                set => set.SetProperty(o => o.Fence, row.Fence + 1).SetProperty(o => o.Attempts, row.Attempts + 1).SetProperty(o => o.LeaseUntil, now + Lease),
                cancellationToken) == 1;
    }

    private async Task<bool> Deliver(OutboxRow row, CancellationToken cancellationToken)
    {
        var alert = await db.Alerts.AsNoTracking().SingleAsync(a => a.Id == row.Alert, cancellationToken);
        var mine = db.Outbox.Where(o => o.Id == row.Id && o.Fence == row.Fence + 1 && o.State == OutboxRow.Pending);
        try
        {
            await channels.Single(c => c.Name == row.Channel).Deliver(row.Id, row.Person, alert.Zh, alert.En, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "{Key} was not delivered; it is tried again.", row.Id);
            var again = clock.GetUtcNow().AddSeconds(Math.Min(MostWaitSec, 30 * (1 << Math.Min(row.Attempts, 10))));
            using var wait = await gate.Enter(db, cancellationToken);
            await mine.ExecuteUpdateAsync(set => set.SetProperty(o => o.NextAttemptAt, again).SetProperty(o => o.LeaseUntil, again), cancellationToken);
            return false;
        }

        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        using var turn = await gate.Enter(db, cancellationToken);
        await mine.ExecuteUpdateAsync(set => set.SetProperty(o => o.State, OutboxRow.Sent).SetProperty(o => o.SentAt, now), cancellationToken);
        DeskTelemetry.Delivered(row.Channel, (now - alert.RaisedAt).TotalSeconds);
        return true;
    }
}
