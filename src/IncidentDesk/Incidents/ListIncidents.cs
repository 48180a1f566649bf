using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// Incidents by filters, a page at a time by key. Order <c>due</c> gives the open ones by official due time, <c>number</c> the newest first. A cursor continues where a
/// page ended, whatever was logged since.
/// </summary>
public sealed record ListIncidents(
    Caller By, string? State, string? Scope, string? Town, string? Category, string? Handler, string? Month, string? Order, string? Cursor, int? Limit)
    : IRequest<Outcome<IncidentPage>>;

/// <summary>A page and the cursor of the next, null at the end.</summary>
public sealed record IncidentPage(IReadOnlyList<IncidentRow> Rows, string? Next, string Prefix, Zone Zone, Instant Now);

/// <inheritdoc cref="ListIncidents"/>
public sealed class ListIncidentsHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ListIncidents, Outcome<IncidentPage>>
{
    private const int MostRows = 200;

    /// <summary>What stands in a cursor for a due time where there is none.</summary>
    internal const string Stopped = "stopped";

    /// <summary>What a page was to go on after is no cursor of ours.</summary>
    internal static readonly Refusal BadCursor = Bad("cursor", "翻页标记无效。", "The cursor is not one of ours.");

    /// <inheritdoc/>
    public async Task<Outcome<IncidentPage>> Handle(ListIncidents request, CancellationToken cancellationToken)
    {
        var now = Instant.Of(clock.GetUtcNow());
        var limit = request.Limit ?? 50;
        var byDue = request.Order == "due";
        Month month = default;
        var refused = request.By.Lacks(Right.Read)
            ?? (limit is < 1 or > MostRows ? Bad("limit", $"每页 1 至 {MostRows} 条。", $"1 to {MostRows} rows a page.")
                : request.State is not (null or "open" or "overdue" or "resolved" or "excluded")
                    ? Bad("state", "状态应为 open、overdue、resolved 或 excluded。", "The state is open, overdue, resolved or excluded.")
                : request.Scope is not null && !Domain.Incidents.Scope.All.Contains(request.Scope) ? Bad("scope", "口径不存在。", "No such scope.")
                : request.Month is not null && !Sla(request.Month, out month) ? Bad("month", "月份应为 yyyy-MM。", "The month is yyyy-MM.")
                : request.Order is not (null or "number" or "due") ? Bad("order", "排序应为 number 或 due。", "The order is number or due.")
                : byDue && request.State is not (null or "open" or "overdue") ? Bad("order", "按到期时间排序仅用于未办结工单。", "Only open incidents are ordered by due time.")
                : null);
        if (refused is not null)
        {
            return refused;
        }

        var rows = db.Incidents.AsNoTracking();
        rows = (byDue ? request.State ?? "open" : request.State) switch
        {
            "open" => rows.Where(i => i.ExcludedAs == null && i.ResolvedAt == null),
            "overdue" => rows.Where(i => i.ExcludedAs == null && i.ResolvedAt == null && i.BreachesAt <= now),
            "resolved" => rows.Where(i => i.ExcludedAs == null && i.ResolvedAt != null),
            "excluded" => rows.Where(i => i.ExcludedAs != null),
            _ => rows,
        };
        rows = Within(rows, request.By);
        rows = request.Scope is null ? rows : rows.Where(i => i.Scope == request.Scope);
        rows = request.Town is null ? rows : rows.Where(i => i.Town == request.Town);
        rows = request.Category is null ? rows : rows.Where(i => i.Category == request.Category);
        rows = request.Handler is null ? rows : rows.Where(i => i.Handler == request.Handler);
        rows = request.Month is null ? rows : rows.Where(i => i.Month == month.Number);
        var page = byDue
            ? await ByDue(rows, found => found, i => i.EffectiveDueAt, i => i.Key, request.Cursor, limit, cancellationToken)
            : await ByNumber(rows, request.Cursor, limit, cancellationToken);
        if (page is not var (found, next))
        {
            return BadCursor;
        }

        var desk = await cache.Get(db, cancellationToken);
        return new IncidentPage(found, next, desk.Installation.NumberPrefix, desk.Zone, now);
    }

    /// <summary>What lies in the places that a caller's rights are limited to.</summary>
    internal static IQueryable<IncidentRow> Within(IQueryable<IncidentRow> rows, Caller by)
    {
        if (by.Towns is { } towns)
        {
            rows = rows.Where(i => i.Town == null || towns.Contains(i.Town));
        }

        return by.ServicePoints is { } points ? rows.Where(i => i.ServicePoint == null || points.Contains(i.ServicePoint)) : rows;
    }

    /// <summary>Newest numbers first; the cursor is the last number of a page.</summary>
    internal static async Task<(List<IncidentRow> Rows, string? Next)?> ByNumber(
        IQueryable<IncidentRow> rows, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var before = long.MaxValue;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return null;
        }

        var found = await rows.Where(i => i.Key < before).OrderByDescending(i => i.Key).Take(limit + 1).ToListAsync(cancellationToken);
        return Cut(found, limit, last => last.Key.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Those whose clock an approved pause has stopped have no due time as long; they come last, by number. <paramref name="select"/> says what to read of each.</summary>
    internal static async Task<(List<T> Rows, string? Next)?> ByDue<T>(
        IQueryable<IncidentRow> rows, Func<IQueryable<IncidentRow>, IQueryable<T>> select, Func<T, Instant?> dueOf, Func<T, long> keyOf, string? cursor, int limit,
        CancellationToken cancellationToken)
    {
        var (due, key) = (0L, 0L);
        var parts = cursor?.Split('.') ?? ["0", "0"];
        var stopped = parts[0] == Stopped;
        if (parts.Length != 2 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out key)
            || (!stopped && (!long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out due) || due > 32_000_000_000)))
        {
            return null;
        }

        var from = new Instant(due);
        var found = stopped ? [] : await select(rows.Where(i => i.EffectiveDueAt >= from && (i.EffectiveDueAt > from || i.Key > key))
            .OrderBy(i => i.EffectiveDueAt).ThenBy(i => i.Key).Take(limit + 1)).ToListAsync(cancellationToken);
        if (found.Count <= limit)
        {
            var after = stopped ? key : 0;
            found.AddRange(await select(rows.Where(i => i.EffectiveDueAt == null && i.Key > after).OrderBy(i => i.Key).Take(limit + 1 - found.Count)).ToListAsync(cancellationToken));
        }

        return Cut(found, limit, last => string.Create(CultureInfo.InvariantCulture, $"{dueOf(last)?.Seconds.ToString(CultureInfo.InvariantCulture) ?? Stopped}.{keyOf(last)}"));
    }

    private static (List<T> Rows, string? Next) Cut<T>(List<T> found, int limit, Func<T, string> cursor) =>
        found.Count <= limit ? (found, null) : (found[..limit], cursor(found[limit - 1]));

    private static bool Sla(string text, out Month month) => Domain.Sla.Month.TryParse(text, out month);

    private static Refusal Bad(string field, string zh, string en) => new("bad_" + field, field, zh, en);
}
