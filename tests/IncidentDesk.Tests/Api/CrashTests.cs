using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using IncidentDesk.Data;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace IncidentDesk.Tests.Api;

/// <summary>
/// kill -9 under load, jobs running: what was acknowledged is there, a POST whose answer was lost and that is sent again stands once, no number is missing, and every alert
/// arrives once. <c>ops/soak</c> runs the same with DESK_KILLS and DESK_SOAK_ENGINE.
/// </summary>
public sealed class CrashTests(ITestOutputHelper said)
{
    private const int Clients = 8;

    private readonly ConcurrentDictionary<string, string> acknowledged = [];
    private readonly ConcurrentDictionary<string, bool> late = [];
    private readonly ConcurrentBag<string> answered = [];

    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("DESK_KILLS") is { Length: > 0 } set ? set : "20", CultureInfo.InvariantCulture);

    private static Engine Engine =>
        Environment.GetEnvironmentVariable("DESK_SOAK_ENGINE") is { Length: > 0 } set ? Enum.Parse<Engine>(set, ignoreCase: true) : Engine.Sqlite;

    [Fact]
    public async Task A_killed_host_loses_nothing_that_it_acknowledged_and_raises_every_alert_once()
    {
        var started = Stopwatch.StartNew();
        await using var desk = await DeskHost.Open(Engine);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(c => Task.Run(() => Work(desk, c, stop.Token))).ToArray();
        for (var kill = 0; kill < Kills; kill++)
        {
            // Each time at another moment: while faults are written, and while alerts are raised and delivered.
            var enough = acknowledged.Count + 5 + (kill * 7 % 41);
            await DeskHost.Until(() => Task.FromResult(acknowledged.Count >= enough || clients.Any(c => c.IsFaulted)));
            desk.Kill();
            await desk.Start();
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        await Rest(desk);
        await NothingIsLostAndNothingStandsTwice(desk);
        (await desk.Worker("verify")).Exits(0);
        said.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Engine}: {Kills} kills, {acknowledged.Count} faults acknowledged, {late.Count} of them breached, {answered.Count} responses, {started.Elapsed.TotalSeconds:0} s"));
    }

    /// <summary>
    /// A client as a phone is one: each POST has a key, and is sent again with it until there is an answer. Every other fault was reported so long ago that it breaches
    /// within seconds; the others are responded to.
    /// </summary>
    private async Task Work(DeskHost desk, int client, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var key = $"client-{client}-fault-{n}";
            var breaches = n % 2 == 0;
            var now = DeskHost.Now;
            var incident = await Insist(
                desk, "incidents", DeskHost.Fault(description: key, reportedAt: breaches ? now.AddHours(-24).AddSeconds(n % 5) : now), key, HttpStatusCode.Created);
            var number = DeskApiTests.Number(incident);
            Assert.True(acknowledged.TryAdd(number, key), $"{number} was given to {acknowledged[number]} and to {key}");
            if (breaches)
            {
                late[number] = true;
            }
            else if (!stop.IsCancellationRequested)
            {
                await Insist(desk, $"incidents/{number}/respond", new { way = "phone" }, $"client-{client}-answer-{n}", HttpStatusCode.OK);
                answered.Add(number);
            }
        }
    }

    private static async Task<JsonElement> Insist(DeskHost desk, string path, object body, string key, HttpStatusCode expected)
    {
        var limit = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await desk.Post(path, "staff", body, key);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    // A fault that was stored before its answer was lost is answered as the first time.
                    Assert.Equal(expected, answer.StatusCode);
                    return await DeskApiTests.Json(answer);
                }

                Assert.True(limit.Elapsed < TimeSpan.FromMinutes(2), $"{key}: refused as busy for two minutes");
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                Assert.True(limit.Elapsed < TimeSpan.FromMinutes(2), $"{key}: {e.Message}");
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>
    /// Waits until nothing is owed. A delivery that was killed is taken over when its lease ends, a minute later; it has ended now, and the host asks anew when it starts.
    /// </summary>
    private static async Task Rest(DeskHost desk)
    {
        await DeskHost.Until(() => desk.Read(async db => await db.Alerts.CountAsync(a => a.Step == "breach" && a.Timer == "resolution")
            == await db.Incidents.CountAsync(i => i.BreachesAt <= Domain.Sla.Instant.Of(DeskHost.Now.AddMinutes(1)))));
        desk.Kill();
        var past = DeskHost.Now.AddSeconds(-1);
        await desk.Read(db => db.Outbox.Where(o => o.State == OutboxRow.Pending).ExecuteUpdateAsync(set => set.SetProperty(o => o.LeaseUntil, past).SetProperty(o => o.NextAttemptAt, past)));
        await desk.Start();
        await DeskHost.Until(() => desk.Read(db => db.Outbox.AllAsync(o => o.State != OutboxRow.Pending)), TimeSpan.FromSeconds(120 + Kills));
    }

    private async Task NothingIsLostAndNothingStandsTwice(DeskHost desk)
    {
        var rows = await desk.Read(db => db.Incidents.AsNoTracking().OrderBy(i => i.Key).ToListAsync());
        var numbers = rows.ToDictionary(r => new Domain.Incidents.IncidentNumber("BY", r.Key).ToString(), r => r.Key);
        Assert.Equal(acknowledged.Keys.Order(StringComparer.Ordinal), numbers.Keys.Order(StringComparer.Ordinal));
        foreach (var day in rows.GroupBy(r => r.Key / 1_000_000))
        {
            Assert.Equal(Enumerable.Range(1, day.Count()).Select(n => (day.Key * 1_000_000) + n), day.Select(r => r.Key));
        }

        var events = await desk.Read(db => db.Events.AsNoTracking().Select(e => new { e.Incident, e.Type }).ToListAsync());
        Assert.Equal((acknowledged.Count, answered.Count), (events.Count(e => e.Type == "fault_logged"), events.Count(e => e.Type == "responded")));
        Assert.Equal(acknowledged.Count + answered.Count, events.Count);
        Assert.Equal(acknowledged.Count + answered.Count, await desk.Read(db => db.Idempotency.CountAsync()));

        var alerts = (await desk.Read(db => db.Alerts.AsNoTracking().ToListAsync())).ToLookup(a => a.Incident);
        var inbox = (await desk.Read(db => db.Inbox.AsNoTracking().ToListAsync())).ToLookup(i => i.Alert, i => i.Person);
        var outbox = (await desk.Read(db => db.Outbox.AsNoTracking().ToListAsync())).ToLookup(o => o.Alert);
        foreach (var number in late.Keys)
        {
            // However the steps fell on the starts of the host: each is raised once, and the breach told to everybody on duty.
            var raised = alerts[numbers[number]].ToList();
            Assert.Equal(
                ["resolution.before-21600", "resolution.before-7200", "resolution.breach", "response.breach", "response.percent-80"],
                raised.Select(a => $"{a.Timer}.{a.Step}").Order(StringComparer.Ordinal));
            var breach = raised.Single(a => a is { Timer: "resolution", Step: "breach" });
            Assert.Null(breach.FoldedInto);
            Assert.Equal(["approver", "approver2", "lead"], inbox[breach.Id].Order(StringComparer.Ordinal));
            Assert.Equal(["approver sent", "approver2 sent", "lead sent"], outbox[breach.Id].Select(o => $"{o.Person} {o.State}").Order(StringComparer.Ordinal));
            Assert.All(raised.Where(a => a.FoldedInto is null), a => Assert.NotEmpty(inbox[a.Id]));
        }

        Assert.InRange(late.Count, 1, acknowledged.Count - 1);
        Assert.DoesNotContain(alerts, a => a.Any(r => r.Timer == AlertRow.Watch));
    }
}
