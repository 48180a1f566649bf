using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.People;

/// <summary>Who an id is, with the roles held now; null where nobody has it, or it is a part of the product that acts by itself.</summary>
public sealed record FindCaller(string? Id, string Via) : IRequest<Caller?>;

/// <inheritdoc cref="FindCaller"/>
public sealed class FindCallerHandler(DeskDb db) : IRequestHandler<FindCaller, Caller?>
{
    /// <inheritdoc/>
    public async Task<Caller?> Handle(FindCaller request, CancellationToken cancellationToken) =>
        request.Id is { Length: > 0 and <= 64 } id
        && await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancellationToken) is { Roles.Length: > 0 } person
            ? new Caller(new Actor(person.Id, person.Name), Roles.Parse(person.Roles) ?? new HashSet<Role>(), request.Via)
            : null;
}
