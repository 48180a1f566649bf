using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Puts an incident aside whose ladder cannot be read, so that it stops no other, and tells the operators, once a day for as long as it lasts. It is tried again in a
/// quarter of an hour.
/// </summary>
public sealed record PutAside(long Incident, string Why) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="PutAside"/>
public sealed class PutAsideHandler(DeskDb db, DeskCache cache, AlertPost post, TimeProvider clock) : IRequestHandler<PutAside, bool>
{
    private const int AgainSec = 900;

    /// <inheritdoc/>
    public async Task<bool> Handle(PutAside request, CancellationToken cancellationToken)
    {
        post.Clear();
        var desk = await cache.Get(db, cancellationToken);
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var again = Instant.Of(now).Plus(AgainSec);
        await db.Incidents.Where(i => i.Key == request.Incident).ExecuteUpdateAsync(set => set.SetProperty(i => i.NextStepAt, again), cancellationToken);
        var day = Day(desk.Zone, now);
        if (await db.Alerts.AnyAsync(a => a.Id == AlertRow.IdOf(request.Incident, AlertRow.Watch, "cannot-alert", day), cancellationToken))
        {
            return false;
        }

        var number = new IncidentNumber(desk.Installation.NumberPrefix, request.Incident);
        var why = request.Why.Length > 500 ? request.Why[..500] : request.Why;
        post.Tell(request.Incident, "cannot-alert", day, Words.CannotAlert(number, why), (await Roster.Load(db, now, cancellationToken)).Operators, now);
        await post.Flush(cancellationToken);
        return true;
    }

    /// <summary>yyyymmdd: the version of what is told once a day.</summary>
    internal static int Day(Zone zone, DateTimeOffset now) => (int)(IncidentNumber.DayKey(zone.DayOf(Instant.Of(now))) / 1_000_000);
}
