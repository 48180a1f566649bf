using IncidentDesk.Domain;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Data;

/// <summary>How a SQL Server database is set up, as far as the product relies on it: readers see what is committed and wait for no writer, and the T-SQL of level 150 is understood.</summary>
public sealed record ServerState(string Name, int CompatibilityLevel, bool Snapshot)
{
    /// <summary>SQL Server 2019.</summary>
    public const int LeastLevel = 150;

    private const string Asked =
        """
        SELECT d.name AS "Name", CAST(d.compatibility_level AS int) AS "CompatibilityLevel", d.is_read_committed_snapshot_on AS "Snapshot"
        FROM sys.databases AS d WHERE d.database_id = DB_ID()
        """;

    /// <summary>Why the database that is connected does not serve, or null.</summary>
    public static async Task<Refusal?> Check(DeskDb db, CancellationToken cancellationToken) =>
        (await db.Database.SqlQueryRaw<ServerState>(Asked).ToListAsync(cancellationToken)).Select(s => s.Refused()).FirstOrDefault();

    /// <summary>The one sentence, with the statement that a DBA runs, or null.</summary>
    public Refusal? Refused() =>
        !Snapshot
            ? new Refusal(
                "snapshot_off", "database",
                $"数据库未启用 READ_COMMITTED_SNAPSHOT，请由 DBA 执行：ALTER DATABASE {Quoted} SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE。",
                $"READ_COMMITTED_SNAPSHOT is off; a DBA runs: ALTER DATABASE {Quoted} SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE.")
        : CompatibilityLevel < LeastLevel
            ? new Refusal(
                "level_too_low", "database",
                $"数据库的兼容级别为 {CompatibilityLevel}，低于 {LeastLevel}，请由 DBA 执行：ALTER DATABASE {Quoted} SET COMPATIBILITY_LEVEL = {LeastLevel}。",
                $"The compatibility level is {CompatibilityLevel}, below {LeastLevel}; a DBA runs: ALTER DATABASE {Quoted} SET COMPATIBILITY_LEVEL = {LeastLevel}.")
        : null;

    private string Quoted => $"[{Name.Replace("]", "]]", StringComparison.Ordinal)}]";
}
