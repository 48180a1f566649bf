using IncidentDesk.Data;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace IncidentDesk.Tests.Desks;

/// <summary>A database of one test's own on one engine, removed with it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> PostgreSqlTemplate = new(MakeTemplate);

    private readonly PostgreSqlCluster? cluster;

    private TestDatabase(Engine engine, string folder, string connectionString, PostgreSqlCluster? cluster = null)
    {
        this.cluster = cluster;
        Settings = new DeskSettings
        {
            DataFolder = folder, Engine = engine, ConnectionString = connectionString, Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "广州市白云区",
        };
    }

    /// <summary>The settings that name it.</summary>
    public DeskSettings Settings { get; }

    /// <summary>
    /// Makes one. On a server engine <paramref name="migrated"/> says whether it has the tables; a SQLite file is made by the first start,
    /// in <paramref name="folder"/> where one is given; a PostgreSQL database without tables may lie in a <paramref name="cluster"/> of the test's own.
    /// </summary>
    public static async Task<TestDatabase> Create(Engine engine, bool migrated = true, string? folder = null, PostgreSqlCluster? cluster = null)
    {
        folder ??= Directory.CreateTempSubdirectory("incidentdesk-").FullName;
        var name = "desk_" + Guid.NewGuid().ToString("N");
        switch (engine)
        {
            case Engine.Sqlite:
                return new TestDatabase(engine, folder, "Data Source=desk.db");
            case Engine.PostgreSql:
                if (cluster is not null)
                {
                    return new TestDatabase(engine, folder, new NpgsqlConnectionStringBuilder(cluster.ConnectionString) { Database = "postgres" }.ToString(), cluster);
                }

                var template = migrated ? $" TEMPLATE {await PostgreSqlTemplate.Value}" : "";
                await OnPostgreSql($"CREATE DATABASE {name}{template}");
                return new TestDatabase(engine, folder, PostgreSqlServer.Database(name));
            default:
                var server = OnSqlServerAttribute.SqlServer!;

                // As the product asks for at each start; a server makes databases without.
                await OnSqlServer($"CREATE DATABASE {name}");
                await OnSqlServer($"ALTER DATABASE {name} SET READ_COMMITTED_SNAPSHOT ON");
                var database = new TestDatabase(engine, folder, new SqlConnectionStringBuilder(server) { InitialCatalog = name }.ToString());
                if (migrated)
                {
                    await Migrate(database.Settings);
                }

                return database;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        switch (Settings.Engine)
        {
            case Engine.Sqlite:
                SqliteConnection.ClearAllPools();
                break;
            case Engine.PostgreSql:
                await using (var connection = Pooled(Settings))
                {
                    NpgsqlConnection.ClearPool(connection);
                    if (cluster is not null)
                    {
                        break;
                    }

                    await OnPostgreSql($"DROP DATABASE {connection.Database} WITH (FORCE)");
                }

                break;
            default:
                var name = new SqlConnectionStringBuilder(Settings.ConnectionString).InitialCatalog;
                await OnSqlServer($"ALTER DATABASE {name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE {name}");
                break;
        }

        Directory.Delete(Settings.DataFolder, recursive: true);
    }

    /// <summary>Makes the tables as the migrate command does.</summary>
    public static async Task Migrate(DeskSettings settings)
    {
        await using var services = new ServiceCollection().AddIncidentDesk(settings).BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        await DeskStart.Migrate(scope.ServiceProvider.GetRequiredService<DeskDb>(), CancellationToken.None);
    }

    private static async Task<string> MakeTemplate()
    {
        var database = await Create(Engine.PostgreSql, migrated: false);
        await Migrate(database.Settings);
        await using var connection = Pooled(database.Settings);
        NpgsqlConnection.ClearPool(connection);
        Directory.Delete(database.Settings.DataFolder);
        return connection.Database;
    }

    /// <summary>A connection of the product's own pool: it adds to the string that is set.</summary>
    private static NpgsqlConnection Pooled(DeskSettings settings)
    {
        using var db = new PostgreSqlDeskDb((DbContextOptions<PostgreSqlDeskDb>)new DbContextOptionsBuilder<PostgreSqlDeskDb>().UseEngine(settings).Options);
        return new NpgsqlConnection(db.Database.GetConnectionString());
    }

    /// <summary>Runs a statement as the server's owner.</summary>
    internal static async Task OnPostgreSql(string sql)
    {
        await using var connection = new NpgsqlConnection(PostgreSqlServer.Database("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task OnSqlServer(string sql)
    {
        await using var connection = new SqlConnection(OnSqlServerAttribute.SqlServer);
        await connection.OpenAsync();
        await using var command = new SqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
