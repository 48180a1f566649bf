using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>One ticket's verdict with its arithmetic and every event it stands on, at an as-of and known-at (default: now).</summary>
public sealed record ExplainVerdict(string Number, Instant? AsOf, DateTimeOffset? KnownAt) : IRequest<Outcome<Explanation>>;

/// <summary>The ticket as a report reads it, and the event rows known then.</summary>
public sealed record Explanation(ReportTicket Ticket, IReadOnlyList<EventRow> Events, Zone Zone);

/// <inheritdoc cref="ExplainVerdict"/>
public sealed class ExplainVerdictHandler(DeskDb db, TimeProvider clock) : IRequestHandler<ExplainVerdict, Outcome<Explanation>>
{
    /// <inheritdoc/>
    public async Task<Outcome<Explanation>> Handle(ExplainVerdict request, CancellationToken cancellationToken)
    {
        var desk = await Desk.Load(db, cancellationToken);
        if (!IncidentNumber.TryParse(desk.Installation.NumberPrefix, request.Number, out var number))
        {
            return new Refusal(
                "bad_number", "number", $"工单编号形如 {desk.Installation.NumberPrefix}20260503-0001。",
                $"An incident number looks like {desk.Installation.NumberPrefix}20260503-0001.");
        }

        var (asOf, knownAt) = (request.AsOf ?? Instant.Of(clock.GetUtcNow()), request.KnownAt ?? clock.GetUtcNow());
        var events = await db.Events.AsNoTracking().Where(e => e.Incident == number.Key).OrderBy(e => e.Seq).ToListAsync(cancellationToken);
        return events.Count > 0 && ReportFold.Read(number, events.Entries(), desk, desk.Reference.Rules.KnownAt(knownAt), asOf, knownAt) is { } ticket
            ? new Explanation(ticket, events.FindAll(e => e.EffectiveAt <= asOf && e.RecordedAt <= knownAt), desk.Zone)
            : new Refusal("incident_not_found", "number", "没有这个编号的工单，或当时尚未登记。", "There is no such incident, or there was none then.");
    }
}
