using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Data;

/// <summary>The embedded default: one file on one machine.</summary>
public sealed class SqliteDeskDb(DbContextOptions<SqliteDeskDb> options) : DeskDb(options);

/// <summary>The production engine. Codes, numbers and hashes compare byte by byte; texts as the database was set up.</summary>
public sealed class SqlServerDeskDb(DbContextOptions<SqlServerDeskDb> options) : DeskDb(options)
{
    /// <inheritdoc/>
    protected override string ExactCollation => "Latin1_General_100_BIN2";

    /// <inheritdoc/>
    internal override string ServerClock => "SELECT SYSUTCDATETIME() AS \"Value\"";
}

/// <summary>The second production engine, and the server engine that tests can start anywhere.</summary>
public sealed class PostgreSqlDeskDb(DbContextOptions<PostgreSqlDeskDb> options) : DeskDb(options)
{
    /// <inheritdoc/>
    protected override string ExactCollation => "C";

    /// <inheritdoc/>
    internal override string ServerClock => "SELECT clock_timestamp() AT TIME ZONE 'UTC' AS \"Value\"";

    // Of no other meaning; every version of the product takes the same.
    private const long MigrationLock = 0x1D_DE_5C;

    /// <inheritdoc/>
    internal override async Task<IAsyncDisposable?> TurnToMigrate(CancellationToken cancellationToken)
    {
        // The lock of EF's own is let go between two migrations here, so that two that begin at once both apply the second.
        var connection = AnotherConnection();
        await connection.OpenAsync(cancellationToken);
        await Ask(connection, $"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
        return new Turn(connection);
    }

    private static async Task Ask(DbConnection connection, string sql, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed class Turn(DbConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // The pool keeps the connection open, and would keep the lock with it.
            await Ask(connection, $"SELECT pg_advisory_unlock({MigrationLock})");
            await connection.DisposeAsync();
        }
    }
}
