using IncidentDesk.Data;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Benchmarks;

/// <summary>
/// Rows of incidents without events, made by the engine itself in one statement: 100 000 in June 2025, the others spread over the 119 other months of ten years. One in
/// fifty is void, one in forty late, one in a hundred open and overdue.
/// </summary>
internal static class SeededRows
{
    private const string Columns =
        """
        INSERT INTO "Incidents" ("Key", "Kind", "Category", "Severity", "Scope", "Month", "ReportedAt", "DueAt", "EffectiveDueAt", "BreachesAt", "FirstResponseAt",
            "ResolvedAt", "ExcludedAs", "GrossSec", "PausedSec", "OfficialSec", "Active", "LastSeq", "LastEffectiveAt", "FirstRecordedAt", "LastRecordedAt", "Town", "Building")
        """;

    // m: months since January 2016, d: day, n: number of the day.
    private const string Numbered =
        """
        placed AS (
            SELECT i, CASE WHEN i < 100000 THEN 113 WHEN (i % 119) < 113 THEN i % 119 ELSE (i % 119) + 1 END AS m,
                CASE WHEN i < 100000 THEN i % 28 ELSE (i / 119) % 28 END + 1 AS d,
                CASE WHEN i < 100000 THEN i / 28 ELSE i / 3332 END + 1 AS n
            FROM numbers),
        dated AS (SELECT i, 2016 + (m / 12) AS y, (m % 12) + 1 AS mo, d, n FROM placed)
        """;

    private const string Values =
        """
        SELECT (y * 10000 + mo * 100 + d) * CAST(1000000 AS bigint) + n, CASE WHEN i % 3 = 2 THEN 'system' ELSE 'rental' END, 'RNT-ELEC-01', 'P2',
            CASE i % 3 WHEN 0 THEN 'rental' WHEN 1 THEN 'rental-other' ELSE 'system' END, y * 100 + mo, {0}, {1}, {1},
            CASE WHEN i % 40 = 1 OR i % 100 = 2 THEN {1} END, {0}, CASE WHEN i % 100 = 2 THEN NULL WHEN i % 40 = 1 THEN {2} ELSE {0} END,
            CASE WHEN i % 50 = 3 THEN 'void' END, 18000, 0, 18000, '2025-06-01T01:00:00Z/2025-06-01T06:00:00Z', 3, {2}, {0}, {2}, '440111011', '440111011 新市路56号'
        FROM dated
        """;

    public static async Task Write(DeskDb db, int rows, bool open = false)
    {
        var sqlite = db is SqliteDeskDb;
        var numbers = sqlite
            ? $"WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < {rows - 1}), "
            : $"WITH numbers AS (SELECT generate_series(0, {rows - 1}) AS i), ";
        var insert = $"{Columns} {numbers} {Numbered} {Values.Replace("{0}", At(0, 9)).Replace("{1}", At(1, 9)).Replace("{2}", At(1, 21))}";
        await db.Database.ExecuteSqlRawAsync(insert);
        if (open)
        {
            await db.Database.ExecuteSqlRawAsync(
                sqlite ? "UPDATE \"Incidents\" SET \"ResolvedAt\" = NULL, \"BreachesAt\" = '2099-01-01 00:00:00', \"EffectiveDueAt\" = '2099-01-01 00:00:00', \"NextStepAt\" = '2098-12-31 18:00:00', \"ExcludedAs\" = NULL WHERE \"Key\" % 10 = 0"
                    : "UPDATE \"Incidents\" SET \"ResolvedAt\" = NULL, \"BreachesAt\" = '2099-01-01 00:00:00Z', \"EffectiveDueAt\" = '2099-01-01 00:00:00Z', \"NextStepAt\" = '2098-12-31 18:00:00Z', \"ExcludedAs\" = NULL WHERE \"Key\" % 10 = 0");
        }

        if (!sqlite)
        {
            // What the server does by itself within minutes.
            await db.Database.ExecuteSqlRawAsync("VACUUM ANALYZE \"Incidents\"");
        }

        string At(int daysLater, int hour) => sqlite
            ? $"printf('%04d-%02d-%02d {hour:00}:00:00', y, mo, d + {daysLater})"
            : $"make_timestamptz(y, mo, d, {hour}, 0, 0, 'UTC') + interval '{daysLater} day'";
    }
}
