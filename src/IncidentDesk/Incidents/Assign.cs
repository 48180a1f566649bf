using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>Gives the job to a person, or to another one (派单/改派).</summary>
public sealed record Assign(Caller By, string Number, string Handler, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="Assign"/>
public sealed class AssignHandler(DeskDb db, ChangeIncident change) : IRequestHandler<Assign, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(Assign request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Approve, request.Number, request.IfMatch, cancellationToken);
        if (opened.Value is not { } incident)
        {
            return opened.Refused!;
        }

        var (assignee, unknown) = await Assignee.Find(db, request.Handler, incident.Now.ToUtc(), cancellationToken);
        return assignee is null
            ? unknown!
            : await change.Append(request.By, incident, assignee.Decide(incident.State, incident.Now), [], cancellationToken);
    }
}
