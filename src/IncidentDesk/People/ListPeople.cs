using IncidentDesk.Data;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.People;

/// <summary>Everybody of the desk, by id; for who assigns and who administers.</summary>
public sealed record ListPeople(Caller By) : IRequest<Outcome<IReadOnlyList<PersonRow>>>;

/// <inheritdoc cref="ListPeople"/>
public sealed class ListPeopleHandler(DeskDb db) : IRequestHandler<ListPeople, Outcome<IReadOnlyList<PersonRow>>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<PersonRow>>> Handle(ListPeople request, CancellationToken cancellationToken) =>
        request.By.Lacks(Right.People) is { } refused && request.By.Lacks(Right.Approve) is not null
            ? refused
            : new Outcome<IReadOnlyList<PersonRow>>(
                await db.People.AsNoTracking().Where(p => p.Roles != "").OrderBy(p => p.Id).ToListAsync(cancellationToken), null);
}
