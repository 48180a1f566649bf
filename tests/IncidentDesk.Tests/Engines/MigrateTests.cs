using IncidentDesk.Data;
using IncidentDesk.Tests.Commands;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace IncidentDesk.Tests.Engines;

/// <summary>How the tables come to be, as the operator and the DBA make them: by the real command, and by hand.</summary>
public sealed class MigrateTests : IDisposable
{
    private const string Catalogue =
        """
        SELECT table_name || '.' || column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '') || coalesce('(' || datetime_precision || ')', '')
            || ' ' || is_nullable || ' ' || coalesce(collation_name, '') || ' ' || coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT "MigrationId" FROM "__EFMigrationsHistory"
        """;

    private readonly DeskFolder folder = new();

    [Theory, OnPostgreSql]
    public async Task Several_that_migrate_at_once_make_one_schema_and_one_installation_and_later_ones_change_nothing(Engine engine)
    {
        await using var expected = await TestDatabase.Create(engine);
        await using var database = await TestDatabase.Create(engine, migrated: false);
        Use(database);

        var ran = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => folder.Run("migrate")));

        Assert.All(ran, r => r.Exits(0));
        var schema = await Rows(database, Catalogue);
        Assert.Equal(await Rows(expected, Catalogue), schema);
        var installation = await Rows(database, "SELECT \"Id\" FROM \"Installation\"");
        Assert.Single(installation);
        await TestDatabase.Migrate(database.Settings);
        Assert.Null(await DeskStart.Prepare(database.Settings, CancellationToken.None));
        Assert.Equal(schema, await Rows(database, Catalogue));
        Assert.Equal(installation, await Rows(database, "SELECT \"Id\" FROM \"Installation\""));
    }

    [Theory, OnPostgreSql]
    public async Task The_script_is_printed_without_a_server_and_run_by_hand_it_makes_what_the_command_makes(Engine engine)
    {
        await using var expected = await TestDatabase.Create(engine);
        await using var database = await TestDatabase.Create(engine, migrated: false);
        (folder.Settings["Database__Engine"], folder.Settings["Database__ConnectionString"]) = ("PostgreSql", "Host=127.0.0.1;Port=1;Database=desk");
        var script = (await folder.Run("migrate", "--script")).Exits(0).Out;

        await Execute(database, script);
        await Execute(database, script);

        Assert.Equal(await Rows(expected, Catalogue), await Rows(database, Catalogue));
        Use(database);
        (await folder.Run("user", "add", "chen", "--name", "陈工", "--role", "staff")).Exits(0);
    }

    [Fact]
    public async Task Sql_server_has_a_script_too_and_SQLite_needs_none()
    {
        (folder.Settings["Database__Engine"], folder.Settings["Database__ConnectionString"]) = ("SqlServer", "Server=127.0.0.1,1;Database=desk");
        var script = (await folder.Run("migrate", "--script")).Exits(0).Out;
        await using var db = new SqlServerDeskDb((DbContextOptions<SqlServerDeskDb>)new DbContextOptionsBuilder<SqlServerDeskDb>().UseSqlServer("Server=x").Options);
        Assert.Equal(db.Database.GetMigrations().Count(), Data.SqlServerModel.Parse(script).Batches.Count(b => b.Statements.Any(s => s is Microsoft.SqlServer.TransactSql.ScriptDom.BeginTransactionStatement)));

        (folder.Settings["Database__Engine"], folder.Settings["Database__ConnectionString"]) = ("Sqlite", null);
        (await folder.Run("migrate", "--script")).Refused("no_script");
        Assert.False(folder.Wrote);
    }

    /// <summary>Web host, jobs and commands; none of them makes a table.</summary>
    [Theory, OnSqlite, OnPostgreSql]
    public async Task No_process_serves_a_schema_that_is_not_its_own(Engine engine)
    {
        await using var database = await TestDatabase.Create(engine, migrated: false);
        Use(database);
        folder.Settings["Jobs__Host"] = "Worker";
        if (engine != Engine.Sqlite)
        {
            (await folder.Run("run")).Refused("schema_missing");
            Assert.Empty(await Rows(database, "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"));
            await TestDatabase.Migrate(database.Settings);
            await Execute(database, "CREATE TABLE aside AS SELECT * FROM \"__EFMigrationsHistory\"; DELETE FROM \"__EFMigrationsHistory\" WHERE \"MigrationId\" = (SELECT max(\"MigrationId\") FROM aside)");
            (await folder.Run("verify")).Refused("schema_older");
            await Execute(database, "INSERT INTO \"__EFMigrationsHistory\" SELECT max(\"MigrationId\"), '10' FROM aside; DROP TABLE aside");
        }

        Assert.Null(await DeskStart.Prepare(database.Settings, CancellationToken.None));
        await using (var services = new ServiceCollection().AddIncidentDesk(database.Settings).BuildServiceProvider())
        {
            await using var scope = services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<DeskDb>().Database.ExecuteSqlRawAsync("INSERT INTO \"__EFMigrationsHistory\" VALUES ('29991231000000_Later', '99.0')");
        }

        Assert.All(await Task.WhenAll(folder.Host("--urls", "http://127.0.0.1:0"), folder.Run("migrate")), r => r.Refused("schema_newer"));
    }

    public void Dispose() => folder.Dispose();

    private void Use(TestDatabase database)
    {
        folder.Settings["Data__Folder"] = database.Settings.DataFolder;
        folder.Settings["Database__Engine"] = database.Settings.Engine.ToString();
        folder.Settings["Database__ConnectionString"] = database.Settings.ConnectionString;
    }

    private static async Task<List<string>> Rows(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.Settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return [.. rows.Order(StringComparer.Ordinal)];
    }

    private static async Task Execute(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.Settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
