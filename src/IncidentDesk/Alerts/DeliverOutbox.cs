using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Alerts;

/// <summary>
/// Delivers what waits in the outbox, at least once: each channel by itself, so that one that hangs holds up no other, batch after batch: claimed, sent, and what came of it
/// written. Between claim and outcome messages are on their way, so this is no unit of work. The result is how many were delivered.
/// </summary>
public sealed record DeliverOutbox : IRequest<int>;

/// <inheritdoc cref="DeliverOutbox"/>
public sealed class DeliverOutboxHandler(
    DeskDb db, IServiceProvider services, ChannelTurns turns, AlertLinks links, IEnumerable<IChannel> kinds, IDataProtectionProvider protection, TimeProvider clock, ILogger<DeliverOutboxHandler> log)
    : IRequestHandler<DeliverOutbox, int>
{
    // What a message may take; one that could outlast its lease is left to the next claim.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task<int> Handle(DeliverOutbox request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var waiting = await db.Outbox.AsNoTracking().Where(o => o.State == OutboxRow.Pending && o.NextAttemptAt <= now && o.LeaseUntil <= now)
            .Select(o => o.Channel).Distinct().ToListAsync(cancellationToken);
        return (await Task.WhenAll(waiting.Where(turns.Begin).ToList().Select(c => Task.Run(() => By(c, cancellationToken), CancellationToken.None)))).Sum();
    }

    private async Task<int> By(string channel, CancellationToken cancellationToken)
    {
        try
        {
            var sent = 0;
            do
            {
                while (await Batch(channel, cancellationToken) is var (delivered, more))
                {
                    sent += delivered;
                    if (!more)
                    {
                        break;
                    }
                }
            }
            while (!turns.End(channel));
            return sent;
        }
        catch
        {
            turns.End(channel, whatever: true);
            throw;
        }
    }

    private async Task<(int Sent, bool More)> Batch(string channel, CancellationToken cancellationToken)
    {
        // Services of its own: other channels go on beside it.
        var (way, messages, more) = await services.SendAlone(new ClaimDeliveries(channel), cancellationToken);
        var kind = kinds.Named(way?.Kind) ?? kinds.LastOrDefault(k => k.Reach == Reach.Everybody && k.Kind == channel);
        var settled = new List<Settled>(messages.Count);
        DeliveryOutcome? all = way switch
        {
            { Enabled: false } => DeliveryOutcome.Refused("channel_off"),
            { BrokenAt: not null } => DeliveryOutcome.Refused("channel_broken: " + way.BrokenBecause),
            _ => kind is null ? DeliveryOutcome.Refused("channel_gone") : null,
        };
        foreach (var message in messages.TakeWhile(m => clock.GetUtcNow() < m.Rows[0].LeaseUntil - Margin))
        {
            var outcome = all ?? await Send(way, kind!, Linked(message), cancellationToken);
            all = outcome.WholeChannel ? outcome : all;
            settled.Add(new Settled(message, outcome, clock.GetUtcNow()));
        }

        if (settled.Count > 0)
        {
            await services.SendAlone(new SettleDeliveries(channel, settled), cancellationToken);
        }

        var sent = settled.Where(s => s.Outcome.How == Delivered.Sent).ToList();
        sent.ForEach(s => s.Sent.Rows.ToList().ForEach(r => DeskTelemetry.Delivered(channel, (s.At - r.RaisedAt).TotalSeconds)));
        return (sent.Sum(s => s.Sent.Rows.Count), more && all?.How != Delivered.RetryLater);
    }

    /// <summary>With its link: sealed outside of any unit of work, since the keys may have to be made first, and good from now on.</summary>
    private ChannelMessage Linked(Consignment of) =>
        of.Message.Ticket is { } ticket ? of.Message with { Link = links.Of(ticket.Alert, of.Rows[0].Person, clock.GetUtcNow()) } : of.Message;

    private async Task<DeliveryOutcome> Send(ChannelRow? way, IChannel kind, ChannelMessage message, CancellationToken cancellationToken)
    {
        var outcome = kind.Reach is Reach.Email or Reach.Phone && message.Address is null
            ? DeliveryOutcome.Refused("no_contact") : await kind.Try(way, protection, message, cancellationToken);
        if (outcome.How != Delivered.Sent)
        {
            log.LogWarning("{Key} was not delivered by {Channel}: {Outcome}, {Reason}", message.Key, way?.Code ?? kind.Kind, outcome.How, outcome.Reason);
            DeskTelemetry.NotDelivered(way?.Code ?? kind.Kind, outcome.How.ToString());
        }

        return outcome;
    }
}
