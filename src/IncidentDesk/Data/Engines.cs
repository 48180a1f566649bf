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
}
