using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>What somebody who logs a fault may choose from today, what they logged last (同上), and where they have been of late.</summary>
public sealed record ReadLogForm(Caller By) : IRequest<Outcome<LogForm>>;

/// <summary>
/// The choices by their lists; <paramref name="Last"/> is the caller's last ticket among the desk's last 500, null where there is none, <paramref name="Places"/> the places of
/// their tickets among those, the latest first.
/// </summary>
public sealed record LogForm(
    ILookup<string, ReferenceRow> Choices, IReadOnlyList<FaultChoice> Categories, LastFault? Last, IReadOnlyList<FaultPlace> Places, string? ServicePoint);

/// <summary>A category with the group it stands in, its default severity, whom to call first, and what it is found by.</summary>
public sealed record FaultChoice(ReferenceRow Row, FaultKind Kind, ReferenceRow? Group, string Severity, string? CallFirst, string Find);

/// <summary>The codes and words of a ticket, without its reporter and times.</summary>
public sealed record LastFault(string Number, FaultDetails Details, FaultPlace Place, string? Description);

/// <summary>镇街, address and room; an erased one is empty.</summary>
public sealed record FaultPlace(string? Town, string? Address, string? Room);

/// <inheritdoc cref="ReadLogForm"/>
public sealed class ReadLogFormHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ReadLogForm, Outcome<LogForm>>
{
    private const int DeskLast = 500;
    private const int OwnLast = 20;
    private const int MostPlaces = 6;

    private static readonly string[] Lists =
        [ReferenceList.System, ReferenceList.Severity, ReferenceList.Town, ReferenceList.ReportBasis, "response-way", "resolution-manner"];

    /// <inheritdoc/>
    public async Task<Outcome<LogForm>> Handle(ReadLogForm request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Log) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        var (book, today) = (desk.Reference, desk.Zone.DayOf(Instant.Of(clock.GetUtcNow())));
        var choices = Lists.SelectMany(list => book.InForce(list, today)).Where(row => row.List != ReferenceList.Town || request.By.LacksAt(row.Code, null) is null).ToLookup(row => row.List);
        var (last, places) = await Own(request.By, desk, cancellationToken);
        var point = await db.People.AsNoTracking().Where(p => p.Id == request.By.Person.Id).Select(p => p.ServicePoint).SingleOrDefaultAsync(cancellationToken);
        return new LogForm(choices, [.. Categories(book, today)], last, places, point);
    }

    private static IEnumerable<FaultChoice> Categories(ReferenceBook book, DateOnly today)
    {
        var groups = book.CodesOf(ReferenceList.RentalGroup).ToDictionary(g => g.Key, g => book.RulingOn(ReferenceList.RentalGroup, g.Key, today));
        return new[] { (FaultKind.Rental, ReferenceList.RentalType), (FaultKind.System, ReferenceList.SystemType) }.SelectMany(kind => book.InForce(kind.Item2, today).Select(row =>
        {
            var content = Payload.Read(row.Content);
            var group = content.Text("parent") is { } parent ? groups.GetValueOrDefault(parent) : null;
            var find = string.Join(' ', new[] { Initials.Of(row), row.Code, row.NameZh, row.NameEn, content.Text("examples"), group is null ? null : $"{Initials.Of(group)} {group.NameZh}" }.OfType<string>());
            return new FaultChoice(row, kind.Item1, group, content.Text("defaultSeverity")!, content.Text("divertTo"), find.ToLowerInvariant());
        }));
    }

    /// <summary>No index tells whose tickets are whose: the desk's last ones are looked through, which is a month of a district and never more.</summary>
    private async Task<(LastFault? Last, IReadOnlyList<FaultPlace> Places)> Own(Caller by, Desk desk, CancellationToken cancellationToken)
    {
        var logged = await db.Incidents.OrderByDescending(i => i.Key).Take(DeskLast).Select(i => i.Key)
            .Join(db.Events.AsNoTracking().Where(e => e.Seq == 1 && e.ActorId == by.Person.Id), key => key, e => e.Incident, (_, e) => e)
            .OrderByDescending(e => e.Incident).Take(OwnLast).ToListAsync(cancellationToken);
        var keys = logged.ConvertAll(e => e.Incident);
        var texts = (await db.Texts.AsNoTracking().Where(t => keys.Contains(t.Incident) && t.Seq == 1).ToListAsync(cancellationToken)).ToLookup(t => t.Incident);
        var own = logged.Zip(logged.Entries(), (row, entry) => (row.Incident, Details: ((FaultLogged)entry.What).Details))
            .Where(t => by.LacksAt(t.Details.Town?.Code, t.Details.ServicePoint) is null)
            .Select(t => new LastFault(
                new IncidentNumber(desk.Installation.NumberPrefix, t.Incident).ToString(), t.Details,
                new FaultPlace(t.Details.Town?.Code, Said(t.Incident, "address"), Said(t.Incident, "room")), Said(t.Incident, "description"))).ToList();
        return (own.FirstOrDefault(), [.. own.Select(t => t.Place).Where(p => p.Address is not null).Distinct().Take(MostPlaces)]);

        string? Said(long incident, string field) => texts[incident].FirstOrDefault(t => t.Field == field)?.Value;
    }
}
