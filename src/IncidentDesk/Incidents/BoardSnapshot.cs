using System.Globalization;
using System.Text;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// Which open incidents a board shows. <paramref name="State"/>: overdue, soon, paused, unanswered, or null for all; <paramref name="Kind"/>: rental or system;
/// <paramref name="Mine"/>: assigned to whoever looks.
/// </summary>
public sealed record BoardFilter(string? State = null, string? Kind = null, string? Town = null, bool Mine = false)
{
    /// <summary>What is due within six hours, which is when the ladder warns first, is 临期.</summary>
    public const long SoonSec = 6 * 3_600;

    /// <summary>The states that can be asked for.</summary>
    public static readonly IReadOnlyList<string> States = [BoardRow.Overdue, BoardRow.Soon, BoardRow.Paused, BoardRow.Unanswered];

    /// <summary>Whether it leaves anything out.</summary>
    public bool IsAll => this == new BoardFilter();

    /// <summary>Whether a row passes.</summary>
    public bool Takes(BoardRow row, string me, Instant now) =>
        (Kind is null || row.Kind == Kind) && (Town is null || row.Town == Town) && (!Mine || row.Handler == me) && State switch
        {
            BoardRow.Overdue => row.IsOverdue(now),
            BoardRow.Soon => row.DueAt <= now.Plus(SoonSec) && !row.IsOverdue(now),
            BoardRow.Paused => row.DueAt is null,
            BoardRow.Unanswered => row.RespondedAt is null,
            _ => true,
        };

    /// <summary>The same, asked of the database.</summary>
    public IQueryable<IncidentRow> Of(IQueryable<IncidentRow> rows, string me, Instant now)
    {
        var soon = now.Plus(SoonSec);
        rows = Kind is null ? rows : rows.Where(i => i.Kind == Kind);
        rows = Town is null ? rows : rows.Where(i => i.Town == Town);
        rows = !Mine ? rows : rows.Where(i => i.Handler == me);
        return State switch
        {
            BoardRow.Overdue => rows.Where(i => i.BreachesAt <= now),
            BoardRow.Soon => rows.Where(i => i.EffectiveDueAt <= soon && !(i.BreachesAt != null && i.BreachesAt <= now)),
            BoardRow.Paused => rows.Where(i => i.EffectiveDueAt == null),
            BoardRow.Unanswered => rows.Where(i => i.FirstResponseAt == null),
            _ => rows,
        };
    }
}

/// <summary>An open incident on the board: codes and instants, no text that may be erased.</summary>
public sealed record BoardRow(
    long Key, string Kind, string Scope, int Month, string Category, string Severity, string? Town, string? Building, string? ServicePoint, string? Handler, string? HandlerName,
    Instant ReportedAt, Instant? DueAt, Instant? BreachesAt, Instant? RespondedAt, Instant? ResponseBreachesAt, int LastSeq)
{
    /// <summary>超时.</summary>
    public const string Overdue = "overdue";

    /// <summary>临期.</summary>
    public const string Soon = "soon";

    /// <summary>暂停: an approved pause has stopped the clock.</summary>
    public const string Paused = "paused";

    /// <summary>未响应, beside one of the others.</summary>
    public const string Unanswered = "unanswered";

    /// <summary>正常.</summary>
    public const string Normal = "normal";

    /// <summary>Whether the limit has passed, also where a pause has stopped the clock since.</summary>
    public bool IsOverdue(Instant now) => BreachesAt <= now;

    /// <summary>The state that its colour, word and sign tell.</summary>
    public string State(Instant now) =>
        IsOverdue(now) ? Overdue : DueAt is not { } due ? Paused : due <= now.Plus(BoardFilter.SoonSec) ? Soon : Normal;

    /// <summary>Whether nobody has responded within the limit of the response.</summary>
    public bool IsResponseLate(Instant now) => RespondedAt is null && ResponseBreachesAt <= now;
}

/// <summary>
/// The open incidents that are due next, as they stood at one instant, the stopped ones last; every board of a host is cut from it. <paramref name="Whole"/>: there are no
/// more open ones than it holds.
/// </summary>
public sealed record BoardSnapshot(IReadOnlyList<BoardRow> Rows, bool Whole, DateTimeOffset At)
{
    /// <summary>How many it holds at most.</summary>
    public const int Most = 500;

    /// <summary>Reads it by the index of due times.</summary>
    public static async Task<BoardSnapshot> Read(DeskDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = db.Incidents.AsNoTracking().Where(i => i.ResolvedAt == null && i.ExcludedAs == null);
        var rows = await Rowed(db, open.Where(i => i.EffectiveDueAt != null).OrderBy(i => i.EffectiveDueAt).ThenBy(i => i.Key).Take(Most + 1)).ToListAsync(cancellationToken);
        if (rows.Count <= Most)
        {
            rows.AddRange(await Rowed(db, open.Where(i => i.EffectiveDueAt == null).OrderBy(i => i.Key).Take(Most + 1 - rows.Count)).ToListAsync(cancellationToken));
        }

        return new BoardSnapshot(rows.Count > Most ? rows[..Most] : rows, rows.Count <= Most, now);
    }

    /// <summary>Incidents as rows of the board, with the name of who has the job.</summary>
    internal static IQueryable<BoardRow> Rowed(DeskDb db, IQueryable<IncidentRow> incidents) => incidents.Select(i => new BoardRow(
        i.Key, i.Kind, i.Scope, i.Month, i.Category, i.Severity, i.Town, i.Building, i.ServicePoint, i.Handler, db.People.Where(p => p.Id == i.Handler).Select(p => p.Name).FirstOrDefault(),
        i.ReportedAt, i.EffectiveDueAt, i.BreachesAt, i.FirstResponseAt, i.ResponseBreachesAt, i.LastSeq));

    /// <summary>What somebody may see of it.</summary>
    public IEnumerable<BoardRow> For(Caller by) => Rows.Where(r => by.LacksAt(r.Town, r.ServicePoint) is null);
}

/// <summary>How many of what somebody may see are in each state; of the due next only, where there are more open ones than a snapshot holds.</summary>
public sealed record BoardCounts(int All, int Mine, int Overdue, int Soon, int Paused, int Unanswered)
{
    /// <summary>Counts them.</summary>
    public static BoardCounts Of(IReadOnlyCollection<BoardRow> rows, string me, Instant now) => new(
        rows.Count, rows.Count(r => r.Handler == me), rows.Count(r => r.IsOverdue(now)), rows.Count(r => new BoardFilter(BoardRow.Soon).Takes(r, me, now)),
        rows.Count(r => r.DueAt is null), rows.Count(r => r.RespondedAt is null));
}

/// <summary>
/// A board for one viewer. <paramref name="Live"/>: a stream may show it, being wholly cut from a snapshot. <paramref name="Risk"/> is null for whoever sees a part of the
/// district only. <paramref name="Wrong"/> is what is wrong with the watch (<see cref="Alerts.ReadPulse"/>).
/// </summary>
public sealed record BoardView(
    IReadOnlyList<BoardRow> Rows, string? Next, BoardFilter Filter, BoardCounts Counts, bool Whole, bool Live, BreachRisk? Risk, IReadOnlyList<string> Wrong, DateTimeOffset At, Desk Desk)
{
    /// <summary>Now, as the board's states are read.</summary>
    public Instant Now => Instant.Of(At);

    /// <summary>Two boards of the same signature look the same but for the time that is left.</summary>
    public string Signature()
    {
        var text = new StringBuilder();
        foreach (var row in Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Key} {row.LastSeq} {row.DueAt?.Seconds} {row.State(Now)} {row.IsResponseLate(Now)} {row.HandlerName}\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{Next} {Counts} {Risk} {string.Join('|', Wrong.Select(w => w.Split(':')[0]))} {Desk.Reference.Rules.LastRecordedAt}").ToString();
    }
}
