using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>The handler gives the job back with a reason (退单); the clock does not stop.</summary>
public sealed record ReturnAssignment(Caller By, string Number, string Reason, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="ReturnAssignment"/>
public sealed class ReturnAssignmentHandler(ChangeIncident change) : IRequestHandler<ReturnAssignment, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(ReturnAssignment request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("note", request.Reason, 2000);
        if ((texts.Refused ?? (texts.Said.Count == 0 ? Refusals.ReasonRequired : null)) is { } refused)
        {
            return refused with { Field = "reason" };
        }

        var opened = await change.Open(request.By, Right.Handle, request.Number, request.IfMatch, cancellationToken);
        return opened.Value is not { } incident
            ? opened.Refused!
            : await change.Append(
                request.By, incident,
                AcceptAssignmentHandler.Own(request.By, incident.State) is { } others ? Decision.No(others) : PeopleDecisions.ReturnAssignment(incident.State, incident.Now),
                texts.Said, cancellationToken);
    }
}
