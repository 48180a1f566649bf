using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace IncidentDesk.Tests.Api;

/// <summary>kill -9 under load: an acknowledged fault is there afterwards, no number is missing, and nothing stands twice.</summary>
public sealed class CrashTests(DeskHost desk) : IClassFixture<DeskHost>
{
    private const int Kills = 5;

    [Fact]
    public async Task A_killed_host_loses_nothing_that_it_acknowledged()
    {
        var acknowledged = new ConcurrentBag<string>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var enough = acknowledged.Count + 40;
            using var stop = new CancellationTokenSource();
            var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(() => LogUntilGone(acknowledged, stop))).ToArray();
            while (acknowledged.Count < enough)
            {
                await Task.Delay(10);
            }

            desk.Kill();
            await stop.CancelAsync();
            await Task.WhenAll(clients);
            await desk.Start();
        }

        var stored = await Stored();
        Assert.Subset(stored.ToHashSet(), acknowledged.ToHashSet());
        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
        var numbers = stored.Select(n => int.Parse(n[^4..])).Order().ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
    }

    private async Task LogUntilGone(ConcurrentBag<string> acknowledged, CancellationTokenSource stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await desk.Post("incidents", "staff", DeskHost.Fault());
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    var incident = await answer.Content.ReadFromJsonAsync<JsonElement>();
                    acknowledged.Add(incident.GetProperty("ticket").GetProperty("number").GetString()!);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                return;
            }
        }
    }

    private async Task<List<string>> Stored()
    {
        var stored = new List<string>();
        string? next = null;
        do
        {
            using var answer = await desk.Get("incidents?limit=200" + (next is null ? "" : "&cursor=" + next), "staff");
            var page = await answer.Content.ReadFromJsonAsync<JsonElement>();
            stored.AddRange(page.GetProperty("incidents").EnumerateArray().Select(i => i.GetProperty("number").GetString()!));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        return stored;
    }
}
