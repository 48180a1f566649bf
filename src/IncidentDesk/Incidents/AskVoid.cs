using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Asks for a void with a listed reason; until it is approved the incident keeps counting (D11).</summary>
public sealed record AskVoid(Caller By, string Number, string Reason, string? Note, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="AskVoid"/>
public sealed class AskVoidHandler(ChangeIncident change) : IRequestHandler<AskVoid, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(AskVoid request, CancellationToken cancellationToken)
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
                SecondPersonDecisions.AskVoid(incident.State, incident.RequestId, incident.Code(Reference.ReferenceList.VoidReason, request.Reason), incident.Now),
                texts.Said, cancellationToken);
    }
}
