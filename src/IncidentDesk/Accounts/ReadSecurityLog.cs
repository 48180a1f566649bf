using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>The security log, newest first, for a 安全审计员; <paramref name="Who"/> and <paramref name="What"/> narrow it, the cursor goes on.</summary>
public sealed record ReadSecurityLog(Caller By, string? Who, string? What, string? Cursor, int? Limit) : IRequest<Outcome<SecurityPage>>;

/// <summary>A page of it.</summary>
public sealed record SecurityPage(IReadOnlyList<SecurityEventRow> Events, string? Next);

/// <inheritdoc cref="ReadSecurityLog"/>
public sealed class ReadSecurityLogHandler(DeskDb db) : IRequestHandler<ReadSecurityLog, Outcome<SecurityPage>>
{
    private const int Most = 500;

    /// <inheritdoc/>
    public async Task<Outcome<SecurityPage>> Handle(ReadSecurityLog request, CancellationToken cancellationToken)
    {
        var limit = request.Limit ?? 100;
        DateTimeOffset before = default;
        var parts = request.Cursor?.Split('_');
        var refused = request.By.Lacks(Right.Audit)
            ?? (limit is < 1 or > Most ? new Refusal("bad_limit", "limit", $"每页 1 至 {Most} 条。", $"1 to {Most} rows a page.")
            : parts is not null && (parts.Length != 2 || !long.TryParse(parts[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var ms)
                || ms > 253_402_300_799_999 || (before = DateTimeOffset.FromUnixTimeMilliseconds(ms)) == default)
                ? new Refusal("bad_cursor", "cursor", "翻页标记无效。", "The cursor is not one of ours.")
            : null);
        if (refused is not null)
        {
            return refused;
        }

        var rows = db.SecurityEvents.AsNoTracking();
        rows = request.Who is { } who ? rows.Where(e => e.Who == who) : rows;
        rows = request.What is { } what ? rows.Where(e => e.What == what) : rows;
        if (parts is not null)
        {
            var id = parts[1];
            rows = rows.Where(e => e.At < before || (e.At == before && e.Id.CompareTo(id) < 0));
        }

        var found = await rows.OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return found.Count <= limit
            ? new SecurityPage(found, null)
            : new SecurityPage(found[..limit], FormattableString.Invariant($"{found[limit - 1].At.ToUnixTimeMilliseconds()}_{found[limit - 1].Id}"));
    }
}
