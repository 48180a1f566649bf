using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>One incident as it stands: its clock at this instant, the arithmetic, its timeline and texts, and what waits for a second person.</summary>
public sealed record ReadIncident(Caller By, string Number) : IRequest<Outcome<IncidentView>>;

/// <summary>An incident for one reader. Names and phones are masked.</summary>
public sealed record IncidentView(
    ReportTicket Ticket, Incident State, IReadOnlyList<EventRow> Events, ILookup<int, (string Field, string? Value)> Texts, Zone Zone)
{
    /// <summary>The view of a stream that starts at the first event, read at an instant; null where what is known now makes it no ticket.</summary>
    public static IncidentView? Of(IncidentNumber number, IReadOnlyList<EventRow> events, IEnumerable<TextRow> texts, Desk desk, DateTimeOffset now)
    {
        var entries = events.Entries();
        return ReportFold.Read(number, entries, desk, desk.Reference.Rules.KnownAt(now), Instant.Of(now), now) is { } ticket
            ? new IncidentView(
                ticket, Incident.Of(number, entries), events,
                texts.OrderBy(t => t.Seq).ThenBy(t => t.Field, StringComparer.Ordinal).ToLookup(t => t.Seq, t => (t.Field, Masked(t))), desk.Zone)
            : null;
    }

    /// <summary>陈** and 138****1234; everything else as it is.</summary>
    private static string? Masked(TextRow text) => (text.Field, text.Value) switch
    {
        ("reporterName", { Length: > 0 } name) => name[..1] + "**",
        ("reporterPhone", { Length: >= 7 } phone) => phone[..3] + "****" + phone[^4..],
        ("reporterPhone", not null) => "****",
        var (_, value) => value,
    };
}

/// <inheritdoc cref="ReadIncident"/>
public sealed class ReadIncidentHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ReadIncident, Outcome<IncidentView>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentView>> Handle(ReadIncident request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Read) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        if (!IncidentNumber.TryParse(desk.Installation.NumberPrefix, request.Number, out var number))
        {
            return ChangeIncident.NotFound;
        }

        var events = await db.Events.AsNoTracking().Where(e => e.Incident == number.Key).OrderBy(e => e.Seq).ToListAsync(cancellationToken);
        if (events.Count == 0)
        {
            return ChangeIncident.NotFound;
        }

        var texts = await db.Texts.AsNoTracking().Where(t => t.Incident == number.Key).ToListAsync(cancellationToken);
        return IncidentView.Of(number, events, texts, desk, clock.GetUtcNow()) is not { } view ? ChangeIncident.NotFound
            : request.By.LacksOn(view.State, Right.Read) is { } elsewhere ? elsewhere
            : view;
    }
}
