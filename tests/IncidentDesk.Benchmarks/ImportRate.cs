using System.Diagnostics;

namespace IncidentDesk.Benchmarks;

/// <summary>Ledger lines per second through the one journal, each time into a fresh database; and the peak memory of a process that does nothing else.</summary>
internal static class ImportRate
{
    private const int Copies = 10;
    private const int Lines = Copies * 6_000;
    private const int Runs = 3;

    public static async Task Run(Yardstick yardstick)
    {
        var (runs, peaks) = (new List<Took>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            await using var desk = await yardstick.Fresh();
            var ledger = Ledgers.Repeated(desk.Folder, Copies);
            runs.Add(await Yardstick.Measure(() => desk.Import(ledger)));
            if (yardstick.Embedded)
            {
                peaks.Add(await PeakOfAlone(ledger));
            }
        }

        var took = runs.OrderBy(r => r.Seconds).ElementAt(Runs / 2);
        yardstick.Print($"import of {Lines:N0} ledger lines", $"{Lines / took.Seconds:N0} lines/s (processor {took.Cpu:0.0} s)", "≥ 3 000 lines/s");
        if (peaks.Count > 0)
        {
            yardstick.Print("… peak memory of the process", $"{peaks.Order().ElementAt(Runs / 2):N0} MB", "≤ 200 MB");
        }
    }

    /// <summary>The child process: imports and prints its own peak.</summary>
    public static async Task<int> Alone(string folder, string ledger)
    {
        var desk = await ScratchDesk.Sqlite(folder);
        await desk.Import(ledger);
        Console.WriteLine(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
        await desk.DisposeAsync();
        return 0;
    }

    private static async Task<double> PeakOfAlone(string ledger)
    {
        var folder = Directory.CreateTempSubdirectory("desk-bench-").FullName;
        var start = new ProcessStartInfo("dotnet", [typeof(ImportRate).Assembly.Location, "import-alone", folder, ledger]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var kilobytes = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return double.Parse(kilobytes, System.Globalization.CultureInfo.InvariantCulture) * 1024 / 1_000_000;
    }
}
