using IncidentDesk.Data;
using IncidentDesk.Import;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace IncidentDesk.Benchmarks;

/// <summary>A ledger of its own, gone afterwards.</summary>
internal sealed class ScratchDesk(string folder, DeskSettings settings, ServiceProvider services, Func<Task> drop) : IAsyncDisposable
{
    public string Folder { get; } = folder;

    public DeskSettings Settings { get; } = settings;

    public IServiceProvider Services { get; } = services;

    /// <summary>A folder and settings only: the first start makes the database.</summary>
    public static ScratchDesk Empty()
    {
        var folder = Directory.CreateTempSubdirectory("desk-bench-").FullName;
        var settings = SettingsOf(folder, Engine.Sqlite, "Data Source=bench.db");
        return new ScratchDesk(folder, settings, new ServiceCollection().BuildServiceProvider(), () => Task.CompletedTask);
    }

    public static Task<ScratchDesk> Sqlite() => Sqlite(Directory.CreateTempSubdirectory("desk-bench-").FullName);

    public static Task<ScratchDesk> Sqlite(string folder) =>
        Open(folder, Engine.Sqlite, "Data Source=bench.db", () => Task.CompletedTask);

    public static async Task<ScratchDesk> PostgreSql(string server)
    {
        var name = "desk_bench_" + Guid.NewGuid().ToString("N");
        await Run($"CREATE DATABASE {name}");
        return await Open(
            Directory.CreateTempSubdirectory("desk-bench-").FullName, Engine.PostgreSql, new NpgsqlConnectionStringBuilder(server) { Database = name }.ToString(),
            () => Run($"DROP DATABASE {name} WITH (FORCE)"));

        async Task Run(string sql)
        {
            await using var connection = new NpgsqlConnection(server);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Imports a ledger file as the command line does.</summary>
    public async Task<ImportProgress> Import(string path)
    {
        var (ledger, refused) = LedgerFile.Open(path);
        using (ledger)
        {
            return refused is not null
                ? throw new InvalidDataException(refused.En)
                : await new ImportLedger(Services).Run(ledger!, "ledger", _ => { }, _ => { }, CancellationToken.None);
        }
    }

    /// <summary>Works with a database context of its own.</summary>
    public async Task With(Func<DeskDb, Task> work)
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<DeskDb>());
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        await drop();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<ScratchDesk> Open(string folder, Engine engine, string connection, Func<Task> drop)
    {
        var settings = SettingsOf(folder, engine, connection);
        var desk = new ScratchDesk(folder, settings, new ServiceCollection().AddIncidentDesk(settings).BuildServiceProvider(), drop);
        if (engine != Engine.Sqlite)
        {
            await desk.With(db => DeskStart.Migrate(db, CancellationToken.None));
        }

        return await DeskStart.Prepare(desk.Services, CancellationToken.None) is { } refused ? throw new InvalidOperationException(refused.En) : desk;
    }

    private static DeskSettings SettingsOf(string folder, Engine engine, string connection) => new()
    {
        DataFolder = folder, Engine = engine, ConnectionString = connection, Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "广州市白云区",
    };
}
