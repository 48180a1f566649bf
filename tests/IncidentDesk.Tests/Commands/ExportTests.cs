using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IncidentDesk.Tests.Commands;

/// <summary>Telemetry leaves the worker for the address of the settings; that the web host's does is the same registration.</summary>
public sealed class ExportTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_worker_sends_its_telemetry_to_the_collector_that_is_set()
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        using var folder = new DeskFolder();
        folder.Settings["Jobs__Host"] = "Worker";
        folder.Settings["Telemetry__OtlpEndpoint"] = $"http://127.0.0.1:{((IPEndPoint)collector.LocalEndpoint).Port}";
        using var worker = folder.Start(["run"]);
        var said = worker.StandardError.ReadToEndAsync();
        try
        {
            using var limit = new CancellationTokenSource(Longest);
            using var call = await collector.AcceptTcpClientAsync(limit.Token);
            var preface = new byte[14];
            await call.GetStream().ReadExactlyAsync(preface, limit.Token);
            Assert.Equal("PRI * HTTP/2.0", Encoding.ASCII.GetString(preface));
        }
        finally
        {
            worker.Kill();
            await worker.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
            await said.WaitAsync(Longest);
        }
    }
}
