using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// What all boards of a host show, read once for all of them: the open incidents, what is wrong with the watch, the risk of the indicator, and whether those who look still
/// may. What changes slowly is taken from the poll <paramref name="Before"/> while that is young.
/// </summary>
public sealed record PollBoard(IReadOnlyCollection<string> Credentials, BoardPoll? Before) : IRequest<BoardPoll>;

/// <summary>
/// One poll. <paramref name="Standing"/> tells of each credential asked for what its person may now, or null where it has ended.
/// </summary>
public sealed record BoardPoll(
    BoardSnapshot Board, Desk Desk, IReadOnlyList<string> Wrong, DateTimeOffset WrongAt, BreachRisk Risk, DateTimeOffset RiskAt, IReadOnlyDictionary<string, string?> Standing);

/// <summary>
/// 时效指标失分风险, by the strict reading: how many of this month and this year were late already, what one costs, how many counted ones are open in time, and how many of
/// those are due within six hours.
/// </summary>
public sealed record BreachRisk(int MonthBreached, int YearBreached, decimal Weight, int Open, int Soon);

/// <inheritdoc cref="PollBoard"/>
public sealed class PollBoardHandler(DeskDb db, DeskCache cache, IServiceProvider services, TimeProvider clock) : IRequestHandler<PollBoard, BoardPoll>
{
    // A tick that is ten seconds late is wrong, so the pulse need not be felt each second.
    private static readonly TimeSpan PulseLasts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RiskLasts = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task<BoardPoll> Handle(PollBoard request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var desk = await cache.Get(db, cancellationToken);
        var board = await BoardSnapshot.Read(db, now, cancellationToken);
        var pulse = request.Before is { } felt && Lasts(felt.WrongAt, PulseLasts) ? (felt.Wrong, felt.WrongAt) : (await services.SendHere(new ReadPulse(), cancellationToken), now);
        var (risk, riskAt) = await Risk(board, request.Before, desk, now, cancellationToken);
        return new BoardPoll(board, desk, pulse.Item1, pulse.Item2, risk, riskAt, await Standing(request.Credentials, now, cancellationToken));

        bool Lasts(DateTimeOffset since, TimeSpan how) => now >= since && now - since < how;
    }

    /// <summary>
    /// The late ones are counted over the year's rows once a minute, and at once when another open one is late: what was late and is now resolved is never missed in between.
    /// </summary>
    private async Task<(BreachRisk Risk, DateTimeOffset At)> Risk(BoardSnapshot board, BoardPoll? before, Desk desk, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (at, month) = (Instant.Of(now), desk.Zone.MonthOf(Instant.Of(now)));
        var (first, last) = ((month.Year * 100) + 1, (month.Year * 100) + 12);
        var counted = board.Rows.Where(r => r.Scope == Scope.Rental).ToList();
        var (open, soon) = (counted.Count(r => !r.IsOverdue(at)), counted.Count(r => new BoardFilter(BoardRow.Soon).Takes(r, "", at)));
        if (before is not null && now >= before.RiskAt && now - before.RiskAt < RiskLasts && desk.Zone.MonthOf(Instant.Of(before.RiskAt)) == month
            && LateOnes(before.Board, Instant.Of(before.Board.At)).SequenceEqual(LateOnes(board, at)))
        {
            return (before.Risk with { Open = open, Soon = soon }, before.RiskAt);
        }

        var breached = await db.Incidents.AsNoTracking().Where(i => i.Month >= first && i.Month <= last && i.Scope == Scope.Rental && i.ExcludedAs == null && i.BreachesAt <= at)
            .GroupBy(i => i.Month).Select(g => new { Month = g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var weight = desk.Reference.Rules.KnownAt(now).PolicyFor(at).Weight;
        return (new BreachRisk(breached.Where(b => b.Month == month.Number).Sum(b => b.Count), breached.Sum(b => b.Count), weight, open, soon), now);

        static IEnumerable<long> LateOnes(BoardSnapshot board, Instant at) => board.Rows.Where(r => r.Scope == Scope.Rental && r.IsOverdue(at)).Select(r => r.Key);
    }

    /// <summary>A stream is no request: it asks after its credential without using it, so that the idle end comes as if nobody looked.</summary>
    private async Task<IReadOnlyDictionary<string, string?>> Standing(IReadOnlyCollection<string> credentials, DateTimeOffset now, CancellationToken cancellationToken) =>
        credentials.Count == 0 ? new Dictionary<string, string?>() : (await (
                from c in db.Credentials.AsNoTracking()
                join p in db.People.AsNoTracking() on c.Person equals p.Id
                where credentials.Contains(c.Id)
                select new { Credential = c, Person = p }).ToListAsync(cancellationToken))
            .ToDictionary(f => f.Credential.Id, f => f.Credential.IsInForce(now) && f.Person.IsInForce(now)
                ? $"{f.Person.Roles} {f.Person.Towns} {f.Person.ServicePoints}" : null, StringComparer.Ordinal);
}
