using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Whom a job can be given to, by name: for who assigns, and for who hands over.</summary>
public sealed record ReadAssignees(Caller By) : IRequest<Outcome<IReadOnlyList<Actor>>>;

/// <inheritdoc cref="ReadAssignees"/>
public sealed class ReadAssigneesHandler(DeskDb db, TimeProvider clock) : IRequestHandler<ReadAssignees, Outcome<IReadOnlyList<Actor>>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<Actor>>> Handle(ReadAssignees request, CancellationToken cancellationToken) =>
        request.By.Lacks(Right.Approve) is { } refused && request.By.Lacks(Right.Handle) is not null
            ? refused
            : new Outcome<IReadOnlyList<Actor>>([.. (await Assignee.All(db, clock.GetUtcNow(), cancellationToken)).Select(a => a.Person)], null);
}
