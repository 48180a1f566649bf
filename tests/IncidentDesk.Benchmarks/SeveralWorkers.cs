using System.Diagnostics;
using System.Globalization;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IncidentDesk.Benchmarks;

/// <summary>
/// What more workers give: 10 000 incidents that fall due in the same instant, raised by one process and by three, each alert with its inbox and outbox rows; and how soon a
/// survivor ticks after one of three was killed. An embedded database has one.
/// </summary>
internal static class SeveralWorkers
{
    private const int Due = 10_000;
    private const int Kills = 11;
    private static readonly Caller Staff = new(new Actor("chen", "陈静"), new HashSet<Role> { Role.Staff }, "api");

    public static async Task Run(Yardstick yardstick)
    {
        foreach (var workers in yardstick.Embedded ? new[] { 1 } : [1, 3])
        {
            await using var desk = await Overdue(yardstick);
            var deadlocks = await Deadlocks(desk);
            var running = Enumerable.Range(0, workers).Select(_ => new WorkerProcess(desk)).ToList();
            try
            {
                await Raise(yardstick, desk, workers, deadlocks);
                if (workers > 1)
                {
                    await TakeOver(yardstick, desk, running);
                }
            }
            finally
            {
                running.ForEach(w => w.Dispose());
            }
        }
    }

    /// <summary>Faults all of whose steps are owed, held back until the workers tick.</summary>
    private static async Task<ScratchDesk> Overdue(Yardstick yardstick)
    {
        var desk = await yardstick.Fresh();
        foreach (var (id, role) in new[] { ("chen", "staff"), ("wang", "approver"), ("liu", "officer") })
        {
            await desk.Services.SendAlone(new AddPerson(null, id, "人员" + id, role));
        }

        var reported = Instant.Of(TimeProvider.System.GetUtcNow()).Plus(-90_000);
        foreach (var some in Enumerable.Range(0, Due).Chunk(200))
        {
            await Task.WhenAll(some.Select(_ => desk.Services.SendAlone(new LogFault(
                Staff, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", null, "phone", null, null, null, null, reported, "漏水", null, null, null, null, null, null))));
        }

        var later = Instant.Of(TimeProvider.System.GetUtcNow()).Plus(86_400);
        await desk.With(db => db.Incidents.ExecuteUpdateAsync(set => set.SetProperty(i => i.NextStepAt, later)));
        return desk;
    }

    private static async Task Raise(Yardstick yardstick, ScratchDesk desk, int workers, long deadlocks)
    {
        await Ticks(desk, TimeProvider.System.GetUtcNow().AddSeconds(5));
        var due = Instant.Of(TimeProvider.System.GetUtcNow());
        await desk.With(db => db.Incidents.ExecuteUpdateAsync(set => set.SetProperty(i => i.NextStepAt, due)));
        var watch = Stopwatch.StartNew();
        var raised = 0;
        while (raised < Due)
        {
            await Task.Delay(20);
            await desk.With(async db => raised = Due - await db.Incidents.CountAsync(i => i.NextStepAt <= due));
        }

        var seconds = watch.Elapsed.TotalSeconds;

        // The nightly check finds rows whose next step was moved behind its back, and tells the operators: those alerts are not the ladder's.
        var (alerts, incidents) = (0, 0);
        await desk.With(async db =>
        {
            var ladder = db.Alerts.Where(a => a.Timer == LadderTimer.Resolution || a.Timer == LadderTimer.Response);
            (alerts, incidents) = (await ladder.CountAsync(), await ladder.Select(a => a.Incident).Distinct().CountAsync());
        });
        deadlocks = await Deadlocks(desk) - deadlocks;
        var stuck = yardstick.Embedded ? "" : string.Create(CultureInfo.InvariantCulture, $"; deadlocks {deadlocks}");
        yardstick.Print(
            $"{Due:N0} incidents due at once, {workers} worker{(workers == 1 ? "" : "s")}",
            $"{seconds:0.0} s, {Due / seconds:N0} incidents/s ({alerts:N0} steps of {incidents:N0} incidents{stuck})", "≤ 10 s late; deadlocks 0");
    }

    /// <summary>From the kill of one of three to the next sign of life of a tick.</summary>
    private static async Task TakeOver(Yardstick yardstick, ScratchDesk desk, List<WorkerProcess> running)
    {
        var took = new List<double>();
        for (var kill = 0; kill < Kills; kill++)
        {
            // Whichever ticks, and a killed one's successor has started.
            await Ticks(desk, TimeProvider.System.GetUtcNow().AddSeconds(4));
            running[kill % running.Count].Dispose();
            var dead = TimeProvider.System.GetUtcNow();
            took.Add((await Ticks(desk, dead) - dead).TotalSeconds);
            running[kill % running.Count] = new WorkerProcess(desk);
        }

        yardstick.Print($"kill -9 of one of {running.Count} workers to the next tick, {Kills} kills", $"median {took.Order().ElementAt(Kills / 2):0.00} s, worst {took.Max():0.00} s", "≤ 2 s");
    }

    /// <summary>The first tick after an instant.</summary>
    private static async Task<DateTimeOffset> Ticks(ScratchDesk desk, DateTimeOffset after)
    {
        var last = DateTimeOffset.MinValue;
        while (last <= after)
        {
            await Task.Delay(10);
            await desk.With(async db => last = await db.Heartbeats.Where(h => h.Job == Heartbeat.Tick).Select(h => h.At).FirstOrDefaultAsync());
        }

        return last;
    }

    /// <summary>What the server has counted in this database.</summary>
    private static async Task<long> Deadlocks(ScratchDesk desk)
    {
        if (desk.Settings.Engine != Engine.PostgreSql)
        {
            return 0;
        }

        await using var connection = new NpgsqlConnection(desk.Settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
