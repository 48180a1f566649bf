using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IncidentDesk.Accounts;
using IncidentDesk.People;

namespace IncidentDesk.Benchmarks;

/// <summary>The real web host as a process of its own on a scratch desk's database.</summary>
internal sealed class HostProcess(Process process, HttpClient client, ScratchDesk desk) : IAsyncDisposable
{
    public HttpClient Client { get; } = client;

    /// <summary>Megabytes that the process holds in memory.</summary>
    public double Resident => File.ReadLines($"/proc/{process.Id}/status").Where(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture)).First() * 1024 / 1_000_000;

    /// <summary>Starts it, by default as built beside this program, and waits until it listens and its database answers.</summary>
    public static async Task<HostProcess> Start(ScratchDesk desk, string? executable = null)
    {
        var url = "http://127.0.0.1:" + FreePort();
        var start = executable is null
            ? new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "IncidentDesk.Web.dll"), "--urls", url])
            : new ProcessStartInfo(executable, ["--urls", url]);
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        start.Environment["Data__Folder"] = desk.Folder;
        start.Environment["Database__Engine"] = desk.Settings.Engine.ToString();
        start.Environment["Database__ConnectionString"] = desk.Settings.ConnectionString;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { BaseAddress = new Uri(url) };
        while (true)
        {
            try
            {
                using var ready = await client.GetAsync("/health/ready");
                if (ready.IsSuccessStatusCode)
                {
                    return new HostProcess(process, client, desk);
                }
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not listening yet.
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Adds a person as the operator does, and gives a token of theirs.</summary>
    public async Task<string> AddPerson(string id, string role)
    {
        await desk.Services.SendAlone(new AddPerson(null, id, "人员" + id, role));
        return (await desk.Services.SendAlone(new AddToken(null, id, "benchmark", [], 1))).Value!.Secret;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
