using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace IncidentDesk.Tests.Engines;

/// <summary>
/// Three workers and two web hosts on one PostgreSQL under load, one of them killed with kill -9 every few seconds and started again: what was acknowledged is there, no number is
/// missing, every alert that the ladder owes stands once and was delivered with its one key, and the others go on ticking.
/// </summary>
public sealed class SeveralHostsTests(ITestOutputHelper said)
{
    private const int Workers = 3;
    private const int Clients = 3;
    private const int Kills = 6;
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, bool> acknowledged = [];
    private readonly ConcurrentBag<string> acted = [];
    private readonly ConcurrentBag<string> delivered = [];
    private readonly List<double> takenOver = [];

    [OnOwnPostgreSql]
    public async Task Whoever_is_killed_the_others_go_on_and_nothing_is_lost_or_doubled()
    {
        var started = Stopwatch.StartNew();
        using var cluster = PostgreSqlCluster.Start();
        await using var desk = await DeskHost.Open(Engine.PostgreSql, jobs: JobsHost.Worker, cluster: cluster, by: c => c + ";Maximum Pool Size=10");
        await using var other = desk.Beside();
        await other.Start();
        DeskHost[] hosts = [desk, other];
        var workers = Enumerable.Range(0, Workers).Select(_ => Listen(desk.StartWorker())).ToArray();
        try
        {
            await DeskHost.Until(async () => (await desk.Health("watch")).Said is { } pulse && !pulse.Contains("tick", StringComparison.Ordinal));
            using var stop = new CancellationTokenSource();
            var clients = Enumerable.Range(0, Clients).Select(c => Task.Run(() => Work(hosts, c, stop.Token))).ToArray();
            for (var kill = 0; kill < Kills; kill++)
            {
                var enough = acknowledged.Count + 10 + (kill * 7 % 11);
                await DeskHost.Until(() => Task.FromResult(acknowledged.Count >= enough || clients.Any(c => c.IsFaulted)));

                // Web host and worker by turns; a client whose host is gone goes to the other.
                if (kill % 2 == 0)
                {
                    hosts[kill / 2 % 2].Kill();
                    await hosts[kill / 2 % 2].Start();
                    continue;
                }

                End(workers[kill / 2 % Workers]);
                takenOver.Add(await NextTick(desk));
                workers[kill / 2 % Workers] = Listen(desk.StartWorker());
            }

            await stop.CancelAsync();
            await Task.WhenAll(clients);
            await Rest(desk);
        }
        finally
        {
            Array.ForEach(workers, End);
        }

        await NothingIsLostAndNothingStandsTwice(desk);
        (await desk.Worker("verify")).Exits(0);
        Assert.All(takenOver, t => Assert.InRange(t, 0, TakeOver.TotalSeconds));
        said.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} kills, {acknowledged.Count} faults, {acted.Count} acts, {delivered.Count} lines of {delivered.Distinct().Count()} messages, next tick {string.Join(' ', takenOver.Select(t => $"{t:0.0}"))} s, {started.Elapsed.TotalSeconds:0} s"));
    }

    /// <summary>
    /// Keeps the keys of what a worker delivered: the log channel writes them on its standard error.
    /// </summary>
    private Process Listen(Process worker)
    {
        worker.OutputDataReceived += (_, _) => { };
        worker.ErrorDataReceived += (_, line) =>
        {
            if (Regex.Match(line.Data ?? "", @"^\s+(\d+\.\S+\.log\.(\S+)) \2: ") is { Success: true } message)
            {
                delivered.Add(message.Groups[1].Value);
            }
        };
        worker.BeginOutputReadLine();
        worker.BeginErrorReadLine();
        return worker;
    }

    private static void End(Process worker)
    {
        worker.Kill();
        Assert.True(worker.WaitForExit(TimeSpan.FromMinutes(1)), "the killed worker did not end");
    }

    /// <summary>
    /// Seconds from now, when one of the workers is dead, to the next sign of life of a tick: only one that lives can leave it.
    /// </summary>
    private static async Task<double> NextTick(DeskHost desk)
    {
        var dead = DeskHost.Now;
        var next = dead;
        await DeskHost.Until(async () => (next = await desk.Read(db => db.Heartbeats.Where(h => h.Job == Heartbeat.Tick).Select(h => h.At).SingleAsync())) > dead);
        return (next - dead).TotalSeconds;
    }

    /// <summary>
    /// Every other fault is overdue, or will be within seconds, and is taken note of; the others are responded to and resolved, and owe nothing.
    /// </summary>
    private async Task Work(DeskHost[] hosts, int client, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var key = $"client-{client}-fault-{n}";
            var late = n % 2 == 0;
            var now = DeskHost.Now;
            var number = await Insist("incidents", DeskHost.Fault(description: key, reportedAt: late ? now.AddHours(-24).AddSeconds(n % 4) : now), key, HttpStatusCode.Created);
            Assert.True(acknowledged.TryAdd(number, late), $"{number} was given twice");
            foreach (var (act, body) in late
                ? new (string, object)[] { ("notes", new { words = "已联系" }) }
                : [("respond", new { way = "phone" }), ("resolve", new { manner = "fixed_on_site" })])
            {
                await Insist($"incidents/{number}/{act}", body, $"{key}-{act}", HttpStatusCode.OK);
                acted.Add(number);
            }

            // Two cores have to start killed processes besides.
            await Task.Delay(50, CancellationToken.None);
        }

        async Task<string> Insist(string path, object body, string key, HttpStatusCode expected)
        {
            var limit = Stopwatch.StartNew();
            for (var attempt = client; ; attempt++)
            {
                try
                {
                    using var answer = await hosts[attempt % hosts.Length].Post(path, "staff", body, key);
                    if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    {
                        var json = await DeskApiTests.Json(answer);
                        Assert.True(expected == answer.StatusCode, $"{key}: {json}");
                        return expected == HttpStatusCode.Created ? DeskApiTests.Number(json) : "";
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    Assert.True(limit.Elapsed < TimeSpan.FromMinutes(1), $"{key}: {e.Message}");
                    await Task.Delay(20, CancellationToken.None);
                }
            }
        }
    }

    /// <summary>
    /// Waits until nothing is owed and nothing on its way. What a killed worker had in hand is taken over when its lease ends, a minute later: here it has ended, and one more
    /// alert rings for the delivery.
    /// </summary>
    private async Task Rest(DeskHost desk)
    {
        await DeskHost.Until(() => Owed(db => db.Incidents.CountAsync(i => i.BreachesAt <= Instant.Of(DeskHost.Now.AddSeconds(10)) && i.ResolvedAt == null)));
        var past = DeskHost.Now.AddSeconds(-1);
        await desk.Read(db => db.Outbox.Where(o => o.State == OutboxRow.Pending).ExecuteUpdateAsync(set => set.SetProperty(o => o.LeaseUntil, past).SetProperty(o => o.NextAttemptAt, past)));
        acknowledged[DeskApiTests.Number(await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-25))))] = true;
        await DeskHost.Until(() => desk.Read(async db => await db.Outbox.AllAsync(o => o.State != OutboxRow.Pending)
            && await db.Alerts.CountAsync(a => a.Step == "breach" && a.Timer == "resolution") == acknowledged.Count(a => a.Value)), TimeSpan.FromSeconds(60));

        // What was written last is on its way through the pipe.
        var sent = await desk.Read(db => db.Outbox.Select(o => o.Id).ToListAsync());
        await DeskHost.Until(() => Task.FromResult(sent.TrueForAll(new HashSet<string>(delivered).Contains)), TimeSpan.FromSeconds(10));

        Task<bool> Owed(Func<DeskDb, Task<int>> breached) => desk.Read(async db =>
            await db.Alerts.CountAsync(a => a.Step == "breach" && a.Timer == "resolution") == await breached(db));
    }

    private async Task NothingIsLostAndNothingStandsTwice(DeskHost desk)
    {
        var rows = await desk.Read(db => db.Incidents.AsNoTracking().OrderBy(i => i.Key).ToListAsync());
        Assert.Equal(acknowledged.Keys.Order(StringComparer.Ordinal), rows.Select(r => new IncidentNumber("BY", r.Key).ToString()).Order(StringComparer.Ordinal));
        Assert.All(rows.GroupBy(r => r.Key / 1_000_000), day => Assert.Equal(Enumerable.Range(1, day.Count()).Select(n => (day.Key * 1_000_000) + n), day.Select(r => r.Key)));
        var events = (await desk.Read(db => db.Events.AsNoTracking().OrderBy(e => e.Incident).ThenBy(e => e.Seq).ToListAsync())).ToLookup(e => e.Incident);
        Assert.Equal(acknowledged.Count + acted.Count, events.Sum(e => e.Count()));

        // What the ladder owes of each, asked anew of the events; and each once, for its key is unique.
        var rules = (await desk.Read(db => Desk.Load(db, CancellationToken.None))).Reference.Rules.KnownAt(DateTimeOffset.MaxValue);
        var now = Instant.Of(DeskHost.Now);
        var owed = rows.SelectMany(row =>
        {
            List<Entry> entries = [.. events[row.Key].Select(IncidentJournal.ToEntry)];
            var watched = IncidentProjection.Watch(row, entries, Incident.Of(new IncidentNumber("BY", row.Key), entries).Facts, rules);
            return rules.LadderFor(watched.Facts.ReportedAt).Owed(watched, [], now)?.Steps.Select(s => AlertRow.IdOf(row.Key, s.Timer, s.Step, s.Version)) ?? [];
        });
        var alerts = await desk.Read(db => db.Alerts.AsNoTracking().Where(a => a.Timer != AlertRow.Canary).ToListAsync());
        Assert.Equal(owed.Order(StringComparer.Ordinal), alerts.Select(a => a.Id).Order(StringComparer.Ordinal));

        var outbox = await desk.Read(db => db.Outbox.AsNoTracking().ToListAsync());
        Assert.Equal(
            alerts.Where(a => a is { Timer: "resolution", Step: "breach" }).SelectMany(a => new[] { "approver", "approver2", "lead" }.Select(p => $"{a.Id}.log.{p}")).Order(StringComparer.Ordinal),
            outbox.Where(o => o.Alert.EndsWith(".resolution.breach.1", StringComparison.Ordinal)).Select(o => o.Id).Order(StringComparer.Ordinal));
        Assert.All(outbox, o => Assert.Equal(OutboxRow.Sent, o.State));
        Assert.Equal(outbox.Select(o => o.Id).Order(StringComparer.Ordinal), delivered.Distinct().Order(StringComparer.Ordinal));
    }
}
