using System.Globalization;
using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Takes what waits for a channel, at most a batch of it, for as long as a lease: each row by a guarded update that raises its fencing number. One commit takes the whole batch,
/// so that on a busy desk delivering waits for the writer once and not for each message. Where more waits than the channel's server takes, one digest takes all of it.
/// </summary>
public sealed record ClaimDeliveries(string Channel) : IRequest<Claimed>, IUnitOfWork
{
    /// <summary>How many are taken at once; a worker that is killed delivers as many again at most.</summary>
    public const int Batch = 50;

    /// <summary>How long they are this worker's.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
}

/// <summary>What was taken, as messages, and the channel as it stands; null for one of the product's own. <paramref name="More"/>: there may be more.</summary>
public sealed record Claimed(ChannelRow? Way, IReadOnlyList<Consignment> Messages, bool More);

/// <summary>One message and the rows of the outbox that it tells of; <paramref name="Digest"/> marks them where they are many.</summary>
public sealed record Consignment(ChannelMessage Message, IReadOnlyList<Delivery> Rows, string? Digest);

/// <summary>One row that this worker has to deliver until <paramref name="LeaseUntil"/>; <paramref name="Fence"/> is repeated with the outcome.</summary>
public sealed record Delivery(
    string Id, int Fence, int Attempts, DateTimeOffset LeaseUntil, string Person, string Alert, long Incident, string Timer, string Step, Instant DueAt, string Zh, string En,
    DateTimeOffset RaisedAt);

/// <inheritdoc cref="ClaimDeliveries"/>
public sealed class ClaimDeliveriesHandler(DeskDb db, AlertMessages messages, IEnumerable<IChannel> kinds, TimeProvider clock) : IRequestHandler<ClaimDeliveries, Claimed>
{
    /// <inheritdoc/>
    public async Task<Claimed> Handle(ClaimDeliveries request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var way = await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Code == request.Channel, cancellationToken);
        if (way?.HeldUntil > now)
        {
            return new Claimed(way, [], false);
        }

        var kind = kinds.Named(way?.Kind);
        var waits = db.Outbox.Where(o => o.State == OutboxRow.Pending && o.Channel == request.Channel && o.NextAttemptAt <= now && o.LeaseUntil <= now);
        if (way is { Enabled: true, BrokenAt: null } && kind?.Limit is { } limit)
        {
            return await WithinLimit(way, waits, limit, now, cancellationToken);
        }

        var rows = await Take(waits, now, ClaimDeliveries.Batch, cancellationToken);
        return new Claimed(way, await messages.Of(rows, kind, now, cancellationToken), rows.Count == ClaimDeliveries.Batch);
    }

    /// <summary>The limit is counted on our side, over whichever window of its length, and a message counts from when it is taken: the server never has to refuse one.</summary>
    private async Task<Claimed> WithinLimit(ChannelRow way, IQueryable<OutboxRow> waits, SendingLimit limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = (now - limit.Per).ToUnixTimeMilliseconds();
        List<long> recent = [.. way.Recent.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(t => long.Parse(t, CultureInfo.InvariantCulture)).Where(t => t > since)];
        var (free, waiting) = (limit.Most - recent.Count, await waits.CountAsync(cancellationToken));
        if (free <= 0 || waiting == 0)
        {
            return new Claimed(way, [], false);
        }

        var taken = waiting > free ? [await Digest(waits, way.Code, now, cancellationToken)]
            : await messages.Of(await Take(waits, now, free, cancellationToken), kinds.Named(way.Kind), now, cancellationToken);
        var counted = string.Join(',', recent.Concat(Enumerable.Repeat(now.ToUnixTimeMilliseconds(), taken.Count)));

        // Another worker that counted meanwhile goes first: nothing was taken then.
        return await db.Channels.Where(c => c.Code == way.Code && c.Recent == way.Recent).ExecuteUpdateAsync(set => set.SetProperty(c => c.Recent, counted), cancellationToken) == 1
            ? new Claimed(way, taken, false)
            : throw new DbUpdateConcurrencyException($"{way.Code} was counted by another worker");
    }

    /// <summary>All that waits, marked in one statement, however much it is.</summary>
    private async Task<Consignment> Digest(IQueryable<OutboxRow> waits, string channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (mark, until) = (Guid.CreateVersion7(now).ToString("N"), now + ClaimDeliveries.Lease);
        await waits.ExecuteUpdateAsync(
            set => set.SetProperty(o => o.Digest, mark).SetProperty(o => o.Fence, o => o.Fence + 1).SetProperty(o => o.Attempts, o => o.Attempts + 1).SetProperty(o => o.LeaseUntil, until), cancellationToken);
        var rows = await (
                from o in db.Outbox.AsNoTracking()
                join a in db.Alerts.AsNoTracking() on o.Alert equals a.Id
                where o.State == OutboxRow.Pending && o.Channel == channel && o.Digest == mark
                orderby a.Incident, o.Id
                select new Delivery(o.Id, o.Fence, o.Attempts, until, o.Person, a.Id, a.Incident, a.Timer, a.Step, a.DueAt, a.Zh, a.En, a.RaisedAt))
            .ToListAsync(cancellationToken);
        return new Consignment(await messages.Digest(mark, rows, cancellationToken), rows, mark);
    }

    private async Task<List<Delivery>> Take(IQueryable<OutboxRow> waits, DateTimeOffset now, int most, CancellationToken cancellationToken)
    {
        var until = now + ClaimDeliveries.Lease;
        var due = await (
                from o in waits.AsNoTracking()
                join a in db.Alerts.AsNoTracking() on o.Alert equals a.Id
                orderby o.NextAttemptAt, o.Id
                select new Delivery(o.Id, o.Fence + 1, o.Attempts + 1, until, o.Person, a.Id, a.Incident, a.Timer, a.Step, a.DueAt, a.Zh, a.En, a.RaisedAt))
            .Take(Math.Min(most, ClaimDeliveries.Batch)).PassingOverTaken("Outbox").ToListAsync(cancellationToken);
        var claimed = new List<Delivery>(due.Count);
        foreach (var row in due)
        {
            // Another worker, or the end of the incident, may have come first: then there is nothing to deliver.
            if (await db.Outbox.Where(o => o.Id == row.Id && o.Fence == row.Fence - 1 && o.State == OutboxRow.Pending)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(o => o.Fence, row.Fence).SetProperty(o => o.Attempts, row.Attempts).SetProperty(o => o.LeaseUntil, until)
                        .SetProperty(o => o.Digest, (string?)null), cancellationToken) == 1)
            {
                claimed.Add(row);
            }
        }

        return claimed;
    }
}
