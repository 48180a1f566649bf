using System.Diagnostics;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Benchmarks;

/// <summary>What a tick costs when nothing is due, with few and with many rows, and how fast it raises what is; and the board's next fifty of the many.</summary>
internal static class TickCost
{
    private const int Few = 1_000;
    private const int Due = 1_000;
    private static readonly Caller Staff = new(new Actor("chen", "陈静"), new HashSet<Role> { Role.Staff }, "api");

    public static async Task Run(Yardstick yardstick)
    {
        await using var small = await Seeded(yardstick, Few);
        await using var large = await Seeded(yardstick, yardstick.Rows);
        var (few, many) = (new List<double>(), new List<double>());
        for (var run = -20; run < 101; run++)
        {
            var (one, other) = (await Tick(small), await Tick(large));
            if (run >= 0)
            {
                few.Add(one);
                many.Add(other);
            }
        }

        var (middle, yard) = (many.Order().ElementAt(50), few.Order().ElementAt(50));
        yardstick.Print(
            $"tick, none due, {yardstick.Rows / 10:N0} open of {yardstick.Rows:N0} rows",
            $"{middle:0.00} ms, of which the look {await Look(large):0.00} ms; with {Few:N0} rows {yard:0.00} ms; ratio {middle / yard:0.00}", "≤ 2 ms and ≤ 2 × of 1 k rows");
        await Board(yardstick, large);
        await Alerts(yardstick, large);
    }

    private static async Task Board(Yardstick yardstick, ScratchDesk desk)
    {
        var times = new List<double>();
        for (var run = -10; run < 51; run++)
        {
            var watch = Stopwatch.StartNew();
            var page = await desk.Services.SendAlone(new ListIncidents(Staff, "open", null, null, null, null, null, "due", null, 50));
            _ = page.Value?.Rows.Count == 50 ? page : throw new InvalidOperationException("Not fifty.");
            if (run >= 0)
            {
                times.Add(watch.Elapsed.TotalMilliseconds);
            }
        }

        yardstick.Print($"board, next 50 due of {yardstick.Rows / 10:N0} open of {yardstick.Rows:N0} rows", $"{times.Order().ElementAt(25):0.0} ms", "≤ 10 ms");
    }

    /// <summary>Every tenth row open and due far from now, with a next step then.</summary>
    private static async Task<ScratchDesk> Seeded(Yardstick yardstick, int rows)
    {
        var desk = await yardstick.Fresh();
        await desk.With(async db =>
        {
            db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
            await SeededRows.Write(db, rows, open: true);
        });
        return desk;
    }

    /// <summary>The whole tick, its heartbeat's commit included.</summary>
    private static async Task<double> Tick(ScratchDesk desk)
    {
        var watch = Stopwatch.StartNew();
        _ = await desk.Services.SendAlone(new Tick()) == 0 ? 0 : throw new InvalidOperationException("Something was due.");
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>The question alone: is anything due?</summary>
    private static async Task<double> Look(ScratchDesk desk)
    {
        var times = new List<double>();
        for (var run = 0; run < 51; run++)
        {
            await desk.With(async db =>
            {
                var at = Instant.Of(TimeProvider.System.GetUtcNow());
                var watch = Stopwatch.StartNew();
                _ = await db.Incidents.AnyAsync(i => i.NextStepAt <= at) || await db.Canaries.AnyAsync(c => c.NextStepAt <= at);
                times.Add(watch.Elapsed.TotalMilliseconds);
            });
        }

        return times.Order().ElementAt(25);
    }

    /// <summary>Faults reported a day and an hour ago, all of whose steps are owed at once.</summary>
    private static async Task Alerts(Yardstick yardstick, ScratchDesk desk)
    {
        foreach (var (id, role) in new[] { ("chen", "staff"), ("wang", "approver"), ("liu", "officer") })
        {
            await desk.Services.SendAlone(new AddPerson(null, id, "人员" + id, role));
        }

        var rates = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            var reported = Instant.Of(TimeProvider.System.GetUtcNow()).Plus(-90_000);
            await Task.WhenAll(Enumerable.Range(0, Due).Select(_ => desk.Services.SendAlone(new LogFault(
                Staff, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", null, "phone", null, null, null, null, reported, "漏水", null, null, null, null, null, null))));
            var watch = Stopwatch.StartNew();
            await desk.Services.SendAlone(new Tick());
            rates.Add(Due / watch.Elapsed.TotalSeconds);
        }

        var rows = (Inbox: 0, Outbox: 0);
        await desk.With(async db => rows = (await db.Inbox.CountAsync(), await db.Outbox.CountAsync()));
        yardstick.Print(
            $"tick, {Due:N0} due, each with alert, inbox and outbox rows",
            $"{rates.Order().ElementAt(1):N0} alerts/s ({rows.Inbox / (3.0 * Due):0.0} inbox and {rows.Outbox / (3.0 * Due):0.0} outbox rows each)", "≥ 1 000 alerts/s");
    }
}
