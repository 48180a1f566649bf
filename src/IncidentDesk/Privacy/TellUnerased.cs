using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Privacy;

/// <summary>Tells the operators of an incident whose texts are due and cannot be erased, once a day for as long as it lasts. The result tells whether it was told now.</summary>
public sealed record TellUnerased(long Incident, string Why) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="TellUnerased"/>
public sealed class TellUnerasedHandler(DeskDb db, DeskCache cache, AlertPost post, TimeProvider clock) : IRequestHandler<TellUnerased, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(TellUnerased request, CancellationToken cancellationToken)
    {
        post.Clear();
        var desk = await cache.Get(db, cancellationToken);
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var day = PutAsideHandler.Day(desk.Zone, now);
        if (await db.Alerts.AnyAsync(a => a.Id == AlertRow.IdOf(request.Incident, AlertRow.Watch, "cannot-erase", day), cancellationToken))
        {
            return false;
        }

        var number = new IncidentNumber(desk.Installation.NumberPrefix, request.Incident);
        var why = request.Why.Length > 500 ? request.Why[..500] : request.Why;
        post.Tell(request.Incident, "cannot-erase", day, Words.CannotErase(number, why), (await Roster.Load(db, now, cancellationToken)).Operators, now);
        await post.Flush(cancellationToken);
        return true;
    }
}
