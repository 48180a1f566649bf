using System.Diagnostics;

namespace IncidentDesk.Benchmarks;

/// <summary>The published web host (ReadyToRun) on an empty database: from the start to ready, and what it holds in memory after a minute of ticking.</summary>
internal static class StartAndIdle
{
    public static async Task Run(Yardstick yardstick)
    {
        if (!yardstick.Embedded)
        {
            return;
        }

        var published = Directory.CreateTempSubdirectory("desk-publish-");
        var project = Path.Combine(Repository(), "src", "IncidentDesk.Web");
        var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "-r", "linux-x64", "--no-self-contained", "-p:PublishReadyToRun=true", "-v", "q", "--nologo", "-o", published.FullName]) { RedirectStandardOutput = true })!;
        await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        var (times, resident) = (new List<double>(), 0.0);
        for (var run = 0; run < 5; run++)
        {
            await using var desk = ScratchDesk.Empty();
            var watch = Stopwatch.StartNew();
            await using var host = await HostProcess.Start(desk, Path.Combine(published.FullName, "IncidentDesk.Web"));
            times.Add(watch.Elapsed.TotalSeconds);
            if (run == 4)
            {
                await Task.Delay(TimeSpan.FromSeconds(60));
                resident = host.Resident;
            }
        }

        published.Delete(recursive: true);
        yardstick.Print("start to ready, published, ReadyToRun, empty database", $"{times.Order().ElementAt(2):0.00} s", "≤ 1.5 s");
        yardstick.Print("… resident after a minute of ticking", $"{resident:0} MB", "≤ 150 MB");
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "IncidentDesk.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
