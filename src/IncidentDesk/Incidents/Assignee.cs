using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>Somebody whom a job can be given to: staff or a handler, the account in use. <paramref name="Rights"/> tells to which places theirs are limited.</summary>
public sealed record Assignee(Caller Rights)
{
    /// <summary>Who it is.</summary>
    public Actor Person => Rights.Person;

    /// <summary>Finds the person; the refusal says why nobody is given a job by that id.</summary>
    public static async Task<(Assignee? Found, Refusal? Refused)> Find(DeskDb db, string id, DateTimeOffset now, CancellationToken cancellationToken) =>
        !id.Any(char.IsControl) && await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancellationToken) is { } person && Of(person, now) is { } found
            ? (found, null)
            : (null, new Refusal("unknown_handler", "handler", "没有这位承办人，或其账号已停用。", "There is no such handler, or the account is not in use."));

    /// <summary>Everybody a job can be given to, by name.</summary>
    public static async Task<IReadOnlyList<Assignee>> All(DeskDb db, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. (await db.People.AsNoTracking().Where(p => p.Roles != "" && p.DisabledAt == null).ToListAsync(cancellationToken))
            .Select(p => Of(p, now)).OfType<Assignee>().OrderBy(a => a.Person.Name, StringComparer.Ordinal).ThenBy(a => a.Person.Id, StringComparer.Ordinal)];

    /// <summary>Gives the job, or says why this person cannot have it: a ticket of a place that is not theirs they could not even open.</summary>
    public Decision Decide(Incident incident, Instant now) =>
        Rights.LacksOn(incident, Right.Read) is null
            ? PeopleDecisions.Assign(incident, Person, now)
            : Decision.No(new Refusal(
                "handler_elsewhere", "handler", $"{Person.Name} 的权限不含该工单所在的镇街或受理点，不能派给其办理。", $"The rights of {Person.Name} do not cover the place of this incident."));

    private static Assignee? Of(PersonRow person, DateTimeOffset now) =>
        person.IsInForce(now) && Roles.Parse(person.Roles) is { } roles && roles.Overlaps([Role.Handler, Role.Staff])
            ? new Assignee(new Caller(new Actor(person.Id, person.Name), roles, "system") { Towns = person.Towns?.Split(','), ServicePoints = person.ServicePoints?.Split('\n') })
            : null;
}
