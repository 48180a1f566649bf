using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>
/// Recomputes one row again, alone and with nobody writing meanwhile; where it still differs the operators are told, once a day. The row stays as it is. The result tells
/// whether it differs.
/// </summary>
public sealed record CheckRow(long Incident) : IRequest<bool>, IUnitOfWork
{
    /// <summary>
    /// What stands in a row and should not, or the other way round, by the first of the rules that it may stand by (<see cref="StandingRules"/>); null where it is right by any.
    /// <paramref name="raised"/>: its alerts, null where they were not read and the next step is looked at as if there were none.
    /// </summary>
    internal static (string Column, object? Stands, object? Should)? Wrong(
        IncidentRow row, List<EventRow> events, Desk desk, IReadOnlyList<Rules> standing, IReadOnlyCollection<RaisedStep>? raised)
    {
        try
        {
            var entries = events.Entries();
            var number = new IncidentNumber(desk.Installation.NumberPrefix, row.Key);
            var facts = Domain.Incidents.Incident.Of(number, entries).Facts;
            (string Column, object? Stands, object? Should)? first = null;
            foreach (var rules in standing)
            {
                if ((IncidentProjection.Difference(number, row, entries, rules) ?? NextStep(row, entries, facts, rules, raised)) is not { } wrong)
                {
                    return null;
                }

                first ??= wrong;
            }

            return first;
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or NotSupportedException)
        {
            return (Events, null, e.Message);
        }
    }

    /// <summary>Named as the column where the events themselves cannot be read.</summary>
    internal const string Events = "Events";

    /// <summary>A next step that is later than the ladder's, or is missing, would let an incident run late in silence.</summary>
    private static (string Column, object? Stands, object? Should)? NextStep(
        IncidentRow row, List<Entry> entries, ClockFacts facts, Rules rules, IReadOnlyCollection<RaisedStep>? raised)
    {
        var next = rules.LadderFor(facts.ReportedAt).NextAt(IncidentProjection.Watch(row, entries, facts, rules), raised ?? [], row.LastEffectiveAt);
        return next is { } at && (row.NextStepAt is not { } stands || stands > at) ? (nameof(IncidentRow.NextStepAt), row.NextStepAt, at) : null;
    }
}

/// <inheritdoc cref="CheckRow"/>
public sealed class CheckRowHandler(DeskDb db, DeskCache cache, AlertPost post, TimeProvider clock) : IRequestHandler<CheckRow, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(CheckRow request, CancellationToken cancellationToken)
    {
        post.Clear();
        var desk = await cache.Get(db, cancellationToken);
        var mine = db.Incidents.Where(i => i.Key == request.Incident);

        // Writing what stands takes the row: an event that is being appended has then been, or waits.
        await mine.ExecuteUpdateAsync(set => set.SetProperty(i => i.LastSeq, i => i.LastSeq), cancellationToken);
        var row = await mine.AsNoTracking().SingleAsync(cancellationToken);
        var events = await db.Events.AsNoTracking().Where(e => e.Incident == request.Incident).OrderBy(e => e.Seq).ToListAsync(cancellationToken);
        var alerts = await db.Alerts.AsNoTracking().Where(a => a.Incident == request.Incident).ToListAsync(cancellationToken);
        if (CheckRow.Wrong(row, events, desk, await StandingRules.Read(db, desk.Reference, cancellationToken), alerts.ConvertAll(a => a.ToStep())) is not var (column, stands, should))
        {
            return false;
        }

        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var day = PutAsideHandler.Day(desk.Zone, now);
        if (!alerts.Exists(a => a.Id == AlertRow.IdOf(request.Incident, AlertRow.Watch, "row-differs", day)))
        {
            var number = new IncidentNumber(desk.Installation.NumberPrefix, request.Incident);
            post.Tell(request.Incident, "row-differs", day, Words.Differs(number, column, stands, should), (await Roster.Load(db, now, cancellationToken)).Operators, now);
            await post.Flush(cancellationToken);
        }

        return true;
    }
}
