using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json.Nodes;
using IncidentDesk.Alerts;
using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using IncidentDesk.Tests.Keeping;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IncidentDesk.Tests.Clocks;

/// <summary>A host's clock, which the test sets, against an NTP server of the test's own and, where there is one, the real database server.</summary>
public sealed class ClockChecksTests
{
    private static readonly string Host = Environment.MachineName;

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_clock_that_is_set_is_an_event_that_operators_health_and_report_tell_once_whoever_saw_it(Engine engine)
    {
        var clock = new ShiftedClock();
        using var ntp = new NtpServer(TimeProvider.System);
        await using var desk = await Open(engine, clock, ntp);
        var other = desk.Process();
        var (month, before) = (Period.Of(Zone.Shanghai.MonthOf(Instant.Of(clock.GetUtcNow()))), clock.GetUtcNow());
        var none = await desk.Report(month, Scope.Rental, Instant.Of(before), before);
        Assert.StartsWith("时钟核对：本月未核对时钟；", Line(none), StringComparison.Ordinal);

        using var metrics = new Metrics();
        foreach (var process in new[] { desk.Services, other })
        {
            Assert.Equal(0, await process.SendAlone(new LookAtClock()));
            Assert.True(await process.SendAlone(new CheckClock()));
            Assert.False(await process.SendAlone(new CheckClock()));
        }

        Assert.Equal((0, 0), (await Events(desk), (await Alerts(desk)).Count));
        Assert.Empty(await desk.Send(new ReadPulse(Watch: false)));

        // Ten minutes forward: both processes see it, one event is left.
        clock.Shift = TimeSpan.FromMinutes(10);
        foreach (var process in new[] { desk.Services, other })
        {
            Assert.Equal(1, await process.SendAlone(new LookAtClock()));
            Assert.Equal(0, await process.SendAlone(new LookAtClock()));
        }

        Assert.InRange(metrics.Read("incidentdesk.clock.offset", ClockSource.Ntp), 598, 602);
        Assert.Equal(1, metrics.Jumps);
        Assert.Equal(1, await Events(desk));
        var alert = Assert.Single(await Alerts(desk));
        Assert.Matches($@"^主机 {Host} 的时钟发生跳变，快进 (600\.0\d\d|599\.9\d\d) 秒。", alert.Zh);
        Assert.Matches($@"^The clock of host {Host} jumped forward by ", alert.En);
        var red = await desk.Send(new ReadPulse(Watch: false));
        Assert.Equal(engine == Engine.Sqlite ? 1 : 2, red.Count);
        Assert.Matches(@"^clock: \+(600\.\d|599\.9) s from the NTP server's at ", red[^1]);

        // And back by itself: no longer red, and one event more.
        clock.Shift = TimeSpan.Zero;
        Assert.Equal(1, await desk.Send(new LookAtClock()));
        Assert.Empty(await desk.Send(new ReadPulse(Watch: false)));
        Assert.Equal((2, 2), (await Events(desk), (await Alerts(desk)).Count));

        // What was recorded while the clock was ahead belongs to a known-at that is not yet.
        clock.Shift = TimeSpan.FromMinutes(10);
        Assert.Equal(1, await desk.Send(new LookAtClock()));
        var now = clock.GetUtcNow();
        month = Period.Of(Zone.Shanghai.MonthOf(Instant.Of(now)));
        var json = JsonNode.Parse(await desk.Report(month, Scope.Rental))!;
        var rows = await desk.Read(db => db.ClockChecks.Where(c => c.OffsetMs != null).ToListAsync());
        var line = json["clockChecks"]!;
        Assert.Equal((rows.Count(r => r.Source == ClockSource.Database), 5), ((int)line["database"]!["answered"]!, (int)line["ntp"]!["answered"]!));
        Assert.Equal(engine == Engine.Sqlite ? 0 : 5, rows.Count(r => r.Source == ClockSource.Database));
        Assert.Equal((3, rows.Max(r => r.OffsetMs!.Value), Host), ((int)line["jumps"]!, (long)line["largest"]!["offsetMs"]!, (string)line["largest"]!["host"]!));
        Assert.Equal(3, json["installationEvents"]!.AsArray().Count(e => (string)e!["kind"]! == "clock_jumped" && ((string)e["sentence"]!).Contains("的时钟发生跳变", StringComparison.Ordinal)));
        var csv = Encoding.UTF8.GetString(await desk.Report(month, Scope.Rental, format: ReportFormat.Csv));
        Assert.Contains($"\nclockChecks,ntp,5,0\n", csv, StringComparison.Ordinal);
        Assert.Contains($"\nclockJumps,count,3\n", csv, StringComparison.Ordinal);

        // What was known before any of it has the same bytes.
        Assert.Equal(Settled(none), Settled(await desk.Report(month, Scope.Rental, Instant.Of(before), before)));

        // As of before the last jump, known now: what is effective later does not exist.
        var asOf = JsonNode.Parse(await desk.Report(month, Scope.Rental, Instant.Of(now.AddMinutes(-5)), null))!;
        Assert.Equal((1, 3), ((int)asOf["clockChecks"]!["jumps"]!, (int)asOf["clockChecks"]!["ntp"]!["answered"]!));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_clock_that_was_set_while_nobody_ran_is_found_by_the_check_at_the_next_start(Engine engine)
    {
        var clock = new ShiftedClock();
        using var ntp = new NtpServer(TimeProvider.System);
        await using var desk = await Open(engine, clock, ntp);
        await desk.Send(new CheckClock());

        clock.Shift = TimeSpan.FromSeconds(61);
        await desk.Process().SendAlone(new CheckClock());
        clock.Shift = TimeSpan.FromSeconds(62);
        await desk.Process().SendAlone(new CheckClock());

        // Wrong as before, but not by another jump.
        var found = Assert.Single(await desk.Read(db => InstallationEvent.Read(db, DateTimeOffset.MaxValue, default)));
        Assert.Equal((Host, "forward"), (found.Detail.Text("host"), found.Detail.Text("direction")));
        Assert.InRange(found.Detail.Number("ms")!.Value, 60_000, 62_000);
        Assert.Matches($@" 核对发现主机 {Host} 的时钟相对(数据库服务器| NTP 服务器)的时钟快进 6[01]\.\d{{3}} 秒$", found.Zh(Zone.Shanghai));
        Assert.Single(await Alerts(desk));
        Assert.Matches(@"^clock: \+6\d\.\d s from the NTP server's", (await desk.Send(new ReadPulse(Watch: false)))[^1]);

        // A server that gives no time is said, and the clock is not called wrong for it.
        clock.Shift = TimeSpan.Zero;
        ntp.Answers = [request => NtpServer.Bent(request, clock.GetUtcNow(), (1, 16))];
        await desk.Process().SendAlone(new CheckClock());
        Assert.Empty(await desk.Send(new ReadPulse(Watch: false)));
        Assert.Matches(@"^clock: the NTP server 127\.0\.0\.1:\d+ gives no time \(unsynchronised\), asked at ", (await desk.Send(new ReadNtp())).Silent);
    }

    [Fact]
    public async Task A_host_is_measured_at_each_start_and_hourly_whichever_of_its_processes_does_it_and_sooner_while_something_is_wrong()
    {
        // On SQLite without NTP there is no second clock, and the rows say so.
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        var (first, second) = (desk.Services, desk.Process());
        Assert.Equal((true, true), (await first.SendAlone(new CheckClock()), await second.SendAlone(new CheckClock())));
        desk.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal((false, false), (await first.SendAlone(new CheckClock()), await second.SendAlone(new CheckClock())));
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((true, false), (await second.SendAlone(new CheckClock()), await first.SendAlone(new CheckClock())));
        var rows = await desk.Read(db => db.ClockChecks.ToListAsync());
        Assert.Equal(3, rows.Count);
        Assert.All(rows, r => Assert.Equal((Host, "database", null, "no_second_clock"), (r.Host, r.Source, r.OffsetMs, r.Failure)));
        Assert.Equal("时钟核对：本月未核对时钟（数据库与程序同用一台主机的时钟，且未设 NTP 服务器）；未发现时钟跳变", Line(await desk.Report(Period.Of(new Month(202602)), Scope.Rental)));

        // A server that gives no time is asked again in five minutes.
        using var ntp = new NtpServer(desk.Clock);
        var right = ntp.Answers;
        ntp.Answers = [request => NtpServer.Bent(request, desk.Clock.GetUtcNow(), (1, 16))];
        await using var third = desk.Process(desk.Database.Settings with { Ntp = ntp.Name });
        Assert.True(await third.SendAlone(new CheckClock()));
        desk.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(await third.SendAlone(new CheckClock()));
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        ntp.Answers = right;
        Assert.True(await third.SendAlone(new CheckClock()));
        desk.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(await third.SendAlone(new CheckClock()));
        Assert.Equal(
            "时钟核对：本月对 NTP 服务器 1 次（另有 1 次未得应答）；最大偏差为快 0.000 秒（主机 " + Host + "，2026-02-15T01:05:00+08:00，对 NTP 服务器）；未发现时钟跳变",
            Line(await desk.Report(Period.Of(new Month(202602)), Scope.Rental)));

        // The line of the next month does not know of this one.
        desk.Clock.SetUtcNow(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.FromHours(8)));
        Assert.StartsWith("时钟核对：本月未核对时钟；", Line(await desk.Report(Period.Of(new Month(202603)), Scope.Rental)), StringComparison.Ordinal);
    }

    private static Task<TestDesk> Open(Engine engine, ShiftedClock clock, NtpServer ntp) => TestDesk.Open(engine, besides: services =>
    {
        var settings = (DeskSettings)services.Single(s => s.ServiceType == typeof(DeskSettings)).ImplementationInstance!;
        services.AddSingleton<TimeProvider>(clock).Replace(ServiceDescriptor.Singleton(settings with { Ntp = ntp.Name }));
    });

    private static Task<int> Events(TestDesk desk) => desk.Read(db => db.InstallationEvents.CountAsync(e => e.Kind == InstallationEventRow.ClockJumped));

    private static async Task<List<AlertRow>> Alerts(TestDesk desk)
    {
        var inbox = await desk.Send(new ReadInbox(new Caller(new Actor("admin", "系统管理员"), new HashSet<Role> { Role.Admin }, "api"), false, null, null));
        return [.. inbox.Value!.Items.Select(i => i.Alert)];
    }

    private static string Line(byte[] report) => (string)JsonNode.Parse(report)!["clockChecks"]!["sentence"]!;

    private static string Settled(byte[] report) => Encoding.UTF8.GetString(report).Replace("\"settled\": false", "\"settled\": true", StringComparison.Ordinal);

    /// <summary>What a collector would read.</summary>
    private sealed class Metrics : IDisposable
    {
        // A counter is told in the flow of who counts: what tests beside this one do is not meant.
        private readonly AsyncLocal<bool> mine = new() { Value = true };
        private readonly Dictionary<string, double> read = [];
        private readonly MeterListener listener = new()
        {
            InstrumentPublished = (i, to) => (i.Meter.Name == DeskTelemetry.Name && i.Name.StartsWith("incidentdesk.clock", StringComparison.Ordinal) ? to : null)?.EnableMeasurementEvents(i),
        };

        public Metrics()
        {
            listener.SetMeasurementEventCallback<long>((_, value, _, _) => Jumps += mine.Value ? value : 0);
            listener.SetMeasurementEventCallback<double>((i, value, tags, _) => read[$"{i.Name} {tags[0].Value}"] = value);
            listener.Start();
        }

        public long Jumps { get; private set; }

        public double Read(string name, string source)
        {
            listener.RecordObservableInstruments();
            return read[$"{name} {source}"];
        }

        public void Dispose() => listener.Dispose();
    }
}
