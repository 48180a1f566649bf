using System.Diagnostics;

namespace IncidentDesk.Tests.Commands;

/// <summary>An import that is killed is finished by the same command: every good line once, no gap in the numbers.</summary>
public sealed class ImportKilledTests : IDisposable
{
    private const int Copies = 4;
    private readonly DeskFolder folder = new();

    [Fact]
    public async Task A_killed_import_is_finished_by_a_later_one()
    {
        var file = folder.Put("large.csv", Ledgers.SampleTimes(Copies));
        var stored = 0L;
        for (var kill = 0; kill < 3; kill++)
        {
            using var import = folder.Start(["import", "--file", file]);
            try
            {
                // Each time somewhat later in the file, while batches are being written.
                await Grows(import, stored + (kill * 1_300) + 200);
            }
            finally
            {
                import.Kill();
            }

            await import.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(137, import.ExitCode);
            var found = await Stored(Database);
            Assert.InRange(found, stored + 1, (Copies * 5_980) - 1);
            stored = found;
        }

        Assert.Equal(stored, await Verified());
        var last = (await folder.Run("import", "--file", file)).Exits(0);

        var summary = last.Json;
        Assert.Equal((Copies * 6_000, (int)stored, (Copies * 5_980) - (int)stored, Copies * 20),
            ((int)summary["rows"]!, (int)summary["unchanged"]!, (int)summary["accepted"]!, summary["refused"]!.AsArray().Count));
        Assert.Equal(Copies * 5_980, await Verified());
        Assert.Matches(@"(?m)^\d+/24000  \d+ 行/秒 rows/s", last.Error);

        // The series of a day is one for all kinds, so one report tells of all.
        var report = (await folder.Run("report", "--year", "2025", "--scope", "system")).Exits(0).Json;
        Assert.All(report["continuity"]!.AsArray(), day => Assert.True((bool)day!["complete"]! && (int)day["last"]! == (int)day["count"]!, day.ToJsonString()));
        Assert.Equal(Copies * 5_980, await Stored(Database, "SELECT COUNT(DISTINCT ExternalNo) FROM Incidents"));
    }

    public void Dispose() => folder.Dispose();

    private string Database => $"Data Source={Path.Combine(folder.Data, "incidentdesk.db")};Mode=ReadOnly;Pooling=False";

    private async Task<long> Verified()
    {
        var verified = (await folder.Run("verify")).Exits(0).Json;
        Assert.Equal(0, (int)verified["problems"]!);
        return (long)verified["incidents"]!;
    }

    /// <summary>Waits until so many tickets are stored.</summary>
    private async Task Grows(Process import, long tickets)
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < TimeSpan.FromMinutes(2) && !import.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
            if (await Stored(Database) >= tickets)
            {
                return;
            }
        }

        Assert.Fail($"fewer than {tickets} tickets were stored");
    }

    private static async Task<long> Stored(string database, string query = "SELECT COUNT(*) FROM Incidents")
    {
        try
        {
            await using var connection = new Microsoft.Data.Sqlite.SqliteConnection(database);
            await connection.OpenAsync();
            await using var count = connection.CreateCommand();
            count.CommandText = query;
            return (long)(await count.ExecuteScalarAsync())!;
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // The file or its tables are still being made.
            return -1;
        }
    }
}
