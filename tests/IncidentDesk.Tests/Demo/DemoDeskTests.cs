using System.Text;
using IncidentDesk.Data;
using IncidentDesk.Demo;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.People;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace IncidentDesk.Tests.Demo;

/// <summary>A demonstration is lived by the product itself, and says for ever what it is.</summary>
public sealed class DemoDeskTests
{
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task An_empty_ledger_is_filled_with_two_months_that_verify(Engine engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await using var desk = Process(database, new DateTimeOffset(2026, 3, 20, 10, 0, 0, TimeSpan.FromHours(8)));

        Assert.Null(await DeskStart.Prepare(desk, CancellationToken.None, demonstration: true));
        Assert.Null(await DeskStart.Prepare(desk, CancellationToken.None, demonstration: true));
        Assert.Equal(0, (await desk.SendAlone(new VerifyLedger())).Problems);
        await using var scope = desk.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();

        Assert.StartsWith("demo-", (await db.Installations.SingleAsync()).Id, StringComparison.Ordinal);
        Assert.InRange(await db.Incidents.CountAsync(), 100, 300);
        Assert.Equal(Enum.GetValues<Role>().Order(), (await db.People.Select(p => p.Roles).ToListAsync()).SelectMany(r => Roles.Parse(r)!).Distinct().Order());
        Assert.True(await db.Requests.CountAsync(r => r.State == RequestRow.Pending) >= 2);

        // Each alert was raised in the second in which it was owed.
        var alerts = await db.Alerts.AsNoTracking().ToListAsync();
        Assert.Contains(alerts, a => a is { Step: "breach", Timer: "resolution" });
        Assert.All(alerts, a => Assert.InRange(Instant.Of(a.RaisedAt).Since(a.DueAt), 0, 300));
    }

    [Fact]
    public async Task Its_reports_say_that_it_is_one_and_its_month_has_something_to_show()
    {
        await using var database = await TestDatabase.Create(Engine.Sqlite);
        await using var desk = Process(database, new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(8)));
        Assert.Null(await DeskStart.Prepare(desk, CancellationToken.None, demonstration: true));
        using var output = new MemoryStream();
        Assert.Null((await desk.SendAlone(new WriteReport(Period.Of(new Month(202602)), "rental", null, null, ReportFormat.Csv, output))).Refused);
        var report = Encoding.UTF8.GetString(output.ToArray());

        Assert.Contains("（演示数据，不得用于考核）", report, StringComparison.Ordinal);
        Assert.Contains(" + 超时 1 + ", report, StringComparison.Ordinal);
        Assert.Contains("void:test", report, StringComparison.Ordinal);
        Assert.Contains("duplicate:BY202602", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_ledger_is_never_made_one()
    {
        await using var database = await TestDatabase.Create(Engine.Sqlite);
        await using var desk = Process(database, TestDesk.Opening);
        Assert.Null(await DeskStart.Prepare(desk, CancellationToken.None));

        Assert.Equal("not_a_demonstration", (await DeskStart.Prepare(desk, CancellationToken.None, demonstration: true))?.Code);
        await using var scope = desk.CreateAsyncScope();
        Assert.Equal(2, await scope.ServiceProvider.GetRequiredService<DeskDb>().People.CountAsync());
    }

    private static ServiceProvider Process(TestDatabase database, DateTimeOffset now) =>
        new ServiceCollection().AddIncidentDesk(database.Settings).AddSingleton<TimeProvider>(new FakeTimeProvider(now)).BuildServiceProvider(validateScopes: true);
}
