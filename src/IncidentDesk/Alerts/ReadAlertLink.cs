using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// What the link of a message shows, to anybody who has it: number, kind, town, state and time left as of now, and no more of the ticket. It changes nothing. <paramref name="By"/>
/// is null where nobody has signed in.
/// </summary>
public sealed record ReadAlertLink(Caller? By, string? Key) : IRequest<Outcome<LinkedAlert>>;

/// <summary>
/// The alert and its ticket. <paramref name="Over"/>: resolved, void or duplicate; null while it is open. <paramref name="Known"/>: how many have said 已知悉.
/// <paramref name="Mine"/>: the row of the caller, whom the link was sent to; null for everybody else.
/// </summary>
public sealed record LinkedAlert(AlertRow Alert, BoardRow Ticket, string? Over, int Known, InboxRow? Mine, DateTimeOffset At, Desk Desk);

/// <inheritdoc cref="ReadAlertLink"/>
public sealed class ReadAlertLinkHandler(DeskDb db, DeskCache cache, AlertLinks links, TimeProvider clock) : IRequestHandler<ReadAlertLink, Outcome<LinkedAlert>>
{
    /// <inheritdoc/>
    public async Task<Outcome<LinkedAlert>> Handle(ReadAlertLink request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var opened = links.Open(request.Key, now);
        if (opened.Value is not { } link)
        {
            return opened.Refused!;
        }

        if (await db.Alerts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == link.Alert, cancellationToken) is not { } alert
            || await BoardSnapshot.Rowed(db, db.Incidents.AsNoTracking().Where(i => i.Key == alert.Incident)).SingleOrDefaultAsync(cancellationToken) is not { } ticket)
        {
            return new Refusal("alert_not_found", "k", "没有这条提醒。", "There is no such alert.");
        }

        var over = await db.Incidents.Where(i => i.Key == alert.Incident).Select(i => i.ExcludedAs ?? (i.ResolvedAt != null ? "resolved" : null)).SingleAsync(cancellationToken);
        var readers = await db.Inbox.AsNoTracking().Where(i => i.Alert == alert.Id).ToListAsync(cancellationToken);
        var me = request.By is { MustFirst: null } by && link.Person is var to && (to == OutboxRow.Group || to == by.Person.Id) ? by.Person.Id : null;
        return new LinkedAlert(
            alert, ticket, over, readers.Count(r => r.AcknowledgedAt is not null), readers.SingleOrDefault(r => r.Person == me), now, await cache.Get(db, cancellationToken));
    }
}
