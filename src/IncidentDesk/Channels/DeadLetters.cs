using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Channels;

/// <summary>What channels gave up, by key, a page at a time; of one channel where it is named.</summary>
public sealed record ReadDeadLetters(Caller By, string? Channel, string? Cursor, int? Limit) : IRequest<Outcome<DeadLetterPage>>;

/// <summary>A page and the cursor of the next, null at the end.</summary>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, string? Next);

/// <summary>A message that was given up: what of, to whom, how often it was tried, why it was not taken.</summary>
public sealed record DeadLetter(string Id, string Alert, string Channel, string Person, int Attempts, string? Reason, DateTimeOffset RaisedAt);

/// <summary>Sends again what was given up: one message, or all of a channel (<paramref name="Channel"/>). What concerns a ticket that is over stays where it is. The result is how many.</summary>
public sealed record ResendDead(Caller By, string? Id, string? Channel) : IRequest<Outcome<int>>, IUnitOfWork;

/// <inheritdoc cref="ReadDeadLetters"/>
public sealed class ReadDeadLettersHandler(DeskDb db) : IRequestHandler<ReadDeadLetters, Outcome<DeadLetterPage>>
{
    private const int Most = 200;

    /// <inheritdoc/>
    public async Task<Outcome<DeadLetterPage>> Handle(ReadDeadLetters request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? 50;
        if (request.By.Lacks(Right.Watch) is { } denied)
        {
            return denied;
        }

        if (limit is < 1 or > Most)
        {
            return new Refusal("bad_limit", "limit", $"每页 1 至 {Most} 条。", $"1 to {Most} rows a page.");
        }

        var (channel, cursor) = (request.Channel, request.Cursor ?? "");
#pragma warning disable CA1309 // The database compares; no other form is translated.
        var found = await (
                from o in db.Outbox.AsNoTracking()
                join a in db.Alerts.AsNoTracking() on o.Alert equals a.Id
                where o.State == OutboxRow.Dead && (channel == null || o.Channel == channel) && string.Compare(o.Id, cursor) > 0
                orderby o.Id
                select new DeadLetter(o.Id, o.Alert, o.Channel, o.Person, o.Attempts, o.Reason, a.RaisedAt))
            .Take(limit + 1).ToListAsync(cancellationToken);
#pragma warning restore CA1309
        return new DeadLetterPage([.. found.Take(limit)], found.Count > limit ? found[limit - 1].Id : null);
    }
}

/// <inheritdoc cref="ResendDead"/>
public sealed class ResendDeadHandler(DeskDb db, TimeProvider clock) : IRequestHandler<ResendDead, Outcome<int>>
{
    /// <inheritdoc/>
    public async Task<Outcome<int>> Handle(ResendDead request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Channels) is { } denied)
        {
            return denied;
        }

        var (id, channel) = (request.Id, request.Channel);
        var dead = db.Outbox.Where(o => o.State == OutboxRow.Dead && (id == null || o.Id == id) && (channel == null || o.Channel == channel));
        if (id is not null && !await dead.AnyAsync(cancellationToken))
        {
            return new Refusal("delivery_not_found", "id", "没有这条未送达的消息。", "There is no such dead letter.");
        }

        var now = clock.GetUtcNow();
        var again = await dead.Where(o => !db.Incidents.Any(i => i.Key == o.Incident && (i.ResolvedAt != null || i.ExcludedAs != null)))
            .ExecuteUpdateAsync(
                set => set.SetProperty(o => o.State, OutboxRow.Pending).SetProperty(o => o.Attempts, 0).SetProperty(o => o.NextAttemptAt, now).SetProperty(o => o.LeaseUntil, now)
                    .SetProperty(o => o.Digest, (string?)null), cancellationToken);
        if (id is not null && again == 0)
        {
            return new Refusal("ticket_over", "id", "该工单已办结或已剔除，不再发送提醒。", "The ticket is over; nothing is sent any more.");
        }

        db.Log(request.By, "resent", now, id ?? channel, $"{again}");
        return again;
    }
}
