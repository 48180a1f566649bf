using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.People;

/// <summary>Everybody of the desk with what an administrator keeps in view; for an approver, who has a deputy to choose, too.</summary>
public sealed record ReadPeople(Caller By) : IRequest<Outcome<PeopleView>>;

/// <summary>
/// People by id, who stands in for whom now or later, the towns in force today by code, and how many can approve now: below two, what one of them asks for nobody can decide.
/// </summary>
public sealed record PeopleView(IReadOnlyList<PersonRow> People, IReadOnlyList<DeputyRow> Deputies, IReadOnlyList<(string Code, string Name)> Towns, int Approvers)
{
    /// <summary>How many must be able to approve.</summary>
    public const int LeastApprovers = 2;

    /// <summary>How many of them can approve at an instant: in force, with the role.</summary>
    public static int ApproversOf(IEnumerable<PersonRow> people, DateTimeOffset now) =>
        people.Count(p => p.IsInForce(now) && Roles.Parse(p.Roles)?.Contains(Role.Approver) is true);
}

/// <inheritdoc cref="ReadPeople"/>
public sealed class ReadPeopleHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ReadPeople, Outcome<PeopleView>>
{
    /// <inheritdoc/>
    public async Task<Outcome<PeopleView>> Handle(ReadPeople request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.People) is { } refused && request.By.Lacks(Right.Approve) is not null)
        {
            return refused;
        }

        var now = clock.GetUtcNow();
        var desk = await cache.Get(db, cancellationToken);
        var today = desk.Zone.DayOf(Instant.Of(now));
        var people = await db.People.AsNoTracking().Where(p => p.Roles != "").OrderBy(p => p.Id).ToListAsync(cancellationToken);
        return new PeopleView(
            people,
            await db.Deputies.AsNoTracking().Where(d => d.Until > now && d.Until > d.Since).OrderBy(d => d.Since).ThenBy(d => d.Id).ToListAsync(cancellationToken),
            [.. desk.Reference.CodesOf(ReferenceList.Town).Select(c => desk.Reference.Find(ReferenceList.Town, c.Key, today)).OfType<Domain.Incidents.Coded>().Select(t => (t.Code, t.Name))],
            PeopleView.ApproversOf(people, now));
    }
}
