using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>
/// Asks for a correction (D18) of <c>reported</c>, <c>occurred</c>, <c>category</c> or <c>severity</c>, with its reason in words. Times come with an offset, or are the zone's.
/// </summary>
public sealed record AskCorrection(Caller By, string Number, string Field, string Value, string Reason, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="AskCorrection"/>
public sealed class AskCorrectionHandler(ChangeIncident change) : IRequestHandler<AskCorrection, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(AskCorrection request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("reason", request.Reason, 2000);
        if ((texts.Refused ?? (texts.Said.Count == 0 ? Refusals.ReasonRequired : null)) is { } refused)
        {
            return refused;
        }

        var opened = await change.Open(request.By, Right.Log, request.Number, request.IfMatch, cancellationToken);
        if (opened.Value is not { } incident)
        {
            return opened.Refused!;
        }

        var (subject, unknown) = Subject(request, incident);
        return unknown is not null
            ? unknown
            : await change.Append(
                request.By, incident,
                SecondPersonDecisions.AskCorrection(
                    incident.State, incident.RequestId, subject!, await change.Masters(incident, cancellationToken), incident.Now),
                texts.Said, cancellationToken);
    }

    private static (CorrectSubject? Subject, Refusal? Refused) Subject(AskCorrection request, Opened incident)
    {
        var day = incident.Desk.Zone.DayOf(incident.State.Facts.ReportedAt);
        return request.Field switch
        {
            Corrected.Reported or Corrected.Occurred => TimeText.TryAny(request.Value, incident.Desk.Zone, out var at)
                ? (new CorrectSubject(request.Field, at.ToString()), null)
                : (null, Refusals.BadTime),
            Corrected.Category when incident.Desk.Reference.FindCategory(incident.State.Kind, request.Value, day) is null => (null, Unknown),
            Corrected.Severity when incident.Desk.Reference.Find(ReferenceList.Severity, request.Value, day) is null => (null, Unknown),
            _ => (new CorrectSubject(request.Field, request.Value), null),
        };
    }

    private static readonly Refusal Unknown = new("unknown_code", "value", "代码不存在、已停用或不属于该领域。", "The code is unknown, ended or not of that kind.");
}
