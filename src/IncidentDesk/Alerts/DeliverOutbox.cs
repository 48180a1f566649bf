using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Alerts;

/// <summary>
/// Delivers what waits in the outbox, at least once, batch after batch: claimed, sent, and what came of it written. Between claim and outcome messages are on their way, so
/// this is no unit of work. The result is how many were delivered.
/// </summary>
public sealed record DeliverOutbox : IRequest<int>;

/// <inheritdoc cref="DeliverOutbox"/>
public sealed class DeliverOutboxHandler(IServiceProvider services, IEnumerable<IChannel> channels, TimeProvider clock, ILogger<DeliverOutboxHandler> log)
    : IRequestHandler<DeliverOutbox, int>
{
    private const int MostWaitSec = 3_600;

    // What a message may take; one that could outlast its lease is left to the next claim.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public async Task<int> Handle(DeliverOutbox request, CancellationToken cancellationToken)
    {
        var sent = 0;
        while (true)
        {
            var claimed = await services.SendAlone(new ClaimDeliveries(), cancellationToken);
            var outcomes = new List<(Delivery Row, DateTimeOffset? SentAt, DateTimeOffset? Again)>(claimed.Count);
            foreach (var row in claimed)
            {
                if (clock.GetUtcNow() < row.LeaseUntil - Margin)
                {
                    outcomes.Add(await Deliver(row, cancellationToken));
                }
            }

            if (outcomes.Count > 0)
            {
                await services.SendAlone(new SettleDeliveries(outcomes), cancellationToken);
                sent += outcomes.Count(o => o.SentAt is not null);
            }

            if (claimed.Count < ClaimDeliveries.Batch)
            {
                return sent;
            }
        }
    }

    private async Task<(Delivery Row, DateTimeOffset? SentAt, DateTimeOffset? Again)> Deliver(Delivery row, CancellationToken cancellationToken)
    {
        try
        {
            await channels.Single(c => c.Name == row.Channel).Deliver(row.Id, row.Person, row.Zh, row.En, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "{Key} was not delivered; it is tried again.", row.Id);
            return (row, null, clock.GetUtcNow().AddSeconds(Math.Min(MostWaitSec, 30 * (1 << Math.Min(row.Attempts - 1, 10)))));
        }

        var now = clock.GetUtcNow();
        DeskTelemetry.Delivered(row.Channel, (now - row.RaisedAt).TotalSeconds);
        return (row, now, null);
    }
}
