using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// What a person has open, and of one hand-over of theirs (<see cref="HandedOver"/>) what the one who took over still has open: the 值班交接表. Without <paramref name="To"/> only
/// the first.
/// </summary>
public sealed record ReadHandOver(Caller By, string? To = null, Instant? At = null) : IRequest<Outcome<HandOverView>>;

/// <summary>Both lists by official due time, those without one last; the note of the shift; who took over.</summary>
public sealed record HandOverView(IReadOnlyList<HandOverLine> Mine, IReadOnlyList<HandOverLine> Given, string? Note, Actor? To, Zone Zone, Instant Now);

/// <summary>
/// A ticket of the list: its row, the names of its category and place (town and building, never a room), whether its handler has accepted it, what waits for a second person,
/// and why it could not be given.
/// </summary>
public sealed record HandOverLine(IncidentNumber Number, IncidentRow Row, ReferenceRow? Category, ReferenceRow? Where, bool Accepted, int Waiting, Refusal? Kept);

/// <inheritdoc cref="ReadHandOver"/>
public sealed class ReadHandOverHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ReadHandOver, Outcome<HandOverView>>
{
    private static readonly string[] Assignments = [EventPayloads.TypeOf(new Assigned("", "")), EventPayloads.TypeOf(new AssignmentAccepted()), EventPayloads.TypeOf(new AssignmentReturned())];

    /// <inheritdoc/>
    public async Task<Outcome<HandOverView>> Handle(ReadHandOver request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Handle) is { } refused)
        {
            return refused;
        }

        var (me, now, desk) = (request.By.Person.Id, Instant.Of(clock.GetUtcNow()), await cache.Get(db, cancellationToken));
        var (to, _) = request.To is { } id ? await Assignee.Find(db, id, now.ToUtc(), cancellationToken) : (null, null);
        var mine = await HandOverHandler.Mine(db, me).AsNoTracking().OrderBy(i => i.Key).Take(HandOverHandler.Most).ToListAsync(cancellationToken);
        var assigned = Assignments[0];
        var given = to is null || request.At is not { } at ? [] : await db.Incidents.AsNoTracking().Where(i => i.ExcludedAs == null && i.ResolvedAt == null && i.Handler == to.Person.Id
                && db.Events.Any(e => e.Incident == i.Key && e.Type == assigned && e.ActorId == me && e.EffectiveAt == at))
            .OrderBy(i => i.Key).Take(HandOverHandler.Most).ToListAsync(cancellationToken);
        var keys = mine.Concat(given).Select(i => i.Key).ToList();
        var events = await db.Events.AsNoTracking().Where(e => keys.Contains(e.Incident) && (e.Seq == 1 || Assignments.Contains(e.Type))).ToListAsync(cancellationToken);
        var streams = events.OrderBy(e => e.Seq).ToLookup(e => e.Incident);
        var waiting = (await db.Requests.Where(r => r.Incident != null && keys.Contains(r.Incident.Value) && r.State == RequestRow.Pending)
            .Select(r => r.Incident!.Value).ToListAsync(cancellationToken)).ToLookup(k => k);
        return new HandOverView(Lines(mine, to), Lines(given, null), await Note(given, streams, request, cancellationToken), to?.Person, desk.Zone, now);

        IReadOnlyList<HandOverLine> Lines(List<IncidentRow> rows, Assignee? next) => [.. rows.OrderBy(r => r.EffectiveDueAt is null).ThenBy(r => r.EffectiveDueAt).ThenBy(r => r.Key).Select(row =>
        {
            var number = new IncidentNumber(desk.Installation.NumberPrefix, row.Key);

            // The log and the assignments tell place and handler; the row, that it is open.
            var state = Incident.Of(number, streams[row.Key].Select(IncidentJournal.ToEntry));
            var (day, system) = (desk.Zone.DayOf(row.ReportedAt), row.Kind == Scope.System);
            var details = ((FaultLogged)state.Entries[0].What).Details;
            return new HandOverLine(
                number, row, desk.Reference.RulingOn(system ? ReferenceList.SystemType : ReferenceList.RentalType, row.Category, day),
                system && details.System is { } named ? desk.Reference.RulingOn(ReferenceList.System, named.Code, day) : row.Town is { } town ? desk.Reference.RulingOn(ReferenceList.Town, town, day) : null,
                state.Accepted, waiting[row.Key].Count(), next?.Decide(state, now).Refused);
        })];
    }

    /// <summary>The note of the shift, as it stands on one of those given.</summary>
    private async Task<string?> Note(List<IncidentRow> given, ILookup<long, EventRow> streams, ReadHandOver request, CancellationToken cancellationToken)
    {
        var assigned = given.SelectMany(i => streams[i.Key]).FirstOrDefault(e => e.Type == Assignments[0] && e.ActorId == request.By.Person.Id && e.EffectiveAt == request.At);
        if (assigned is not { Incident: var key, Seq: var seq })
        {
            return null;
        }

        return (await db.Texts.AsNoTracking().SingleOrDefaultAsync(t => t.Incident == key && t.Seq == seq && t.Field == "note", cancellationToken))?.Value;
    }
}
