using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// What came of messages of a channel, with one commit: each was delivered, is tried again later, or given up. Whose lease was lost meanwhile is not written. A channel that
/// somebody has to mend is told to the operators, once a day.
/// </summary>
public sealed record SettleDeliveries(string Channel, IReadOnlyList<Settled> Outcomes) : IRequest<int>, IUnitOfWork;

/// <summary>What came of a message at that time.</summary>
public sealed record Settled(Consignment Sent, DeliveryOutcome Outcome, DateTimeOffset At);

/// <inheritdoc cref="SettleDeliveries"/>
public sealed class SettleDeliveriesHandler(DeskDb db, DeskCache cache, AlertPost post) : IRequestHandler<SettleDeliveries, int>
{
    private const int MostWaitSec = 3_600;

    // Half a minute, doubled up to an hour: about a day.
    private const int MostAttempts = 30;

    /// <inheritdoc/>
    public async Task<int> Handle(SettleDeliveries request, CancellationToken cancellationToken)
    {
        post.Clear();
        var settled = 0;
        foreach (var (sent, outcome, at) in request.Outcomes)
        {
            foreach (var mine in Rows(request.Channel, sent))
            {
                settled += await Settle(mine, sent.Rows, outcome, at, cancellationToken);
            }

            if (outcome is { WholeChannel: true, How: Delivered.RetryLater })
            {
                var until = Again(sent.Rows, outcome, at);
                await db.Channels.Where(c => c.Code == request.Channel && (c.HeldUntil == null || c.HeldUntil < until)).ExecuteUpdateAsync(set => set.SetProperty(c => c.HeldUntil, until), cancellationToken);
            }
        }

        if (request.Outcomes.FirstOrDefault(o => o.Outcome.How == Delivered.ChannelDisabled) is { } broken)
        {
            await TellBroken(request.Channel, broken, cancellationToken);
        }

        return settled;
    }

    /// <summary>Many rows by the mark of their digest, which nobody else has; few by their fencing numbers.</summary>
    private IEnumerable<IQueryable<OutboxRow>> Rows(string channel, Consignment sent)
    {
        var pending = db.Outbox.Where(o => o.State == OutboxRow.Pending);
        return sent.Digest is { } mark ? [pending.Where(o => o.Channel == channel && o.Digest == mark)] : sent.Rows.Select(r => pending.Where(o => o.Id == r.Id && o.Fence == r.Fence));
    }

    private static Task<int> Settle(IQueryable<OutboxRow> mine, IReadOnlyList<Delivery> rows, DeliveryOutcome outcome, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var reason = outcome.Reason.Length > DeskDb.ReasonLength ? outcome.Reason[..DeskDb.ReasonLength] : outcome.Reason;
        var again = Again(rows, outcome, at);
        return outcome.How == Delivered.Sent
                ? mine.ExecuteUpdateAsync(set => set.SetProperty(o => o.State, OutboxRow.Sent).SetProperty(o => o.SentAt, Iso.ToMilliseconds(at)).SetProperty(o => o.Reason, (string?)null), cancellationToken)
            : outcome.How == Delivered.RetryLater && rows.Max(r => r.Attempts) < MostAttempts
                ? mine.ExecuteUpdateAsync(set => set.SetProperty(o => o.NextAttemptAt, again).SetProperty(o => o.LeaseUntil, again).SetProperty(o => o.Reason, reason), cancellationToken)
                : mine.ExecuteUpdateAsync(set => set.SetProperty(o => o.State, OutboxRow.Dead).SetProperty(o => o.Reason, reason), cancellationToken);
    }

    private static DateTimeOffset Again(IReadOnlyList<Delivery> rows, DeliveryOutcome outcome, DateTimeOffset at) =>
        at.AddSeconds(Math.Clamp(outcome.AfterSec ?? 30 * (1 << Math.Min(rows.Max(r => r.Attempts) - 1, 10)), 1, MostWaitSec));

    private async Task TellBroken(string channel, Settled broken, CancellationToken cancellationToken)
    {
        var (now, reason) = (Iso.ToMilliseconds(broken.At), broken.Outcome.Reason);
        if (await db.Channels.Where(c => c.Code == channel && c.BrokenAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.BrokenAt, now).SetProperty(c => c.BrokenBecause, reason), cancellationToken) == 0)
        {
            return;
        }

        var (step, day) = ($"channel-broken.{channel}", PutAsideHandler.Day((await cache.Get(db, cancellationToken)).Zone, now));
        if (!await db.Alerts.AnyAsync(a => a.Id == AlertRow.IdOf(0, AlertRow.Watch, step, day), cancellationToken))
        {
            post.Tell(0, step, day, Words.ChannelBroken(channel, reason), (await Roster.Load(db, now, cancellationToken)).Operators, now);
            await post.Flush(cancellationToken);
        }
    }
}
