using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Resolves an incident; how it ended is required (D5). Entered after the limit for a time within it, it becomes a request (D21).</summary>
public sealed record Resolve(Caller By, string Number, string Manner, Instant? At, DateOnly? FollowUpOn, string? Receipt, string? Handling, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="Resolve"/>
public sealed class ResolveHandler(ChangeIncident change) : IRequestHandler<Resolve, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(Resolve request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("handling", request.Handling, 4000).Add("receipt", request.Receipt, 200);
        if (texts.Refused is { } refused)
        {
            return refused;
        }

        var opened = await change.Open(request.By, Right.Handle, request.Number, request.IfMatch, cancellationToken);
        return opened.Value is not { } incident
            ? opened.Refused!
            : await change.Append(
                request.By, incident,
                ClockDecisions.Resolve(
                    incident.State,
                    new Resolution(incident.Code("resolution-manner", request.Manner), request.FollowUpOn, !string.IsNullOrWhiteSpace(request.Receipt)),
                    request.At ?? incident.Now, incident.Clock, incident.RequestId, incident.Now),
                texts.Said, cancellationToken);
    }
}
