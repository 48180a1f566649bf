using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// Hands all open tickets of one person to the next shift (值班交接): those assigned to them, and those that they logged and nobody was given. Each is assigned by the decision of
/// <see cref="Assign"/>, all in one transaction; one that cannot be given stays where it is and keeps no other. The note stands on each that was given. Who takes over then
/// accepts (签收) or returns each like any other assignment; no clock stops meanwhile (D3).
/// </summary>
public sealed record HandOver(Caller By, string To, string? Note, string? Idempotency = null) : IRequest<Outcome<HandedOver>>, IUnitOfWork, IIdempotent;

/// <summary>
/// What became of it: to whom, the instant at which they were assigned (UTC, whole seconds), which with the two people names this hand-over, and how many were given and kept.
/// </summary>
public sealed record HandedOver(string To, DateTimeOffset At, int Given, int Kept);

/// <inheritdoc cref="HandOver"/>
public sealed class HandOverHandler(DeskDb db, ChangeIncident change, DeskCache cache, TimeProvider clock) : IRequestHandler<HandOver, Outcome<HandedOver>>
{
    /// <summary>How many at most are given at once; whoever has more does it again.</summary>
    public const int Most = 200;

    /// <inheritdoc/>
    public async Task<Outcome<HandedOver>> Handle(HandOver request, CancellationToken cancellationToken)
    {
        var (by, now) = (request.By, Domain.Sla.Instant.Of(clock.GetUtcNow()));
        var texts = new Texts().Add("note", request.Note, 2000);
        var (assignee, unknown) = await Assignee.Find(db, request.To, now.ToUtc(), cancellationToken);
        if ((by.Lacks(Right.Handle) ?? texts.Refused ?? (request.To == by.Person.Id ? ToSelf : assignee is null ? unknown! with { Field = "to" } : null)) is { } refused)
        {
            return refused;
        }

        var mine = await Mine(db, by.Person.Id).OrderBy(i => i.Key).Select(i => i.Key).Take(Most).ToListAsync(cancellationToken);
        if (mine.Count == 0)
        {
            return Nothing;
        }

        var (given, prefix) = (0, (await cache.Get(db, cancellationToken)).Installation.NumberPrefix);
        foreach (var key in mine)
        {
            var opened = await change.Open(by, Right.Read, new IncidentNumber(prefix, key).ToString(), null, cancellationToken);
            if (opened.Value is { } incident && assignee!.Decide(incident.State, now) is { Refused: null } decision)
            {
                // Each has salts of its own: one text's hash tells nothing of another's.
                await change.Append(by, incident, decision, new Texts().Add("note", request.Note, 2000).Said, cancellationToken);
                given++;
            }
        }

        return new HandedOver(assignee!.Person.Id, now.ToUtc(), given, mine.Count - given);
    }

    /// <summary>The open tickets of a person: assigned to them, or logged by them and assigned to nobody.</summary>
    public static IQueryable<IncidentRow> Mine(DeskDb db, string person) => db.Incidents.Where(i => i.ExcludedAs == null && i.ResolvedAt == null
        && (i.Handler == person || (i.Handler == null && db.Events.Any(e => e.Incident == i.Key && e.Seq == 1 && e.ActorId == person))));

    private static readonly Refusal ToSelf = new("hand_over_to_self", "to", "接班人不能是交班人本人。", "Nobody hands over to themselves.");

    private static readonly Refusal Nothing = new("nothing_to_hand_over", "to", "您名下没有未办结的工单，无需交接。", "You have no open tickets to hand over.");
}
