using System.Diagnostics;

namespace IncidentDesk.Benchmarks;

/// <summary>The real worker as a process of its own on a scratch desk's database.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;

    public WorkerProcess(ScratchDesk desk)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "IncidentDesk.Worker.dll"), "run"])
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        start.Environment["Data__Folder"] = desk.Folder;
        start.Environment["Database__Engine"] = desk.Settings.Engine.ToString();
        start.Environment["Database__ConnectionString"] = desk.Settings.ConnectionString;
        start.Environment["Jobs__Host"] = "Worker";
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>kill -9.</summary>
    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
