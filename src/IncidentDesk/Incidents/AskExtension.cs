using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Asks for a later internal due time; the indicator does not follow it (D12).</summary>
public sealed record AskExtension(Caller By, string Number, Instant To, string? Note, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="AskExtension"/>
public sealed class AskExtensionHandler(ChangeIncident change) : IRequestHandler<AskExtension, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(AskExtension request, CancellationToken cancellationToken)
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
                SecondPersonDecisions.AskExtension(incident.State, incident.RequestId, request.To, incident.Clock, incident.Now),
                texts.Said, cancellationToken);
    }
}
