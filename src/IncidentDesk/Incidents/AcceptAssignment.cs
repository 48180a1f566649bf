using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>The handler accepts the job (签收), and nobody in their name; no clock depends on it.</summary>
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
                Own(request.By, incident.State) is { } others ? Decision.No(others) : PeopleDecisions.AcceptAssignment(incident.State, incident.Now),
                [], cancellationToken);
    }

    /// <summary>Why this person neither accepts nor returns the job: it is somebody else's. Null also where it is nobody's; that is told otherwise.</summary>
    public static Refusal? Own(Caller by, Incident incident) => incident.Open && incident.Handler is { } handler && handler.Id != by.Person.Id
        ? new Refusal("not_assigned_to_you", "actor", "该工单未派给您，只能由承办人本人签收或退单。", "The incident is not assigned to you; only its handler accepts or returns it.")
        : null;
}
