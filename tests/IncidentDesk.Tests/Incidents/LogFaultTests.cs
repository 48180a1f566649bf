using System.Diagnostics;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Incidents;

/// <summary>Faults that come at the same time share a commit, and each of them still fares alone.</summary>
public sealed class LogFaultTests
{
    private static readonly Caller Staff = new(new Actor("chen", "陈静"), new HashSet<Role> { Role.Staff }, "api");

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Faults_that_come_while_one_is_written_share_the_next_commit(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var before = await Units(desk);
        var answers = await Together(desk, Enumerable.Range(0, 100).Select(_ => Fault()));

        Assert.Equal(Enumerable.Range(3, 100).Select(n => $"BY20260215-{n:0000}"), answers.Select(a => a.Value!.Number).Order(StringComparer.Ordinal));

        // The day's first, the one that was being written, then 64, then the 36 that were left.
        Assert.Equal(4, await Units(desk) - before);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task One_that_is_refused_keeps_nobody(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var answers = await Together(desk, [Fault(), Fault(), Fault() with { ReportedAt = Instant.Of(TestDesk.Opening).Plus(60) }, Fault()]);

        Assert.Equal([null, null, "reported_after_logged", null], answers.Select(a => a.Refused?.Code));
        Assert.Equal(["BY20260215-0003", "BY20260215-0004", "BY20260215-0005"], answers.Where(a => a.Value is not null).Select(a => a.Value!.Number));
        Assert.Equal(5, await desk.Read(db => db.Incidents.CountAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_same_key_twice_in_one_commit_is_one_incident(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var answers = await Together(desk, [Fault(), Keyed("a"), Fault(), Keyed("a"), Keyed("b")]);

        Assert.All(answers, a => Assert.Null(a.Refused));
        Assert.Equal(answers[1].Value!.Number, answers[3].Value!.Number);
        Assert.Equal(4, answers.Select(a => a.Value!.Number).Distinct().Count());
        Assert.Equal(6, await desk.Read(db => db.Incidents.CountAsync()));
        Assert.Equal("idempotency_key_reused", (await desk.Send(Keyed("a") with { Idempotency = Keyed("a").Idempotency + "2" })).Refused?.Code);

        static LogFault Keyed(string key) => Fault() with { Idempotency = $"chen\n/api/v1/incidents\nkey-of-{key}\nhash" };
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_same_external_number_twice_in_one_commit_is_one_incident_or_a_duplicate(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var one = Fault() with { Source = "12345", ExternalNo = "GZ-1", Title = "漏水" };
        var answers = await Together(desk, [Fault(), one, one, one with { Title = "停电" }, Fault()]);

        Assert.Equal([null, null, null, "duplicate_external_no", null], answers.Select(a => a.Refused?.Code));
        Assert.Equal(answers[1].Value!.Number, answers[2].Value!.Number);
        Assert.True(answers[2].Value!.Known);
        Assert.Contains(answers[1].Value!.Number, answers[3].Refused!.En, StringComparison.Ordinal);
        Assert.Equal(5, await desk.Read(db => db.Incidents.CountAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task What_was_logged_with_a_key_is_found_again_though_its_code_has_ended_since(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var fault = Fault() with { Idempotency = "chen\n/api/v1/incidents\nkey-of-mine\nhash" };
        var first = await desk.Send(fault);
        await desk.Sql("UPDATE \"ReferenceData\" SET \"Ended\" = 1 WHERE \"List\" = 'report-basis' AND \"Code\" = 'phone'");
        await using var restarted = desk.Process();

        Assert.Equal(first.Value!.Number, (await restarted.SendAlone(fault)).Value?.Number);
        Assert.Equal("unknown_basis", (await restarted.SendAlone(fault with { Idempotency = null })).Refused?.Code);
        Assert.Equal("idempotency_key_reused", (await restarted.SendAlone(fault with { Idempotency = fault.Idempotency + "2" })).Refused?.Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Without_shared_commits_each_has_its_own(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var theirs = desk.Database.Settings;
        await using var process = new ServiceCollection().AddIncidentDesk(new DeskSettings
        {
            DataFolder = theirs.DataFolder, Engine = theirs.Engine, ConnectionString = theirs.ConnectionString, Zone = theirs.Zone, NumberPrefix = theirs.NumberPrefix,
            District = theirs.District, SharedCommits = false,
        }).AddSingleton<TimeProvider>(desk.Clock).BuildServiceProvider();
        var before = await Units(desk);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => process.SendAlone(Fault())));

        Assert.Equal(8, answers.Select(a => a.Value!.Number).Distinct().Count());
        Assert.Equal(8, await Units(desk) - before);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Keys_are_forgotten_after_a_week_and_units_after_a_day(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Send(Fault() with { Idempotency = "chen\n/api/v1/incidents\nkey-of-mine\nhash" });
        desk.Clock.Advance(TimeSpan.FromDays(1.1));
        var units = await Units(desk);
        Assert.Equal(units, await desk.Send(new Purge()));
        Assert.Equal(0, await desk.Send(new Purge()));
        Assert.Equal(1, await desk.Read(db => db.Idempotency.CountAsync()));
        desk.Clock.Advance(TimeSpan.FromDays(6));
        await desk.Send(new Purge());

        Assert.Equal((0, 1), await desk.Read(async db => (await db.Idempotency.CountAsync(), await db.Incidents.CountAsync())));
    }

    /// <summary>Sends faults so that all but the first come while that one is being written.</summary>
    private static async Task<Outcome<IncidentChanged>[]> Together(TestDesk desk, IEnumerable<LogFault> faults)
    {
        var queue = desk.Services.GetRequiredService<CommitQueue>();
        await desk.Send(Fault());
        await using var scope = desk.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
        return await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var held = await db.Database.BeginTransactionAsync();
            await db.DayCounters.ExecuteUpdateAsync(c => c.SetProperty(r => r.Last, r => r.Last));
            var first = desk.Send(Fault());
            await Until(() => queue.Depth == (0, 1));
            var answers = new List<Task<Outcome<IncidentChanged>>>();
            foreach (var fault in faults)
            {
                answers.Add(desk.Send(fault));
                await Until(() => queue.Depth == (answers.Count, 1));
            }

            await held.RollbackAsync();
            await first;
            return await Task.WhenAll(answers);
        });
    }

    private static async Task Until(Func<bool> so)
    {
        for (var watch = Stopwatch.StartNew(); !so(); await Task.Delay(5))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), "The queue did not take them.");
        }
    }

    private static Task<int> Units(TestDesk desk) => desk.Read(db => db.Units.CountAsync());

    private static LogFault Fault() => new(
        Staff, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", null, "phone", null, null, null, null, null, "漏水", null, null, null, null, null, null);
}
