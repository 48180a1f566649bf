using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Import;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// Looks for incidents, closed ones too, newest number first, a page at a time by key. <paramref name="ExternalNo"/> is the source's own number, found whenever it was
/// logged. All else is looked for among those logged from <paramref name="From"/> to <paramref name="To"/>, inclusive: by default the last 92 days, at most 366, and at most
/// 92 where texts or who logged are read, which no index holds. <paramref name="Person"/> is an id or part of a name, of who has the job or logged it; reporters are not
/// looked for.
/// </summary>
public sealed record SearchIncidents(
    Caller By, string? ExternalNo, string? Words, string? Place, string? Person, string? Category, string? Town, DateOnly? From, DateOnly? To, string? Cursor = null, int Limit = 50)
    : IRequest<Outcome<FoundIncidents>>;

/// <summary>A page, the cursor of the next (null at the end), and the days that were looked through; null where every day was.</summary>
public sealed record FoundIncidents(IReadOnlyList<BoardRow> Rows, IReadOnlyDictionary<long, IncidentEnd> Ends, string? Next, DateOnly? From, DateOnly? To, Instant Now, Desk Desk);

/// <summary>How an incident ended: resolved when, or excluded as what.</summary>
public sealed record IncidentEnd(Instant? ResolvedAt, string? ExcludedAs);

/// <inheritdoc cref="SearchIncidents"/>
public sealed class SearchIncidentsHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<SearchIncidents, Outcome<FoundIncidents>>
{
    /// <summary>How many days are looked through at most where texts or events are read.</summary>
    public const int TextDays = 92;

    /// <summary>How many otherwise.</summary>
    public const int RowDays = 366;

    private const int MostRows = 200;
    private const int MostPeople = 50;
    private const int MostSources = 100;
    private const int Longest = 100;

    // Who reported, and where they live, is nobody's to look for.
    private static readonly string[] Personal = ["reporterName", "reporterPhone", "room"];

    /// <inheritdoc/>
    public async Task<Outcome<FoundIncidents>> Handle(SearchIncidents request, CancellationToken cancellationToken)
    {
        var now = Instant.Of(clock.GetUtcNow());
        var desk = await cache.Get(db, cancellationToken);
        var slow = request.Words is not null || request.Person is not null;
        var (from, to) = Days(request, desk.Zone.DayOf(now));
        var refused = request.By.Lacks(Right.Read)
            ?? Texts.CheckName("number", request.ExternalNo, Longest) ?? Texts.CheckName("words", request.Words, Longest) ?? Texts.CheckName("place", request.Place, Longest)
            ?? Texts.CheckName("person", request.Person, Longest)
            ?? (request.Limit is < 1 or > MostRows ? new Refusal("bad_limit", "limit", $"每页 1 至 {MostRows} 条。", $"1 to {MostRows} rows a page.")
                : request.Words is { Length: < 2 } ? new Refusal("too_short", "words", "请至少输入 2 个字。", "Enter 2 characters at least.")
                : from > to ? new Refusal("bad_days", "to", "截止日期不得早于起始日期。", "The last day is before the first.")
                : to.DayNumber - from.DayNumber >= (slow ? TextDays : RowDays) ? new Refusal(
                    "too_many_days", "from", $"登记日期的跨度不得超过 {(slow ? TextDays : RowDays)} 天{(slow ? "(按内容或人员查询时)" : "")}，请缩小范围。",
                    $"The days of logging span {(slow ? TextDays : RowDays)} at most{(slow ? " when texts or people are looked for" : "")}: narrow them.")
                : request.Cursor is { } cursor && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? ListIncidentsHandler.BadCursor
                : null);
        if (refused is not null)
        {
            return refused;
        }

        var rows = ListIncidentsHandler.Within(db.Incidents.AsNoTracking(), request.By);
        if (request.ExternalNo is { } externalNo)
        {
            // The index begins with the source; there are few, and each next one is one look into the index.
            var sources = await Sources(cancellationToken);
            rows = rows.Where(i => i.Source != null && sources.Contains(i.Source) && i.ExternalNo == externalNo);
        }
        else
        {
            rows = await Among(rows, request, from, to, cancellationToken);
        }

        var (found, next) = (await ListIncidentsHandler.ByNumber(rows, request.Cursor, request.Limit, cancellationToken))!.Value;
        var keys = found.ConvertAll(i => i.Key);
        var shown = await BoardSnapshot.Rowed(db, db.Incidents.Where(i => keys.Contains(i.Key)).OrderByDescending(i => i.Key)).ToListAsync(cancellationToken);
        return new FoundIncidents(
            shown, found.ToDictionary(i => i.Key, i => new IncidentEnd(i.ResolvedAt, i.ExcludedAs)), next,
            request.ExternalNo is null ? from : null, request.ExternalNo is null ? to : null, now, desk);
    }

    /// <summary>The days to look through: those given, otherwise the last ones. The number holds the day of logging, so the key's own index finds them.</summary>
    private static (DateOnly From, DateOnly To) Days(SearchIncidents request, DateOnly today) => (request.From, request.To) switch
    {
        ({ } first, { } last) => (first, last),
        ({ } first, null) => (first, first.AddDays(TextDays - 1) < today ? first.AddDays(TextDays - 1) : today < first ? first : today),
        (null, { } last) => (last.AddDays(1 - TextDays), last),
        _ => (today.AddDays(1 - TextDays), today),
    };

    private async Task<IQueryable<IncidentRow>> Among(IQueryable<IncidentRow> rows, SearchIncidents request, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var (first, past) = (IncidentNumber.DayKey(from), IncidentNumber.DayKey(to.AddDays(1)));
        rows = rows.Where(i => i.Key >= first && i.Key < past);
        rows = request.Category is not { } category ? rows : rows.Where(i => i.Category == category);
        rows = request.Town is not { } town ? rows : rows.Where(i => i.Town == town);
        if (request.Place is { } place)
        {
            var narrow = BuildingKey.Normal(place);
            rows = rows.Where(i => i.Building != null && i.Building.Contains(narrow));
        }

        if (request.Person is { } person)
        {
            var ids = await db.People.AsNoTracking().Where(p => p.Id == person || p.Name.Contains(person)).OrderBy(p => p.Id).Select(p => p.Id).Take(MostPeople).ToListAsync(cancellationToken);
            rows = rows.Where(i => (i.Handler != null && ids.Contains(i.Handler)) || db.Events.Any(e => e.Incident == i.Key && e.Seq == 1 && ids.Contains(e.ActorId)));
        }

        if (request.Words is { } words)
        {
#pragma warning disable CA1304, CA1311, CA1862 // The database compares.
            var lower = words.ToLowerInvariant();
            rows = rows.Where(i => db.Texts.Any(t => t.Incident == i.Key && !Personal.Contains(t.Field) && t.Value != null && t.Value.ToLower().Contains(lower)));
#pragma warning restore CA1304, CA1311, CA1862
        }

        return rows;
    }

    private async Task<List<string>> Sources(CancellationToken cancellationToken)
    {
        var sources = new List<string>();
        for (var last = ""; sources.Count < MostSources; sources.Add(last))
        {
#pragma warning disable CA1309 // The database compares; no other form is translated.
            var next = await db.Incidents.AsNoTracking().Where(i => i.Source != null && string.Compare(i.Source, last) > 0).OrderBy(i => i.Source).Select(i => i.Source)
                .FirstOrDefaultAsync(cancellationToken);
#pragma warning restore CA1309
            if (next is null)
            {
                break;
            }

            last = next;
        }

        return sources;
    }
}
