using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>
/// Where a month's tickets come from, as known now: by town, by category, the buildings with most of them, and what comes back (反复发生): the same category in the same
/// building at least twice within <paramref name="Days"/> days up to the month's end, or now, the last time in the month. What is excluded is not counted.
/// </summary>
public sealed record ReadBuildings(Caller By, Month Month, string Scope, int Days) : IRequest<Outcome<BuildingsView>>;

/// <summary>Of buildings and what comes back at most <see cref="Most"/>, those with most tickets first; the lists hold one more where there are more.</summary>
public sealed record BuildingsView(
    Desk Desk, Instant Now, Instant Since, Instant Until, IReadOnlyList<CountOf> Towns, IReadOnlyList<CountOf> Categories, IReadOnlyList<CountOf> Buildings, IReadOnlyList<Recurring> Recurring)
{
    /// <summary>How many are listed.</summary>
    public const int Most = 50;

    /// <summary>The windows that can be asked for, in days.</summary>
    public static readonly IReadOnlyList<int> Windows = [30, 60, 90];
}

/// <summary>How many tickets of a town, category or building count, and how many of them are late by now; the code is null where none was recorded.</summary>
public sealed record CountOf(string? Code, int Count, int Late);

/// <summary>A category that came back in a building: how often within the window, how many of these in the month and late, and the key of the last ticket logged.</summary>
public sealed record Recurring(string Building, string Category, int Count, int InMonth, int Late, long Last);

/// <inheritdoc cref="ReadBuildings"/>
public sealed class ReadBuildingsHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ReadBuildings, Outcome<BuildingsView>>
{
    /// <inheritdoc/>
    public async Task<Outcome<BuildingsView>> Handle(ReadBuildings request, CancellationToken cancellationToken)
    {
        var desk = await cache.Get(db, cancellationToken);
        var now = Instant.Of(clock.GetUtcNow());
        var refused = request.By.LacksEverywhere(Right.Report)
            ?? ReportInputs.Of(Period.Of(request.Month), request.Scope, null, null, clock.GetUtcNow()).Refused(desk.Zone, clock.GetUtcNow())
            ?? (BuildingsView.Windows.Contains(request.Days) ? null : new Refusal("bad_days", "days", "天数应为 30、60 或 90。", "The window is 30, 60 or 90 days."));
        if (refused is not null)
        {
            return refused;
        }

        var until = Instant.Min(desk.Zone.StartOf(request.Month.Next), now.Plus(1));
        var since = until.Plus(-request.Days * 86_400L);
        var (month, first, scope) = (request.Month.Number, desk.Zone.MonthOf(since).Number, request.Scope);
        var counted = db.Incidents.AsNoTracking().Where(i => i.Scope == scope && i.ExcludedAs == null);
        var here = counted.Where(i => i.Month == month);
        var towns = await here.GroupBy(i => i.Town)
            .Select(g => new { g.Key, Count = g.Count(), Late = g.Count(i => i.BreachesAt <= now) })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Key).ToListAsync(cancellationToken);
        var categories = await here.GroupBy(i => i.Category)
            .Select(g => new { g.Key, Count = g.Count(), Late = g.Count(i => i.BreachesAt <= now) })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Key).ToListAsync(cancellationToken);
        var buildings = await here.Where(i => i.Building != null).GroupBy(i => i.Building)
            .Select(g => new { g.Key, Count = g.Count(), Late = g.Count(i => i.BreachesAt <= now) })
            .OrderByDescending(g => g.Count).ThenByDescending(g => g.Late).ThenBy(g => g.Key).Take(BuildingsView.Most + 1).ToListAsync(cancellationToken);
        var recurring = await counted.Where(i => i.Month >= first && i.Month <= month && i.Building != null && i.ReportedAt >= since)
            .GroupBy(i => new { i.Building, i.Category })
            .Select(g => new { g.Key.Building, g.Key.Category, Count = g.Count(), InMonth = g.Count(i => i.Month == month), Late = g.Count(i => i.BreachesAt <= now), Last = g.Max(i => i.Key) })
            .Where(g => g.Count >= 2 && g.InMonth > 0)
            .OrderByDescending(g => g.Count).ThenByDescending(g => g.Last).Take(BuildingsView.Most + 1).ToListAsync(cancellationToken);
        return new BuildingsView(
            desk, now, since, until,
            towns.ConvertAll(t => new CountOf(t.Key, t.Count, t.Late)), categories.ConvertAll(c => new CountOf(c.Key, c.Count, c.Late)),
            buildings.ConvertAll(b => new CountOf(b.Key, b.Count, b.Late)), recurring.ConvertAll(r => new Recurring(r.Building!, r.Category, r.Count, r.InMonth, r.Late, r.Last)));
    }
}
