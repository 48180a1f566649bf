using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IncidentDesk.Data;
using IncidentDesk.People;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Commands;
using IncidentDesk.Tests.Desks;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace IncidentDesk.Tests.Engines;

/// <summary>
/// A process that cannot use its database says why in one sentence and ends: 1 where something must be changed first, 3 where the same start may succeed later. No stack trace,
/// no hang. What a driver says is asked of the same start within the test; processes show that web host, jobs and commands answer alike.
/// </summary>
public sealed class BadStartTests : IDisposable
{
    private readonly DeskFolder folder = new();

    [Theory]
    [InlineData("Database__Engine", "MySql", "refused bad_engine (Database:Engine)", "web")]
    [InlineData("Database__ConnectionString", "garbage", "refused bad_connection_string (Database:ConnectionString)", "web")]
    [InlineData("DESK_CONFIG", "/nowhere/desk.json", "refused bad_settings_file (DESK_CONFIG)", "web", "run")]
    [InlineData("Data__Folder", "/dev/null", "refused bad_data_folder (Data:Folder)", "web", "run", "verify")]
    [InlineData("Database__ConnectionString", "Data Source=/dev/null/desk.db", "refused database_not_opened (Database:ConnectionString)", "verify")]
    public Task What_a_person_must_mend_ends_web_host_jobs_and_commands_with_one(string name, string value, string said, params string[] who)
    {
        folder.Settings[name] = value;
        return EachSays(who, 1, said);
    }

    [Fact]
    public Task A_server_that_is_not_there_ends_web_host_jobs_and_commands_with_three()
    {
        (folder.Settings["Database__Engine"], folder.Settings["Database__ConnectionString"]) = ("PostgreSql", "Host=127.0.0.1;Port=1;Password=geheim");
        return EachSays(["web", "run", "verify"], 3, "failed database_unreachable (Database:ConnectionString)");
    }

    [Fact]
    public async Task A_server_that_takes_the_call_and_never_answers_is_not_waited_for()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        var watch = Stopwatch.StartNew();
        var running = InTheMiddleOfIt($"Host=127.0.0.1;Port={port};Username=desk", watch);

        var said = await Task.WhenAll(
            InProcess(Engine.PostgreSql, $"Host=127.0.0.1;Port={port};Timeout=60;Username=desk"),
            InProcess(Engine.SqlServer, $"Server=127.0.0.1,{port};Database=desk;User Id=sa;Password=x;Connect Timeout=60"));

        Assert.All(said, s => Assert.Equal("database_unreachable", s?.Said.Code));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.InRange(await running, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(24));
    }

    [Fact]
    public async Task A_port_that_somebody_else_has_is_said()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var ran = (await folder.Host("--urls", $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}")).Exits(1);
        Assert.StartsWith("refused address_in_use (urls): ", ran.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("database_missing", "", "Database=desk_nowhere")]
    [InlineData("login_refused", "", "Username=desk_nobody")]
    [InlineData("missing_rights", "", "")]
    [InlineData("missing_rights", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {0}", "")]
    [InlineData("database_read_only", "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {0}", "Options='-c default_transaction_read_only=on'")]
    [InlineData(null, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {0}", "")]
    public async Task A_user_of_PostgreSQL_who_may_not_is_told_what_is_missing_and_one_who_may_only_work_with_the_rows_serves(string? code, string grants, string instead)
    {
        if (PostgreSqlServer.Missing is not null)
        {
            return;
        }

        await using var database = await TestDatabase.Create(Engine.PostgreSql);
        var (owner, role) = (database.Settings.ConnectionString, "desk_" + Guid.NewGuid().ToString("N"));
        await Sql(owner, $"CREATE ROLE {role} LOGIN PASSWORD 'desk'; REVOKE CREATE ON SCHEMA public FROM PUBLIC; {string.Format(grants, role)}");
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(owner) { Username = role, Password = "desk" };
            foreach (var (key, value) in new NpgsqlConnectionStringBuilder(instead).Where(p => instead.Contains(p.Key, StringComparison.OrdinalIgnoreCase)))
            {
                parts[key] = value;
            }

            var fault = await InProcess(Engine.PostgreSql, parts.ToString());

            Assert.Equal((code, false), (fault?.Said.Code, fault?.MayPass ?? false));
            Assert.DoesNotContain('\n', fault?.ToString() ?? "");
            if (grants.Length > 0 && code == "missing_rights")
            {
                (folder.Settings["Database__Engine"], folder.Settings["Database__ConnectionString"]) = ("PostgreSql", parts.ToString());
                await EachSays(["web"], 1, "refused missing_rights (Database:ConnectionString)");
            }
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await Sql(owner, $"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Theory, OnPostgreSql]
    public async Task Migrate_without_the_right_to_make_tables_says_so(Engine engine)
    {
        await using var database = await TestDatabase.Create(engine, migrated: false);
        var (owner, role) = (database.Settings.ConnectionString, "desk_" + Guid.NewGuid().ToString("N"));
        await Sql(owner, $"CREATE ROLE {role} LOGIN PASSWORD 'desk'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        (folder.Settings["Database__Engine"], folder.Settings["Database__ConnectionString"]) =
            ("PostgreSql", new NpgsqlConnectionStringBuilder(owner) { Username = role, Password = "desk" }.ToString());

        (await folder.Run("migrate")).Refused("missing_rights");
        await Sql(owner, $"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [OnTinyDisk]
    public async Task A_full_disk_and_one_that_takes_no_write_are_said()
    {
        await using var disk = await FullDiskTests.TinyDisk.Mount();
        var data = folder.Settings["Data__Folder"] = Path.Combine(disk.Folder, "data");
        await disk.Fill();
        await EachSays(["web"], 3, "failed disk_full (Data:Folder)");

        disk.Empty();
        Assert.Null(await InProcess(Engine.Sqlite, "Data Source=desk.db", data));
        SqliteConnection.ClearAllPools();
        await disk.Fill();
        Assert.Equal(("disk_full", true), await InProcess(Engine.Sqlite, "Data Source=desk.db", data) is { } full ? (full.Said.Code, full.MayPass) : default);

        SqliteConnection.ClearAllPools();
        disk.Empty();
        await disk.Protect();
        Assert.Equal("bad_data_folder", (await InProcess(Engine.Sqlite, "Data Source=desk.db", data))?.Said.Code);

        // The folder may be written, and the database lies elsewhere.
        var elsewhere = await InProcess(Engine.Sqlite, "Data Source=" + Path.Combine(data, "desk.db"), folder.Data);
        Assert.Equal(("database_read_only", "Database:ConnectionString", false), (elsewhere?.Said.Code, elsewhere?.Said.Field, elsewhere?.MayPass));
        SqliteConnection.ClearAllPools();
    }

    public void Dispose() => folder.Dispose();

    /// <summary>One sentence after the lines that tell which database and which addresses.</summary>
    private async Task EachSays(string[] who, int exit, string said)
    {
        folder.Settings["Jobs__Host"] = "Worker";
        foreach (var ran in await Task.WhenAll(who.Select(w => w == "web" ? folder.Host("--urls", "http://127.0.0.1:0") : folder.Run(w))))
        {
            ran.Exits(exit);
            Assert.Equal("", ran.Out);
            var lines = ran.Error.TrimEnd().Split('\n');
            Assert.InRange(lines.Length, 1, 3);
            Assert.StartsWith(said + ": ", lines[^1], StringComparison.Ordinal);
            Assert.Matches("。 / [A-Z]", lines[^1]);
            Assert.DoesNotContain("geheim", ran.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>How long a request waits whose server fell silent while the desk ran.</summary>
    private async Task<TimeSpan> InTheMiddleOfIt(string connectionString, Stopwatch watch)
    {
        await using var services = new ServiceCollection().AddIncidentDesk(Settings(Engine.PostgreSql, connectionString)).BuildServiceProvider();
        var error = await Record.ExceptionAsync(() => services.SendAlone(new IncidentDesk.Accounts.Identify("chen", Session: false, "api")));
        Assert.Equal("database_unreachable", DatabaseFault.Of(error)?.Said.Code);
        return watch.Elapsed;
    }

    private DeskSettings Settings(Engine engine, string connectionString, string? data = null) => new()
    {
        DataFolder = data ?? folder.Data, Engine = engine, ConnectionString = connectionString, Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "广州市白云区",
    };

    private async Task<DatabaseFault?> InProcess(Engine engine, string connectionString, string? data = null)
    {
        await using var services = new ServiceCollection().AddIncidentDesk(Settings(engine, connectionString, data)).BuildServiceProvider();
        try
        {
            Assert.Null(await DeskStart.Prepare(services, CancellationToken.None));
            return null;
        }
        catch (Exception e) when (DatabaseFault.Of(e) is { } fault)
        {
            return fault;
        }
    }

    private static async Task Sql(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
