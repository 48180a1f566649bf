using IncidentDesk.Alerts;
using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Tests.Clocks;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Api;

/// <summary>
/// Ready means: the database takes a write, the clock is right, ticks and canaries come in time. That a full disk and a database that is away turn it red is shown by
/// <see cref="FullDiskTests"/> and <see cref="DatabaseAwayTests"/>; here the host's own jobs are off, so that the test says when they ran.
/// </summary>
public sealed class HealthTests
{
    /// <summary>A server's desk says that nothing encrypts its keys, and is ready all the same; what lies in one file on one machine is read as a whole anyway.</summary>
    private static string Ready(Engine engine) => engine == Engine.Sqlite ? "ready" : "ready\n" + Open;

    private const string Open = "keys: not encrypted; set Keys:File or Keys:Certificate";

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task What_is_wrong_with_the_watch_or_the_clock_turns_its_check_red_and_is_said(Engine engine)
    {
        // It hosts no jobs, and looks at its own clock all the same.
        using var ntp = new NtpServer(TimeProvider.System);
        await using var desk = await DeskHost.Open(engine, jobs: JobsHost.Worker, more: new Dictionary<string, string> { ["Clock__Ntp"] = $"127.0.0.1:{ntp.Name.Port}" });
        await DeskHost.Until(async () => await desk.Health("ready") == (200, Ready(engine)));
        var open = engine == Engine.Sqlite ? "" : "\n" + Open;
        Assert.Equal((503, "tick: never\ncanary: never" + open), await desk.Health("watch"));

        await desk.Read(async db =>
        {
            db.Heartbeats.Add(new HeartbeatRow { Job = Heartbeat.Tick, At = DeskHost.Now });
            db.Canaries.Add(new CanaryRow { Key = 1, StartAt = Domain.Sla.Instant.Of(DeskHost.Now) });
            return await db.SaveChangesAsync();
        });
        Assert.Equal(engine == Engine.Sqlite ? (200, "watching") : (503, Open), await desk.Health("watch"));

        await Tick(DeskHost.Now.AddSeconds(-12));
        Assert.StartsWith("tick: last ", (await desk.Health("watch")).Said, StringComparison.Ordinal);
        await Tick(DeskHost.Now);
        await desk.Read(db => db.Canaries.ExecuteUpdateAsync(set => set.SetProperty(c => c.StartAt, Domain.Sla.Instant.Of(DeskHost.Now.AddSeconds(-100)))));
        Assert.EndsWith(" is late" + open, (await desk.Health("watch")).Said, StringComparison.Ordinal);

        // Another process's clock is an hour ahead, or this one's was set back.
        await Tick(DeskHost.Now.AddHours(1));
        var (status, said) = await desk.Health("ready");
        Assert.Equal(503, status);
        Assert.StartsWith("clock: ", said, StringComparison.Ordinal);
        Assert.Equal((200, "live"), await desk.Health("live"));
        await Tick(DeskHost.Now);
        Assert.Equal((200, Ready(engine)), await desk.Health("ready"));

        // As its check would have left them: more than two seconds are wrong, and a server without an answer is only said.
        await Checked(1, 2_400, null);
        (status, said) = await desk.Health("ready");
        Assert.Equal(503, status);
        Assert.Matches(@"^clock: \+2\.4 s from the NTP server's at \S+Z$", said);
        await Checked(2, null, "no_answer");
        (status, said) = await desk.Health("ready");
        Assert.Equal(200, status);
        Assert.Matches($@"^{Ready(engine)}\nclock: the NTP server 127\.0\.0\.1:\d+ gives no time \(no_answer\), asked at \S+Z$", said);
        await Checked(3, -1_900, null);
        Assert.Equal((200, Ready(engine)), await desk.Health("ready"));

        Task<int> Checked(int n, long? offsetMs, string? failure) => desk.Read(db =>
        {
            db.ClockChecks.Add(new ClockCheckRow
            {
                Id = $"test{n}", Host = Environment.MachineName, Source = ClockSource.Ntp, At = DeskHost.Now, OffsetMs = offsetMs, DelayMs = offsetMs is null ? null : 4, Failure = failure,
            });
            return db.SaveChangesAsync();
        });

        Task<int> Tick(DateTimeOffset at) =>
            desk.Read(db => db.Heartbeats.Where(h => h.Job == Heartbeat.Tick).ExecuteUpdateAsync(set => set.SetProperty(h => h.At, at)));
    }

    [Theory, OnPostgreSql, OnSqlServer]
    public async Task A_clock_apart_from_the_database_servers_is_told(Engine engine)
    {
        var clock = new ShiftedClock();
        await using var desk = await TestDesk.Open(engine, besides: services => services.AddSingleton<TimeProvider>(clock));
        clock.Shift = TimeSpan.FromSeconds(1.5);
        Assert.Empty(await desk.Send(new ReadPulse(Watch: false)));

        clock.Shift = TimeSpan.FromMinutes(-1);
        Assert.Matches(@"^clock: -(59\.\d|60\.\d) s from the database server's$", Assert.Single(await desk.Send(new ReadPulse(Watch: false))));
    }
}
