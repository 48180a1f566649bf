using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>超时说明: cause, responsible party and measure of a breach. All three are needed and are erasable text; no verdict changes.</summary>
public sealed record ExplainBreach(
    Caller By, string Number, string Cause, string Responsible, string Measure, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="ExplainBreach"/>
public sealed class ExplainBreachHandler(ChangeIncident change) : IRequestHandler<ExplainBreach, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(ExplainBreach request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("cause", request.Cause, 2000).Add("responsible", request.Responsible, 200).Add("measure", request.Measure, 2000);
        if ((texts.Refused ?? (texts.Said.Count < 3 ? Incomplete : null)) is { } refused)
        {
            return refused;
        }

        var opened = await change.Open(request.By, Right.Explain, request.Number, request.IfMatch, cancellationToken);
        return opened.Value is not { } incident
            ? opened.Refused!
            : await change.Append(
                request.By, incident, PeopleDecisions.ExplainBreach(incident.State, incident.Clock, incident.Now), texts.Said, cancellationToken);
    }

    private static readonly Refusal Incomplete = new(
        "explanation_incomplete", "cause", "超时说明须写明原因、责任单位(人)和整改措施。", "Say the cause, the responsible party and the measure.");
}
