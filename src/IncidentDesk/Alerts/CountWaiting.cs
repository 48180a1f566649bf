using IncidentDesk.Data;
using IncidentDesk.People;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>How much waits for the caller (待办): alerts that they have not acknowledged, and requests that they may decide.</summary>
public sealed record CountWaiting(Caller By) : IRequest<int>;

/// <inheritdoc cref="CountWaiting"/>
public sealed class CountWaitingHandler(DeskDb db) : IRequestHandler<CountWaiting, int>
{
    // Nobody reads a larger number; the page shows 99+.
    private const int Most = 100;

    /// <inheritdoc/>
    public async Task<int> Handle(CountWaiting request, CancellationToken cancellationToken)
    {
        var me = request.By.Person.Id;
        var alerts = (await db.Inbox.AsNoTracking().Where(i => i.Person == me && i.AcknowledgedAt == null).Select(i => i.Alert).Take(Most).ToListAsync(cancellationToken)).Count;
        if (request.By.Lacks(Right.Approve) is not null)
        {
            return alerts;
        }

        var (absent, towns, points) = (request.By.StandsInFor?.Id, request.By.Towns, request.By.ServicePoints);
        var pending = db.Requests.AsNoTracking().Where(r => r.State == RequestRow.Pending && r.RequestedBy != me && r.RequestedBy != absent);
        if (request.By.IsLimited)
        {
            var (allTowns, allPoints) = (towns is null, points is null);
            pending = pending.Where(r => r.Incident == null || db.Incidents.Any(i => i.Key == r.Incident
                && (allTowns || i.Town == null || towns!.Contains(i.Town)) && (allPoints || i.ServicePoint == null || points!.Contains(i.ServicePoint))));
        }

        return alerts + (await pending.Select(r => r.Id).Take(Most).ToListAsync(cancellationToken)).Count;
    }
}
