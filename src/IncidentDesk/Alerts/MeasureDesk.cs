using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Counts what the gauges show: open incidents that still have a step ahead, not due and overdue, by the index of next steps; and what waits in the outbox.
/// </summary>
public sealed record MeasureDesk : IRequest<DeskFigures>;

/// <inheritdoc cref="MeasureDesk"/>
public sealed class MeasureDeskHandler(DeskDb db, TimeProvider clock) : IRequestHandler<MeasureDesk, DeskFigures>
{
    /// <inheritdoc/>
    public async Task<DeskFigures> Handle(MeasureDesk request, CancellationToken cancellationToken)
    {
        var at = Instant.Of(clock.GetUtcNow());
        var open = db.Incidents.Where(i => i.NextStepAt > Instant.Of(DateTimeOffset.UnixEpoch));
        var overdue = await open.LongCountAsync(i => i.BreachesAt <= at, cancellationToken);
        var figures = new DeskFigures(
            await open.LongCountAsync(cancellationToken) - overdue, overdue, await db.Outbox.LongCountAsync(o => o.State == OutboxRow.Pending, cancellationToken));
        DeskTelemetry.Counted(figures);
        return figures;
    }
}
