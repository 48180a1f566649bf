using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;

namespace IncidentDesk.Benchmarks;

/// <summary>
/// Faults logged over HTTP on the real host, each answered only when it is on the disk, beside the raw driver writing the same rows and the same day counter in the same
/// run. Then at half that rate, open loop: what a caller waits who comes when they come.
/// </summary>
internal static class LogRate
{
    private const int Clients = 16;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan OpenLoop = TimeSpan.FromSeconds(60);

    public static async Task Run(Yardstick yardstick)
    {
        await using var desk = await yardstick.Fresh();
        await using var host = await HostProcess.Start(desk);
        host.Client.DefaultRequestHeaders.Add("Authorization", "Bearer " + await host.AddPerson("chen", "staff"));
        await Log(host, 0);
        var raw = await RawLogging.Prepare(desk);
        _ = await raw.Rate(1, TimeSpan.FromSeconds(2));
        _ = await Closed(host, TimeSpan.FromSeconds(4));
        var (one, sixteen, ours) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < 3; round++)
        {
            one.Add(await raw.Rate(1, Slice));
            sixteen.Add(await raw.Rate(Clients, Slice));
            ours.Add(await Closed(host, Slice));
        }

        var (yard, rate) = (Math.Max(Median(one), Median(sixteen)), Median(ours));
        yardstick.Print(
            $"log a fault over HTTP, durable, {Clients} clients",
            $"{rate:N0}/s; raw driver {Median(one):N0}/s on one connection, {Median(sixteen):N0}/s on {Clients}; ratio {rate / yard:0.00}",
            yardstick.Embedded ? "ratio ≥ 0.5" : "ratio ≥ 1.0");
        var alone = await Closed(host, Slice, 1);
        var crowd = await Closed(host, Slice, 64);
        yardstick.Print($"… 1 client; 64 clients", $"{alone:N0}/s; {crowd:N0}/s", "–");
        var waits = await Open(host, rate / 2);
        yardstick.Print(
            $"… at {rate / 2:N0}/s, open loop, {OpenLoop.TotalSeconds:0} s",
            $"p50 {At(waits, 0.5):0.0} ms, p99 {At(waits, 0.99):0.0} ms, worst {waits[^1]:0.0} ms of {waits.Count:N0}", "p99 ≤ 25 ms");
    }

    private static double Median(List<double> of) => of.Order().ElementAt(of.Count / 2);

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    /// <summary>Each client sends its next fault when it has the answer to the last.</summary>
    private static async Task<double> Closed(HostProcess host, TimeSpan time, int clients = Clients)
    {
        var (watch, logged) = (Stopwatch.StartNew(), 0);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < time)
            {
                await Log(host, Interlocked.Increment(ref logged));
            }
        })));
        return logged / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Faults come by the clock, whether or not the ones before have been answered; the wait counts from when each should have come.</summary>
    private static async Task<List<double>> Open(HostProcess host, double perSecond)
    {
        var (watch, waits, sent) = (Stopwatch.StartNew(), new ConcurrentBag<double>(), new List<Task>());
        for (var n = 0; watch.Elapsed < OpenLoop; n++)
        {
            var due = TimeSpan.FromSeconds(n / perSecond);
            if (due - watch.Elapsed is { Ticks: > 0 } early)
            {
                await Task.Delay(early);
            }

            var number = n;
            sent.Add(Task.Run(async () =>
            {
                await Log(host, number);
                waits.Add((watch.Elapsed - due).TotalMilliseconds);
            }));
        }

        await Task.WhenAll(sent);
        return [.. waits.Order()];
    }

    private static async Task Log(HostProcess host, int n)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/incidents")
        {
            Content = JsonContent.Create(new
            {
                kind = "rental", category = "RNT-WATER-02", basis = "phone", town = "440111011", address = $"新市路{n % 900}号", room = "406", title = "漏水",
                description = "厨房水管漏水", reporterName = "林先生", reporterPhone = "13800000000",
            }),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        using var answer = await host.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null);
    }
}
