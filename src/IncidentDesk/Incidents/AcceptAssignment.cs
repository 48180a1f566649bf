using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>The handler accepts the job (签收); no clock depends on it.</summary>
public sealed record AcceptAssignment(Caller By, string Number, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="AcceptAssignment"/>
public sealed class AcceptAssignmentHandler(ChangeIncident change) : IRequestHandler<AcceptAssignment, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(AcceptAssignment request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Handle, request.Number, request.IfMatch, cancellationToken);
        return opened.Value is not { } incident
            ? opened.Refused!
            : await change.Append(
                request.By, incident,
                PeopleDecisions.AcceptAssignment(incident.State, incident.Now),
                [], cancellationToken);
    }
}
