using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// 已知悉: the caller knows of an alert in their own inbox. Known of a breach, its repeats stop; no clock does. Saying it again changes nothing.
/// </summary>
public sealed record Acknowledge(Caller By, string Alert, string? Idempotency = null) : IRequest<Outcome<Acknowledged>>, IUnitOfWork, IIdempotent;

/// <summary>Which alert is known, and since when by this person.</summary>
public sealed record Acknowledged(string Alert, DateTimeOffset At);

/// <inheritdoc cref="Acknowledge"/>
public sealed class AcknowledgeHandler(DeskDb db, TimeProvider clock) : IRequestHandler<Acknowledge, Outcome<Acknowledged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<Acknowledged>> Handle(Acknowledge request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Acknowledge) is { } denied)
        {
            return denied;
        }

        var me = request.By.Person.Id;
        if (await db.Inbox.SingleOrDefaultAsync(i => i.Person == me && i.Alert == request.Alert, cancellationToken) is not { } row)
        {
            return new Refusal("alert_not_found", "id", "您的收件箱中没有这条提醒。", "There is no such alert in your inbox.");
        }

        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        row.AcknowledgedAt ??= now;

        // Of several people who say so at once the first one stands; the others' answers are kept in their own rows.
        await db.Alerts.Where(a => a.Id == request.Alert && a.AcknowledgedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.AcknowledgedAt, now), cancellationToken);
        return new Acknowledged(row.Alert, row.AcknowledgedAt.Value);
    }
}
