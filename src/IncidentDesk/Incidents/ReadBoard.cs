using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>The board: open incidents by the time that is left, a page at a time by key. A wall screen sees it by its token.</summary>
public sealed record ReadBoard(Caller By, BoardFilter Filter, string? Cursor = null, int Limit = ReadBoard.Rows) : IRequest<Outcome<BoardView>>
{
    /// <summary>How many rows a board of a person shows.</summary>
    public const int Rows = 50;

    /// <summary>How many a wall screen pages through.</summary>
    public const int WallRows = 120;
}

/// <inheritdoc cref="ReadBoard"/>
public sealed class ReadBoardHandler(DeskDb db, DeskCache cache, BoardFeed feed) : IRequestHandler<ReadBoard, Outcome<BoardView>>
{
    /// <inheritdoc/>
    public async Task<Outcome<BoardView>> Handle(ReadBoard request, CancellationToken cancellationToken)
    {
        var filter = request.Filter;
        var refused = (request.By.Display ? null : request.By.Lacks(Right.Read))
            ?? (filter.State is { } state && !BoardFilter.States.Contains(state)
                ? new Refusal("bad_state", "state", "状态应为 overdue、soon、paused 或 unanswered。", "The state is overdue, soon, paused or unanswered.")
                : filter.Kind is { } kind && FaultKinds.Parse(kind) is null ? new Refusal("bad_kind", "kind", "类型应为 rental 或 system。", "The kind is rental or system.")
                : null);
        if (refused is not null)
        {
            return refused;
        }

        var poll = await feed.Read(cancellationToken);
        var view = Cut(poll, await cache.Get(db, cancellationToken), request.By, filter, request.Limit);
        if (view.Live && request.Cursor is null)
        {
            return view;
        }

        // More are open than a snapshot holds, or the page is a later one: asked for by itself.
        var open = db.Incidents.Where(i => i.ResolvedAt == null && i.ExcludedAs == null);
        if (await ListIncidentsHandler.ByDue(filter.Of(ListIncidentsHandler.Within(open, request.By), request.By.Person.Id, view.Now), rows => BoardSnapshot.Rowed(db, rows), r => r.DueAt, r => r.Key, request.Cursor, request.Limit, cancellationToken)
            is not var (found, next))
        {
            return ListIncidentsHandler.BadCursor;
        }

        return view with { Rows = found, Next = next };
    }

    /// <summary>A viewer's first page, cut from what a poll has read.</summary>
    public static BoardView Cut(BoardPoll poll, Desk desk, Caller by, BoardFilter filter, int limit)
    {
        var now = Instant.Of(poll.Board.At);
        var mine = poll.Board.For(by).ToList();
        var rows = mine.Where(r => filter.Takes(r, by.Person.Id, now)).Take(limit + 1).ToList();
        var next = rows.Count <= limit ? null
            : string.Create(CultureInfo.InvariantCulture, $"{rows[limit - 1].DueAt?.Seconds.ToString(CultureInfo.InvariantCulture) ?? ListIncidentsHandler.Stopped}.{rows[limit - 1].Key}");
        return new BoardView(
            rows.Count <= limit ? rows : rows[..limit], next, filter, BoardCounts.Of(mine, by.Person.Id, now), poll.Board.Whole,
            poll.Board.Whole || (filter.IsAll && !by.IsLimited), by.IsLimited ? null : poll.Risk, poll.Wrong, poll.Board.At, desk);
    }
}
