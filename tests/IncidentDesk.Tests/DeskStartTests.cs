using IncidentDesk.Data;
using IncidentDesk.Import;
using IncidentDesk.Reference;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests;

/// <summary>What every process does before it serves.</summary>
public class DeskStartTests
{
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_first_start_makes_the_installation_and_the_second_leaves_it(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var first = (await desk.Load()).Installation;
        desk.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await DeskStart.Prepare(desk.Process(), CancellationToken.None));
        var second = (await desk.Load()).Installation;

        Assert.Equal((first.Id, first.CreatedAt), (second.Id, second.CreatedAt));
        Assert.Equal(("Asia/Shanghai", "BY", "广州市白云区", TestDesk.Opening.ToUniversalTime()), (first.Zone, first.NumberPrefix, first.District, first.CreatedAt));
        Assert.True(Guid.TryParseExact(first.Id, "D", out _));
        Assert.Equal(ShippedRows.All().Count(), await desk.Read(db => db.References.CountAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Two_processes_that_start_at_once_make_one_installation(Engine engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await using var one = new ServiceCollection().AddIncidentDesk(database.Settings).BuildServiceProvider();
        await using var other = new ServiceCollection().AddIncidentDesk(database.Settings).BuildServiceProvider();
        var refused = await Task.WhenAll(
            Task.Run(() => DeskStart.Prepare(one, CancellationToken.None)), Task.Run(() => DeskStart.Prepare(other, CancellationToken.None)));

        Assert.All(refused, Assert.Null);
        await using var scope = one.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
        Assert.Equal(1, await db.Installations.CountAsync());
        Assert.Equal(["admin", "import"], await db.People.OrderBy(p => p.Id).Select(p => p.Id).ToListAsync());
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_person_import_exists_from_the_first_start_and_has_no_role(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var person = await desk.Read(db => db.People.AsNoTracking().SingleAsync(p => p.Id == "import"));

        Assert.Equal((ImportLedger.Person.Id, ImportLedger.Person.Name, ""), (person.Id, person.Name, person.Roles));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_setting_that_differs_from_the_installation_is_refused(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var own = desk.Database.Settings;
        DeskSettings[] others =
        [
            Settings(own, zone: "Asia/Urumqi"), Settings(own, prefix: "TH"), Settings(own, district: "广州市天河区"),
        ];
        foreach (var settings in others)
        {
            await using var process = new ServiceCollection().AddIncidentDesk(settings).BuildServiceProvider();
            var refused = await DeskStart.Prepare(process, CancellationToken.None);
            Assert.Equal("installation_differs", refused?.Code);
            Assert.Contains("Asia/Shanghai", refused!.Zh, StringComparison.Ordinal);
        }

        Assert.Null(await DeskStart.Prepare(desk.Process(), CancellationToken.None));
    }

    [Theory, OnPostgreSql, OnSqlServer]
    public async Task A_server_without_tables_is_refused_and_left_as_it_is(Engine engine)
    {
        await using var database = await TestDatabase.Create(engine, migrated: false);
        await using var process = new ServiceCollection().AddIncidentDesk(database.Settings).BuildServiceProvider();

        Assert.Equal("schema_missing", (await DeskStart.Prepare(process, CancellationToken.None))?.Code);
        Assert.Equal("schema_missing", (await DeskStart.Prepare(process, CancellationToken.None))?.Code);
        await TestDatabase.Migrate(database.Settings);
        Assert.Null(await DeskStart.Prepare(process, CancellationToken.None));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_schema_of_a_newer_version_is_refused(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Read(db => db.Database.ExecuteSqlRawAsync(engine == Engine.SqlServer
            ? "INSERT INTO __EFMigrationsHistory VALUES (N'29991231000000_Later', N'99.0')"
            : "INSERT INTO \"__EFMigrationsHistory\" VALUES ('29991231000000_Later', '99.0')"));

        Assert.Equal("schema_newer", (await DeskStart.Prepare(desk.Process(), CancellationToken.None))?.Code);
    }

    [Theory, OnPostgreSql, OnSqlServer]
    public async Task A_schema_with_a_migration_missing_is_refused(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);

        // With one migration only, none applied is what an older version looks like; the refusal must not be silence.
        await desk.Read(db => db.Database.ExecuteSqlRawAsync(engine == Engine.SqlServer
            ? "DELETE FROM __EFMigrationsHistory WHERE MigrationId = (SELECT MAX(MigrationId) FROM __EFMigrationsHistory)"
            : "DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = (SELECT MAX(\"MigrationId\") FROM \"__EFMigrationsHistory\")"));
        var known = await desk.Read(db => Task.FromResult(db.Database.GetMigrations().Count()));

        Assert.Equal(known == 1 ? "schema_missing" : "schema_older", (await DeskStart.Prepare(desk.Process(), CancellationToken.None))?.Code);
    }

    private static DeskSettings Settings(DeskSettings of, string? zone = null, string? prefix = null, string? district = null) => new()
    {
        DataFolder = of.DataFolder, Engine = of.Engine, ConnectionString = of.ConnectionString,
        Zone = zone ?? of.Zone, NumberPrefix = prefix ?? of.NumberPrefix, District = district ?? of.District,
    };
}
