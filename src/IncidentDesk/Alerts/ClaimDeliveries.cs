using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Takes what waits in the outbox, at most a batch of it, for as long as a lease: each row by a guarded update that raises its fencing number. One commit takes the whole batch,
/// so that on a busy desk delivering waits for the writer once and not for each message.
/// </summary>
public sealed record ClaimDeliveries : IRequest<IReadOnlyList<Delivery>>, IUnitOfWork
{
    /// <summary>How many are taken at once; a worker that is killed delivers as many again at most.</summary>
    public const int Batch = 50;

    /// <summary>How long they are this worker's.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
}

/// <summary>One message that this worker has to deliver until <paramref name="LeaseUntil"/>; <paramref name="Fence"/> is repeated with the outcome.</summary>
public sealed record Delivery(
    string Id, int Fence, int Attempts, DateTimeOffset LeaseUntil, string Channel, string Person, string Zh, string En, DateTimeOffset RaisedAt);

/// <inheritdoc cref="ClaimDeliveries"/>
public sealed class ClaimDeliveriesHandler(DeskDb db, TimeProvider clock) : IRequestHandler<ClaimDeliveries, IReadOnlyList<Delivery>>
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<Delivery>> Handle(ClaimDeliveries request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var until = now + ClaimDeliveries.Lease;
        var due = await (
                from o in db.Outbox.AsNoTracking()
                join a in db.Alerts.AsNoTracking() on o.Alert equals a.Id
                where o.State == OutboxRow.Pending && o.NextAttemptAt <= now && o.LeaseUntil <= now
                orderby o.NextAttemptAt, o.Id
                select new Delivery(o.Id, o.Fence + 1, o.Attempts + 1, until, o.Channel, o.Person, a.Zh, a.En, a.RaisedAt))
            .Take(ClaimDeliveries.Batch).PassingOverTaken("Outbox").ToListAsync(cancellationToken);
        var claimed = new List<Delivery>(due.Count);
        foreach (var row in due)
        {
            // Another worker, or the end of the incident, may have come first: then there is nothing to deliver.
            if (await db.Outbox.Where(o => o.Id == row.Id && o.Fence == row.Fence - 1 && o.State == OutboxRow.Pending)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(o => o.Fence, row.Fence).SetProperty(o => o.Attempts, row.Attempts).SetProperty(o => o.LeaseUntil, until), cancellationToken) == 1)
            {
                claimed.Add(row);
            }
        }

        return claimed;
    }
}

/// <summary>What came of deliveries, with one commit: each was delivered, or is tried again at that time. Whose lease was lost meanwhile is not written.</summary>
public sealed record SettleDeliveries(IReadOnlyList<(Delivery Row, DateTimeOffset? SentAt, DateTimeOffset? Again)> Outcomes) : IRequest<int>, IUnitOfWork;

/// <inheritdoc cref="SettleDeliveries"/>
public sealed class SettleDeliveriesHandler(DeskDb db) : IRequestHandler<SettleDeliveries, int>
{
    /// <inheritdoc/>
    public async Task<int> Handle(SettleDeliveries request, CancellationToken cancellationToken)
    {
        var settled = 0;
        foreach (var ((id, fence, _, _, _, _, _, _, _), sentAt, again) in request.Outcomes)
        {
            var mine = db.Outbox.Where(o => o.Id == id && o.Fence == fence && o.State == OutboxRow.Pending);
            settled += sentAt is { } at
                ? await mine.ExecuteUpdateAsync(set => set.SetProperty(o => o.State, OutboxRow.Sent).SetProperty(o => o.SentAt, Iso.ToMilliseconds(at)), cancellationToken)
                : await mine.ExecuteUpdateAsync(set => set.SetProperty(o => o.NextAttemptAt, again!.Value).SetProperty(o => o.LeaseUntil, again!.Value), cancellationToken);
        }

        return settled;
    }
}
