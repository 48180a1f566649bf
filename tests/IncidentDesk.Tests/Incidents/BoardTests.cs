using System.Data.Common;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Incidents;

/// <summary>What boards show, and what they cost the database.</summary>
public sealed class BoardTests
{
    private static readonly Caller Li = Person("li", Role.Staff, Role.Handler, Role.Approver);

    private static readonly BoardFilter[] Filters =
    [
        new(), new(Mine: true), new(BoardRow.Overdue), new(BoardRow.Soon), new(BoardRow.Paused), new(BoardRow.Unanswered), new(Kind: "rental"), new(Kind: "system"),
        new(Town: "440111011"), new(BoardRow.Soon, "rental", "440111009", true),
    ];

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_board_cut_from_a_poll_is_the_one_that_the_database_would_give(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Send(new AddPerson(null, "li", "李师傅", "handler"));
        var numbers = new List<string>();
        for (var n = 0; n < 12; n++)
        {
            numbers.Add(await Log(desk, hoursAgo: n * 2.5, town: n % 3 == 0 ? "440111009" : "440111011", system: n % 4 == 3, point: n % 5 == 0 ? "石井" : null));
        }

        await desk.Send(new Assign(Li, numbers[3], "li"));
        await desk.Send(new Assign(Li, numbers[9], "li"));
        await desk.Send(new Respond(Li, numbers[9], "phone", null));
        await desk.Send(new Resolve(Li, numbers[1], "fixed_on_site", null, null, null, null));

        // As an approved pause leaves the row under a policy that stops the clock; one of them was late before.
        await desk.Read(db => db.Incidents.Where(i => i.Key % 100 == 5 || i.Key % 100 == 11).ExecuteUpdateAsync(s => s.SetProperty(i => i.EffectiveDueAt, (Instant?)null)));
        await desk.Read(db => db.Incidents.Where(i => i.Key % 100 == 5).ExecuteUpdateAsync(s => s.SetProperty(i => i.BreachesAt, (Instant?)null)));
        var shown = 0;
        foreach (var by in new[] { Li, Li with { Towns = ["440111009"] }, Li with { ServicePoints = ["嘉禾"] } })
        {
            foreach (var filter in Filters)
            {
                var cut = (await desk.Send(new ReadBoard(by, filter))).Value!;
                Assert.True(cut.Live);
                Assert.Equal((await desk.Send(new ReadBoard(by, filter, "0.0"))).Value!.Rows, cut.Rows);
                shown += cut.Rows.Count;

                // Page by page the same, whichever road a page comes by.
                var (walked, cursor) = (new List<BoardRow>(), (string?)null);
                do
                {
                    var page = (await desk.Send(new ReadBoard(by, filter, cursor, 3))).Value!;
                    walked.AddRange(page.Rows);
                    cursor = page.Next;
                }
                while (cursor is not null);

                Assert.Equal(cut.Rows, walked);
                Assert.All(cut.Rows, r => Assert.True(by.LacksAt(r.Town, r.ServicePoint) is null));
            }
        }

        Assert.True(shown > 60, $"{shown} rows in all");
        var all = (await desk.Send(new ReadBoard(Li, new BoardFilter()))).Value!;
        Assert.Equal(new BoardCounts(11, 2, 2, 2, 2, 10), all.Counts);
        Assert.Equal(["overdue", "soon", "soon", "normal", "paused", "overdue"], new[] { 0, 1, 2, 3, 9, 10 }.Select(n => all.Rows[n].State(all.Now)));
        Assert.Equal("李师傅", all.Rows.First(r => r.Handler == "li").HandlerName);
        Assert.Null((await desk.Send(new ReadBoard(Li with { Towns = ["440111009"] }, new BoardFilter()))).Value!.Risk);
        Assert.Equal("not_allowed", (await desk.Send(new ReadBoard(Person("root", Role.Admin), new BoardFilter()))).Refused?.Code);
        Assert.Equal("bad_state", (await desk.Send(new ReadBoard(Li, new BoardFilter("open")))).Refused?.Code);
        Assert.Equal("bad_cursor", (await desk.Send(new ReadBoard(Li, new BoardFilter(), "x"))).Refused?.Code);
    }

    [Fact]
    public async Task One_late_incident_is_told_in_its_second_and_stays_told_after_it_is_resolved()
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        await Log(desk, hoursAgo: 3, system: true);
        var number = await Log(desk, hoursAgo: 23.5);
        await Log(desk, hoursAgo: 1);
        Assert.Equal(new BreachRisk(0, 0, 10, 2, 1), await Risk());
        desk.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(new BreachRisk(0, 0, 10, 2, 1), await Risk());
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new BreachRisk(1, 1, 10, 1, 0), await Risk());
        await desk.Send(new Resolve(Li, number, "fixed_on_site", null, null, null, null));
        Assert.Equal(new BreachRisk(1, 1, 10, 1, 0), await Risk());
        desk.Clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal((0, 2), ((await Risk()).MonthBreached, (await Risk()).YearBreached));

        async Task<BreachRisk> Risk() => (await desk.Send(new ReadBoard(Li, new BoardFilter()))).Value!.Risk!;
    }

    [Fact]
    public async Task One_poll_a_second_feeds_every_board_and_none_is_made_while_nobody_looks()
    {
        var sent = new Statements();
        await using var desk = await TestDesk.Open(Engine.Sqlite, besides: services => services.ConfigureDbContext<SqliteDeskDb>(o => o.AddInterceptors(sent)));
        await desk.Send(new AddPerson(null, "li", "李师傅", "handler"));
        var token = (await desk.Send(new AddToken(null, "li", "看板", [], 1))).Value!.Token.Id;
        await Log(desk, 1);
        var feed = desk.Services.GetRequiredService<BoardFeed>();
        using var end = new CancellationTokenSource();
        var one = new[] { feed.Listen(token, end.Token).GetAsyncEnumerator() };
        await Round(one);
        var alone = await Cost(one);
        Assert.InRange(alone, 1, 12);
        var five = one.Concat(Enumerable.Range(0, 4).Select(_ => feed.Listen(token, end.Token).GetAsyncEnumerator())).ToArray();
        await Round(five);
        Assert.Equal(5, feed.LookingWith(token));
        Assert.InRange(await Cost(five), 1, alone);
        Assert.NotNull(one[0].Current.Standing[token]);

        // What a credential opens is part of the poll, and looking is no use of it.
        await desk.Send(new RevokeToken(null, token));
        await Round(five);
        Assert.Null(one[0].Current.Standing[token]);
        await end.CancelAsync();
        foreach (var listener in five)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await listener.MoveNextAsync());
        }

        Assert.Equal(0, feed.LookingWith(token));
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        await Task.Delay(50);
        var before = sent.Count;
        for (var second = 0; second < 5; second++)
        {
            desk.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        Assert.Equal(before, sent.Count);

        // Statements of five seconds, in which the pulse is felt once.
        async Task<int> Cost(IAsyncEnumerator<BoardPoll>[] listeners)
        {
            var (from, polls) = (sent.Count, 0);
            for (; polls < 5; polls++)
            {
                await Round(listeners);
            }

            return (int)Math.Ceiling((sent.Count - from) / 5.0);
        }

        // All are told of the same poll.
        async Task Round(IAsyncEnumerator<BoardPoll>[] listeners)
        {
            var told = Task.WhenAll(listeners.Select(l => l.MoveNextAsync().AsTask()));
            for (var tries = 0; await Task.WhenAny(told, Task.Delay(tries == 0 ? 1 : 20)) != told && tries < 500; tries++)
            {
                desk.Clock.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.All(await told, Assert.True);
            Assert.Single(listeners.Select(l => l.Current).Distinct(ReferenceEqualityComparer.Instance));
        }
    }

    private static async Task<string> Log(TestDesk desk, double hoursAgo, string town = "440111011", bool system = false, string? point = null)
    {
        var at = Instant.Of(desk.Clock.GetUtcNow()).Plus(-(long)(hoursAgo * 3_600));
        var outcome = await desk.Send(new LogFault(
            Li, system ? "system" : "rental", system ? "FLT-DOWN" : "RNT-WATER-02", null, system ? "SYS-MOB" : null, town, system ? null : "新市路56号", null, "phone", point, null, null, null, at, "漏水",
            null, null, null, null, null, null));
        Assert.Null(outcome.Refused);
        return outcome.Value!.Number;
    }

    private static Caller Person(string id, params Role[] roles) => new(new Actor(id, id), roles.ToHashSet(), "page");

    private sealed class Statements : DbCommandInterceptor
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref count);
            return ValueTask.FromResult(result);
        }
    }
}
