using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.People;

/// <summary>Who an id is, with the roles held now; null where nobody has it, or it is a part of the product that acts by itself.</summary>
public sealed record FindCaller(string? Id, string Via) : IRequest<Caller?>;

/// <inheritdoc cref="FindCaller"/>
public sealed class FindCallerHandler(DeskDb db, DeskCache cache) : IRequestHandler<FindCaller, Caller?>
{
    /// <inheritdoc/>
    public async Task<Caller?> Handle(FindCaller request, CancellationToken cancellationToken)
    {
        // Every request begins here, and most go on to read the rules: one look for both. The count names the person because one that stands for itself is asked
        // beforehand, in a query of its own that blocks the thread.
        if (request.Id is not { Length: > 0 and <= 64 } id
            || await db.People.Where(p => p.Id == id).Select(p => new { p.Id, p.Name, p.Roles, Versions = db.References.Count(_ => p.Id != null) })
                .SingleOrDefaultAsync(cancellationToken) is not { Roles.Length: > 0 } person)
        {
            return null;
        }

        cache.Seen(person.Versions);
        return new Caller(new Actor(person.Id, person.Name), Roles.Parse(person.Roles) ?? new HashSet<Role>(), request.Via);
    }
}
