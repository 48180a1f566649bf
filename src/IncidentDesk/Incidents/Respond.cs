using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Enters the first human contact (D4); an absent time is now. Entered after its limit for a time within it, it becomes a request (D21).</summary>
public sealed record Respond(Caller By, string Number, string Way, Instant? At, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="Respond"/>
public sealed class RespondHandler(ChangeIncident change) : IRequestHandler<Respond, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(Respond request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Handle, request.Number, request.IfMatch, cancellationToken);
        return opened.Value is not { } incident
            ? opened.Refused!
            : await change.Append(
                request.By, incident,
                ClockDecisions.Respond(incident.State, incident.Code("response-way", request.Way), request.At ?? incident.Now, incident.Clock, incident.RequestId, incident.Now),
                [], cancellationToken);
    }
}
