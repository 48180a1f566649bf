using System.Data.Common;
using System.Runtime.CompilerServices;
using IncidentDesk.Domain;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace IncidentDesk.Data;

/// <summary>How each engine is reached: connection, retries, and what every opened connection gets.</summary>
public static class EngineOptions
{
    private static readonly SqlitePragmas Pragmas = new();
    private static readonly SharedRows.Hints SqlServerHints = new(Engine.SqlServer);
    private static readonly SharedRows.Hints PostgreSqlHints = new(Engine.PostgreSql);
    // A phone waits for the answer: what failed is tried again at once and, a second apart, twice more; then it is told to come again.
    private const int Retries = 3;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    // A server that takes the call and never answers: with the retries a request is answered within 20 s. The drivers' own 15 s would make it more than a minute.
    private const int OpeningSec = 4;
    private static readonly string[] SqlServerPlaces = ["Data Source", "Initial Catalog"];
    private static readonly string[] PostgreSqlPlaces = ["Host", "Port", "Database"];

    /// <summary>Sets a context's options for the engine of the settings.</summary>
    public static DbContextOptionsBuilder UseEngine(this DbContextOptionsBuilder options, DeskSettings settings) => settings.Engine switch
    {
        Engine.Sqlite => options.UseSqlite(SqliteConnectionString(settings)).AddInterceptors(Pragmas),
        // Level 150 keeps EF off the newer json type: payload and settings are text on every engine.
        Engine.SqlServer => options.UseSqlServer(SqlServerConnectionString(settings), o => o.EnableRetryOnFailure(Retries, LongestWait, null).UseCompatibilityLevel(150)).AddInterceptors(SqlServerHints),
        _ => options.UseNpgsql(PostgreSqlConnectionString(settings), o => o.EnableRetryOnFailure(Retries, LongestWait, null)).AddInterceptors(PostgreSqlHints),
    };

    /// <summary>The database without its password, as it is named on stderr at each start.</summary>
    public static string Describe(DeskSettings settings)
    {
        if (settings.Engine == Engine.Sqlite)
        {
            return "Sqlite " + new SqliteConnectionStringBuilder(SqliteConnectionString(settings)).DataSource;
        }

        (DbConnectionStringBuilder Parts, string[] Places) server = settings.Engine == Engine.SqlServer
            ? (new SqlConnectionStringBuilder(settings.ConnectionString), SqlServerPlaces)
            : (new NpgsqlConnectionStringBuilder(settings.ConnectionString), PostgreSqlPlaces);
        return $"{settings.Engine} {string.Join(' ', server.Places.Select(k => server.Parts[k]))}".TrimEnd();
    }

    /// <summary>
    /// Whether an error says that the database is away for everybody and may come back. It is told somewhere along the chain: a retry that gave up wraps the driver's error,
    /// which holds the socket's own.
    /// </summary>
    public static bool IsAway(Exception? error) =>
        error is TimeoutException or DbException { IsTransient: true } || (error?.InnerException is { } inner && IsAway(inner));

    /// <summary>Refuses a connection string that the engine's driver cannot read, before anything is opened.</summary>
    public static Refusal? Check(DeskSettings settings)
    {
        try
        {
            _ = Describe(settings);
            return settings.Engine == Engine.Sqlite
                && new SqliteConnectionStringBuilder(settings.ConnectionString) is { DataSource: "" or ":memory:" } or { Mode: SqliteOpenMode.Memory }
                ? new Refusal(
                    "database_not_a_file", "Database:ConnectionString", "设置 Database:ConnectionString 的 Data Source 应为文件。",
                    "The setting Database:ConnectionString must name a file as its Data Source: what is only in memory is lost.")
                : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            // The driver's own words are left out: they may repeat the rest of a password that holds a semicolon.
            return new Refusal(
                "bad_connection_string", "Database:ConnectionString", $"设置 Database:ConnectionString 不是 {settings.Engine} 的连接字符串。",
                $"The setting Database:ConnectionString is not a connection string of {settings.Engine}; a value that holds a semicolon must stand in quotes.");
        }
    }

    /// <summary>
    /// The connection string; how long to wait for a connection is ours to say where it does not. Statements that come again stay prepared on their connection, unless it
    /// says otherwise: a pooler between may hand connections from one to another.
    /// </summary>
    private static string PostgreSqlConnectionString(DeskSettings settings)
    {
        var parts = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        parts.Timeout = parts.ShouldSerialize("Timeout") ? parts.Timeout : OpeningSec;
        parts.MaxAutoPrepare = parts.ShouldSerialize("Max Auto Prepare") ? parts.MaxAutoPrepare : 200;
        return parts.ToString();
    }

    /// <summary>The connection string, likewise.</summary>
    private static string SqlServerConnectionString(DeskSettings settings)
    {
        var parts = new SqlConnectionStringBuilder(settings.ConnectionString);
        parts.ConnectTimeout = parts.ShouldSerialize("Connect Timeout") ? parts.ConnectTimeout : OpeningSec;
        return parts.ToString();
    }

    /// <summary>The file's connection string, its path absolute.</summary>
    internal static string SqliteConnectionString(DeskSettings settings)
    {
        var parts = new SqliteConnectionStringBuilder(settings.ConnectionString);
        if (parts.DataSource is not ("" or ":memory:") && !parts.DataSource.StartsWith("file:", StringComparison.Ordinal))
        {
            parts.DataSource = Path.GetFullPath(parts.DataSource, settings.DataFolder);
        }

        return parts.ToString();
    }

    /// <summary>
    /// Told to each connection of the engine's own once: the driver keeps some open and hands them out again as they are.
    /// An acknowledged write survives a lost machine (FULL), writers wait for each other instead of failing, and rows without their parent are refused; SQLite forgets
    /// all three with each connection. A checkpoint every 32 MB instead of 4 writes a page once that many transactions touched; a page cache of 16 MB is enough, since the
    /// operating system has the file in its own.
    /// </summary>
    private sealed class SqlitePragmas : DbConnectionInterceptor
    {
        private readonly ConditionalWeakTable<object, object> told = [];

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            if (!told.TryAdd(((SqliteConnection)connection).Handle!, this))
            {
                return;
            }

            using var command = connection.CreateCommand();
            command.CommandText =
                "PRAGMA busy_timeout=10000; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=8000;";
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
