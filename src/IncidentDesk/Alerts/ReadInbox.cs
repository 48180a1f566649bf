using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>The caller's own inbox, newest first, a page at a time. <paramref name="Open"/>: only what they have not acknowledged.</summary>
public sealed record ReadInbox(Caller By, bool Open, string? Cursor, int? Limit) : IRequest<Outcome<InboxPage>>;

/// <summary>A page and the cursor of the next, null at the end.</summary>
public sealed record InboxPage(IReadOnlyList<InboxItem> Items, string? Next, Zone Zone);

/// <summary>An alert in the caller's inbox: the number of the incident it is about, and who else knows.</summary>
public sealed record InboxItem(AlertRow Alert, string Number, DateTimeOffset? AcknowledgedAt, IReadOnlyList<(Actor Person, DateTimeOffset At)> KnownBy);

/// <inheritdoc cref="ReadInbox"/>
public sealed class ReadInboxHandler(DeskDb db, DeskCache cache) : IRequestHandler<ReadInbox, Outcome<InboxPage>>
{
    private const int MostRows = 200;

    /// <inheritdoc/>
    public async Task<Outcome<InboxPage>> Handle(ReadInbox request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Acknowledge) is { } denied && request.By.Lacks(Right.Read) is not null)
        {
            return denied;
        }

        var limit = request.Limit ?? 50;
        if (limit is < 1 or > MostRows)
        {
            return new Refusal("bad_limit", "limit", $"每页 1 至 {MostRows} 条。", $"1 to {MostRows} rows a page.");
        }

        var me = request.By.Person.Id;
        var rows = db.Inbox.AsNoTracking().Where(i => i.Person == me && (!request.Open || i.AcknowledgedAt == null));
        if (request.Cursor is { } cursor)
        {
            var cut = cursor.IndexOf('_', StringComparison.Ordinal);
            if (cut < 1 || !long.TryParse(cursor[..cut], NumberStyles.None, CultureInfo.InvariantCulture, out var ms) || ms > 32_000_000_000_000)
            {
                return new Refusal("bad_cursor", "cursor", "翻页标记无效。", "The cursor is not one of ours.");
            }

            var (at, id) = (DateTimeOffset.FromUnixTimeMilliseconds(ms), cursor[(cut + 1)..]);
#pragma warning disable CA1309 // The database compares; no other form is translated.
            rows = rows.Where(i => i.RaisedAt < at || (i.RaisedAt == at && string.Compare(i.Alert, id) < 0));
#pragma warning restore CA1309
        }

        var found = await rows.OrderByDescending(i => i.RaisedAt).ThenByDescending(i => i.Alert).Take(limit + 1).ToListAsync(cancellationToken);
        var page = found.Take(limit).ToList();
        var desk = await cache.Get(db, cancellationToken);
        var next = found.Count > limit ? string.Create(CultureInfo.InvariantCulture, $"{page[^1].RaisedAt.ToUnixTimeMilliseconds()}_{page[^1].Alert}") : null;
        return new InboxPage(await Items(db, page, desk, cancellationToken), next, desk.Zone);
    }

    /// <summary>Rows of an inbox with their alerts, and with everybody who said 已知悉.</summary>
    internal static async Task<IReadOnlyList<InboxItem>> Items(DeskDb db, List<InboxRow> rows, Desk desk, CancellationToken cancellationToken)
    {
        var ids = rows.ConvertAll(r => r.Alert);
        var alerts = await db.Alerts.AsNoTracking().Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellationToken);
        var known = (await (
                from i in db.Inbox.AsNoTracking()
                join p in db.People.AsNoTracking() on i.Person equals p.Id
                where ids.Contains(i.Alert) && i.AcknowledgedAt != null
                orderby i.AcknowledgedAt, p.Id
                select new { i.Alert, p.Id, p.Name, At = i.AcknowledgedAt!.Value }).ToListAsync(cancellationToken))
            .ToLookup(k => k.Alert, k => (new Actor(k.Id, k.Name), k.At));
        return rows.ConvertAll(r => new InboxItem(
            alerts[r.Alert], new IncidentNumber(desk.Installation.NumberPrefix, alerts[r.Alert].Incident).ToString(), r.AcknowledgedAt, [.. known[r.Alert]]));
    }
}
