using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Opens a resolved incident again within 7 days, and says why (D9); an absent time is now.</summary>
public sealed record Reopen(Caller By, string Number, string Reason, Instant? At, string? Note, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="Reopen"/>
public sealed class ReopenHandler(ChangeIncident change) : IRequestHandler<Reopen, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(Reopen request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("note", request.Note, 2000);
        if (texts.Refused is { } refused)
        {
            return refused;
        }

        var opened = await change.Open(request.By, Right.Log, request.Number, request.IfMatch, cancellationToken);
        return opened.Value is not { } incident
            ? opened.Refused!
            : await change.Append(
                request.By, incident,
                ClockDecisions.Reopen(incident.State, incident.Code("reopen-reason", request.Reason), request.At ?? incident.Now, incident.Desk.Zone, incident.Now),
                texts.Said, cancellationToken);
    }
}
