using System.Diagnostics;
using System.Globalization;

namespace IncidentDesk.Benchmarks;

/// <summary>One engine's run: where its ledgers are made, how often a thing is measured, and how a result is printed. It passes and fails nothing.</summary>
internal sealed class Yardstick(string engine, int rows, Func<Task<ScratchDesk>> make) : IAsyncDisposable
{
    public const string Header = "| engine | what | measured | target |\n|---|---|---|---|";

    private ScratchDesk? month;

    /// <summary>Whether the database lives in the process.</summary>
    public bool Embedded { get; } = engine == "SQLite";

    /// <summary>Rows of the large table.</summary>
    public int Rows { get; } = rows == 0 ? 1_000_000 : rows;

    /// <summary>SQLite always; PostgreSQL where a server is named.</summary>
    public static IEnumerable<Yardstick> Engines(int rows)
    {
        yield return new Yardstick("SQLite", rows, ScratchDesk.Sqlite);
        if (Environment.GetEnvironmentVariable("DESK_TEST_POSTGRES") is { Length: > 0 } server)
        {
            yield return new Yardstick("PostgreSQL", rows, () => ScratchDesk.PostgreSql(server));
        }
        else
        {
            Console.Error.WriteLine("PostgreSQL skipped: DESK_TEST_POSTGRES names no server.");
        }
    }

    /// <summary>An empty ledger.</summary>
    public Task<ScratchDesk> Fresh() => make();

    /// <summary>A ledger with one month of 100 000 imported tickets; made once and only read.</summary>
    public async Task<ScratchDesk> Month()
    {
        if (month is null)
        {
            month = await make();
            await month.Import(Ledgers.OneMonth(month.Folder));
        }

        return month;
    }

    /// <summary>The median of some runs, after one that does not count.</summary>
    public static async Task<Took> Median(int runs, Func<Task> run)
    {
        await run();
        var took = new List<Took>();
        for (var i = 0; i < runs; i++)
        {
            took.Add(await Measure(run));
        }

        return took.OrderBy(t => t.Seconds).ElementAt(runs / 2);
    }

    /// <summary>One run.</summary>
    public static async Task<Took> Measure(Func<Task> run)
    {
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await run();
        return new Took(watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    public void Print(string what, FormattableString measured, string target) =>
        Console.WriteLine($"| {engine} | {what} | {measured.ToString(CultureInfo.InvariantCulture)} | {target} |");

    public async ValueTask DisposeAsync()
    {
        if (month is not null)
        {
            await month.DisposeAsync();
        }
    }
}

/// <summary>What a run took: on the wall, and of this process's processor time, which other processes on the machine disturb less.</summary>
internal sealed record Took(double Seconds, double Cpu);
