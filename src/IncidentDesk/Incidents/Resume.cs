using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Ends a pause, now or at the earlier instant at which what was waited for came (D8).</summary>
public sealed record Resume(Caller By, string Number, Instant? At, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="Resume"/>
public sealed class ResumeHandler(ChangeIncident change) : IRequestHandler<Resume, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(Resume request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Handle, request.Number, request.IfMatch, cancellationToken);
        return opened.Value is not { } incident
            ? opened.Refused!
            : await change.Append(
                request.By, incident,
                ClockDecisions.Resume(incident.State, request.At ?? incident.Now, incident.Desk.Zone, incident.Now),
                [], cancellationToken);
    }
}
