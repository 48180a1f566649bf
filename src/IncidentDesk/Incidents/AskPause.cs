using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Asks for a pause with a listed reason, working from now once approved (D8, D22).</summary>
public sealed record AskPause(Caller By, string Number, string Reason, string? Note, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="AskPause"/>
public sealed class AskPauseHandler(ChangeIncident change) : IRequestHandler<AskPause, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(AskPause request, CancellationToken cancellationToken)
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
                SecondPersonDecisions.AskPause(incident.State, incident.RequestId, incident.Code("pause-reason", request.Reason), incident.Now),
                texts.Said, cancellationToken);
    }
}
