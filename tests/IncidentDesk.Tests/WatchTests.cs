using System.Diagnostics;
using System.Diagnostics.Metrics;
using IncidentDesk.Alerts;
using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Incidents;
using IncidentDesk.Jobs;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace IncidentDesk.Tests;

/// <summary>The watch on a real database under a clock that the test moves. A fault is reported on 3 May 2026 at 09:00 and due a day later.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private static readonly Caller Staff = Person("chen", "陈工", Role.Staff);
    private static readonly Caller Lead = Person("zhou", "周值班长", Role.Approver);
    private static readonly Caller Electrician = Person("li", "李师傅", Role.Handler);
    private static readonly Caller Officer = Person("wu", "吴经办", Role.Officer);
    private static readonly Caller Operator = Person("root", "系统管理员", Role.Admin);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("desk-watch-");
    private readonly FakeTimeProvider clock = new(At(3, 9));
    private readonly TestChannel channel = new();
    private readonly Disk disk = new();
    private ServiceProvider services = null!;

    public async Task InitializeAsync()
    {
        var settings = DeskSettings.Read(new Microsoft.Extensions.Configuration.ConfigurationManager { ["Data:Folder"] = folder.FullName }).Settings!;
        var all = new ServiceCollection().AddIncidentDesk(settings);
        all.ConfigureDbContext<SqliteDeskDb>(o => o.AddInterceptors(disk));
        all.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)).Replace(ServiceDescriptor.Singleton<IChannel>(channel));
        services = all.BuildServiceProvider();
        Assert.Null(await DeskStart.Prepare(services, default));
        foreach (var who in new[] { Staff, Lead, Electrician, Officer, Operator })
        {
            Assert.Null((await Send(new AddPerson(null, who.Person.Id, who.Person.Name, Roles.Codes(who.Roles)))).Refused);
        }
    }

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Whoever_has_left_is_told_nothing_and_the_others_are()
    {
        Assert.Null((await Send(new AddPerson(null, "wang", "王科长", "approver"))).Refused);
        await AssignedFault();
        Assert.Null((await Send(new ChangePerson(null, Lead.Person.Id, EndsAt: At(4, 8)))).Refused);
        await TickAt(At(4, 9, 0, 1));
        Assert.Empty(await Inbox(Lead));
        Assert.Equal("breach", Assert.Single(await Inbox(Person("wang", "王科长", Role.Approver))).Alert.Step);
    }

    /// <summary>Small changes still find room on a full disk: putting the incident aside for a quarter of an hour would succeed, and its alert come late.</summary>
    [Fact]
    public async Task A_disk_that_is_full_when_an_alert_is_owed_delays_it_only_until_there_is_room()
    {
        var number = await AssignedFault();
        await Sql("CREATE TABLE pad (b); CREATE TRIGGER grow BEFORE INSERT ON \"Alerts\" WHEN NEW.\"Timer\" <> 'watch' BEGIN INSERT INTO pad VALUES (zeroblob(4000000)); END");
        disk.Pages = (await Sql("PRAGMA page_count")) + 100;
        clock.SetUtcNow(At(4, 3));
        await Assert.ThrowsAnyAsync<Exception>(() => Send(new Tick()));
        disk.Pages = int.MaxValue;
        await TickAt(At(4, 3, 0, 1));
        Assert.Equal(number, Assert.Single(await Inbox(Electrician)).Number);
        Assert.Empty(await Inbox(Operator));
    }

    [Fact]
    public async Task Each_step_reaches_whom_it_concerns_in_the_second_it_is_owed_and_once()
    {
        var number = await AssignedFault();
        await TickAt(At(4, 2, 59, 59));
        Assert.Empty(await Inbox(Electrician));

        await TickAt(At(4, 3));
        await TickAt(At(4, 3, 0, 1));
        Assert.Equal("before-21600", Assert.Single(await Inbox(Electrician)).Alert.Step);
        Assert.Empty(await Inbox(Lead));

        await TickAt(At(4, 7));
        await TickAt(At(4, 9));
        Assert.Empty(await Inbox(Lead));
        await TickAt(At(4, 9, 0, 1));
        var breach = Assert.Single(await Inbox(Lead));
        Assert.Equal(("breach", number), (breach.Alert.Step, breach.Number));
        Assert.StartsWith($"工单 {number} 已超时：应于 5月4日 09:00 前处理完成", breach.Alert.Zh, StringComparison.Ordinal);
        Assert.Empty(await Inbox(Officer));

        await TickAt(At(5, 9, 0, 1));
        await TickAt(At(6, 9, 0, 1));
        Assert.Equal(["repeat-2", "repeat-1"], (await Inbox(Officer)).Select(i => i.Alert.Step));
        Assert.Equal(3, (await Inbox(Electrician)).Count);
        Assert.Equal(0, (await Send(new VerifyLedger())).Problems);
    }

    [Fact]
    public async Task After_an_outage_everybody_gets_one_alert_that_says_what_was_missed()
    {
        await AssignedFault();
        await TickAt(At(6, 12));

        Assert.All([Electrician, Lead, Officer], who =>
        {
            var alert = Assert.Single(Inbox(who).GetAwaiter().GetResult()).Alert;
            Assert.Equal("repeat-2", alert.Step);
            Assert.Contains("另有 4 项提醒的时点已过", alert.Zh, StringComparison.Ordinal);
        });
        Assert.Equal(5, (await Db(db => db.Alerts.ToListAsync())).Count);
        Assert.Equal(At(7, 9, 0, 1), (await Db(db => db.Incidents.SingleAsync())).NextStepAt!.Value.ToUtc());
    }

    [Fact]
    public async Task Many_workers_raise_each_step_once()
    {
        for (var i = 0; i < 30; i++)
        {
            await AssignedFault();
        }

        clock.SetUtcNow(At(4, 9, 0, 1));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Send(new Tick()))));

        Assert.Equal(30, (await Inbox(Lead)).Count);
        Assert.Equal(90, (await Db(db => db.Alerts.ToListAsync())).Count);
        Assert.Equal(new DeskFigures(0, 30, 60), await Send(new MeasureDesk()));
    }

    [Fact]
    public async Task A_ticket_that_is_over_is_not_alerted_and_what_was_not_sent_is_cancelled()
    {
        var number = await AssignedFault();
        await TickAt(At(4, 3));
        await Done(new Resolve(Electrician, number, "fixed_on_site", null, null, null, null));
        Assert.Equal(OutboxRow.Cancelled, (await Db(db => db.Outbox.SingleAsync())).State);

        await TickAt(At(9, 9));
        await Send(new DeliverOutbox());
        Assert.Single(await Inbox(Electrician));
        Assert.Empty(channel.Delivered);
    }

    [Fact]
    public async Task A_new_due_time_has_its_own_steps_and_cancels_what_the_old_one_has_not_sent()
    {
        var number = await AssignedFault();
        await TickAt(At(4, 3));
        var asked = await Done(new AskCorrection(Staff, number, Corrected.Reported, Instant.Of(At(3, 8)).ToString(), "记错一小时"));
        await Done(new DecideRequest(Lead, asked.RequestId!, true, null));
        await TickAt(At(4, 3, 0, 1));

        var steps = await Db(db => db.Alerts.OrderBy(a => a.DeadlineVersion).Select(a => new { a.Step, a.DeadlineVersion }).ToListAsync());
        Assert.Equal(["before-21600 1", "before-21600 2"], steps.Select(s => $"{s.Step} {s.DeadlineVersion}"));
        Assert.Equal([OutboxRow.Cancelled, OutboxRow.Pending], await Db(db => db.Outbox.OrderBy(o => o.DeadlineVersion).Select(o => o.State).ToListAsync()));
        Assert.Equal(0, (await Send(new VerifyLedger())).Problems);
    }

    [Fact]
    public async Task Who_knows_of_a_breach_is_shown_and_the_repeats_stop_but_not_the_clock()
    {
        var number = await AssignedFault();
        await TickAt(At(4, 9, 0, 1));
        var alert = (await Inbox(Lead))[0].Alert.Id;
        var known = await Done(new Acknowledge(Lead, alert));
        Assert.Equal(known, await Done(new Acknowledge(Lead, alert)));
        Assert.Equal("alert_not_found", (await Send(new Acknowledge(Officer, alert))).Refused!.Code);

        await TickAt(At(9, 9));
        Assert.Empty(await Inbox(Officer));
        Assert.Equal([("zhou", At(4, 9, 0, 1))], (await Inbox(Electrician))[0].KnownBy.Select(k => (k.Person.Id, k.At)));
        Assert.Equal(Outcome.Breached, (await Done(new ReadIncident(Staff, number))).Ticket.Reading.Outcome);
    }

    [Fact]
    public async Task A_bad_incident_is_put_aside_and_reported_and_stops_nobody()
    {
        var bad = Key(await AssignedFault());
        await AssignedFault();
        await Db(db => db.Events.Where(e => e.Incident == bad && e.Seq == 2).ExecuteUpdateAsync(set => set.SetProperty(e => e.Payload, "{")));
        await TickAt(At(4, 9, 0, 1));
        await TickAt(At(4, 9, 0, 2));

        Assert.NotEqual(bad, Assert.Single(await Inbox(Lead)).Alert.Incident);
        Assert.Equal((bad, "cannot-alert"), Assert.Single(await Inbox(Operator)).Alert is var alert ? (alert.Incident, alert.Step) : default);
        Assert.Equal(At(4, 9, 15, 1), (await Db(db => db.Incidents.SingleAsync(i => i.Key == bad))).NextStepAt!.Value.ToUtc());
    }

    [Fact]
    public async Task Without_a_handler_the_staff_of_the_service_point_are_asked_else_every_approver_and_an_alert_for_nobody_is_told_to_the_operators()
    {
        await Fault("三元里受理点");
        await Db(db => db.People.Where(p => p.Id == "chen").ExecuteUpdateAsync(set => set.SetProperty(p => p.ServicePoint, "三元里受理点")));
        await TickAt(At(3, 9, 24));
        Assert.Single(await Inbox(Staff));
        Assert.Empty(await Inbox(Lead));

        await Db(db => db.People.Where(p => p.Id == "chen" || p.Id == "zhou").ExecuteUpdateAsync(set => set.SetProperty(p => p.Roles, "evaluator")));
        await TickAt(At(3, 9, 30, 1));
        Assert.Equal("nobody.response.breach", Assert.Single(await Inbox(Operator)).Alert.Step);
    }

    [Fact]
    public async Task A_message_is_delivered_with_its_key_tried_again_where_it_failed_and_taken_over_from_a_killed_worker()
    {
        await AssignedFault();
        await TickAt(At(4, 3));
        channel.Fails = true;
        Assert.Equal(0, await Send(new DeliverOutbox()));
        Assert.Equal(0, await Send(new DeliverOutbox()));
        Assert.Equal(1, channel.Tried);

        channel.Fails = false;
        clock.SetUtcNow(At(4, 3, 0, 30));
        var row = await Db(db => db.Outbox.SingleAsync());
        await Db(db => db.Outbox.ExecuteUpdateAsync(set => set.SetProperty(o => o.LeaseUntil, clock.GetUtcNow().AddSeconds(60))));
        Assert.Equal(0, await Send(new DeliverOutbox()));
        clock.SetUtcNow(At(4, 3, 1, 30));
        Assert.Equal(1, await Send(new DeliverOutbox()));
        Assert.Equal(0, await Send(new DeliverOutbox()));
        Assert.Equal([row.Id], channel.Delivered);
        Assert.Equal((OutboxRow.Sent, 2, 2), await Db(db => db.Outbox.SingleAsync()) is var sent ? (sent.State, sent.Attempts, sent.Fence) : default);
    }

    [Fact]
    public async Task A_backlog_is_delivered_in_few_commits_so_that_a_busy_desk_does_not_hold_it_up()
    {
        for (var i = 0; i < 60; i++)
        {
            await AssignedFault();
        }

        await TickAt(At(4, 3));
        var units = await Db(db => db.Units.CountAsync());
        Assert.Equal(60, await Send(new DeliverOutbox()));

        // Two batches, each claimed and settled.
        Assert.Equal(4, await Db(db => db.Units.CountAsync()) - units);
        Assert.Equal(60, channel.Delivered.Distinct().Count());
        Assert.Equal(60, await Db(db => db.Outbox.CountAsync(o => o.State == OutboxRow.Sent && o.Attempts == 1)));
    }

    [Fact]
    public async Task The_watch_notices_its_own_silence()
    {
        Assert.Equal(["tick: never", "canary: never"], await Send(new ReadPulse()));

        await Send(new RunCanary());
        await TickAt(At(3, 9, 0, 30));
        Assert.Empty(await Db(db => db.Alerts.ToListAsync()));
        await TickAt(At(3, 9, 0, 31));
        Assert.False(await Send(new RunCanary()));
        Assert.Empty(await Send(new ReadPulse()));
        Assert.Equal("canary", (await Db(db => db.Inbox.SingleAsync())).Person);

        clock.SetUtcNow(At(3, 9, 0, 42));
        Assert.StartsWith("tick: last", Assert.Single(await Send(new ReadPulse())), StringComparison.Ordinal);
        await TickAt(At(3, 10, 0, 0));
        Assert.True(await Send(new RunCanary()));
        await TickAt(At(3, 10, 0, 30));
        await Db(db => db.Canaries.ExecuteUpdateAsync(set => set.SetProperty(c => c.NextStepAt, (Instant?)null)));
        await TickAt(At(3, 10, 1, 32));
        Assert.EndsWith("is late", Assert.Single(await Send(new ReadPulse())), StringComparison.Ordinal);
        await TickAt(At(3, 11, 1, 1));
        Assert.StartsWith("canary: last", Assert.Single(await Send(new ReadPulse())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_is_told_until_it_has_caught_up()
    {
        await TickAt(At(3, 9, 10));
        clock.AdjustTime(At(3, 9, 5));
        await Send(new Tick());
        Assert.Equal(["clock: 2026-05-03T01:05:00.000Z is behind a sign of life of 2026-05-03T01:10:00.000Z"], await Send(new ReadPulse(Watch: false)));

        await TickAt(At(3, 9, 9, 56));
        Assert.Empty(await Send(new ReadPulse(Watch: false)));
    }

    [Fact]
    public async Task What_the_watch_does_is_measured_and_every_message_leaves_a_trace()
    {
        var measured = new System.Collections.Concurrent.ConcurrentDictionary<string, double>();
        using var metrics = new MeterListener { InstrumentPublished = (i, to) => (i.Meter.Name == DeskTelemetry.Name ? to : null)?.EnableMeasurementEvents(i) };
        metrics.SetMeasurementEventCallback<long>((i, value, tags, _) => Keep(i.Name, value, tags));
        metrics.SetMeasurementEventCallback<double>((i, value, tags, _) => Keep(i.Name, value, tags));
        metrics.Start();
        using var root = new Activity("test").Start();
        var spans = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == DeskTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => (span.TraceId == root.TraceId ? spans : null)?.Add(span.DisplayName),
        };
        ActivitySource.AddActivityListener(traces);

        await AssignedFault();
        await TickAt(At(4, 3));
        await TickAt(At(4, 7));
        await TickAt(At(4, 9, 0, 3));
        await Send(new MeasureDesk());
        metrics.RecordObservableInstruments();
        Assert.Equal((0, 1, 4), (measured["incidentdesk.incidents.open state=not_due"], measured["incidentdesk.incidents.open state=overdue"], measured["incidentdesk.outbox.depth"]));

        clock.SetUtcNow(At(4, 9, 0, 5));
        await Send(new DeliverOutbox());
        await Send(new MeasureDesk());
        metrics.RecordObservableInstruments();

        Assert.Equal((1, 2), (measured["incidentdesk.breaches timer=resolution"], measured["incidentdesk.alert.delay timer=resolution"]));
        Assert.Equal((0, 3), (measured["incidentdesk.outbox.depth"], spans.Count(s => s == nameof(Heartbeat))));
        Assert.Equal(2, measured["incidentdesk.delivery.delay channel=test"]);
        Assert.InRange(measured["incidentdesk.tick.duration"], 0.000_001, 60);
        Assert.InRange(measured["incidentdesk.tick.age"], 0.000_001, 60);
        Assert.Subset(spans.ToHashSet(), new HashSet<string>([nameof(LogFault), nameof(Assign), nameof(Tick), nameof(RaiseOwedAlerts), nameof(DeliverOutbox), nameof(MeasureDesk)]));

        void Keep(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            measured[string.Join(' ', [name, .. tags.ToArray().Select(t => $"{t.Key}={t.Value}")])] = value;
    }

    [Fact]
    public async Task A_row_changed_behind_its_back_is_found_in_the_night_told_to_the_operators_and_left_as_it_is()
    {
        var late = Key(await AssignedFault());
        var silent = Key(await AssignedFault());
        await AssignedFault();
        await TickAt(At(4, 1));
        clock.SetUtcNow(At(4, 1, 59));
        Assert.Equal(1, await Send(new NightlyRecompute()));
        Assert.Empty(await Inbox(Operator));

        await Db(db => db.Incidents.Where(i => i.Key == late).ExecuteUpdateAsync(set => set.SetProperty(i => i.BreachesAt, Instant.Of(At(30, 9)))));
        await Db(db => db.Incidents.Where(i => i.Key == silent).ExecuteUpdateAsync(set => set.SetProperty(i => i.NextStepAt, (Instant?)null)));
        clock.SetUtcNow(At(4, 2));
        Assert.Equal(1, await Send(new NightlyRecompute()));
        Assert.Equal(0, await Send(new NightlyRecompute()));

        Assert.Equal([(late, "row-differs"), (silent, "row-differs")], (await Inbox(Operator)).Select(i => (i.Alert.Incident, i.Alert.Step)).Order());
        Assert.Contains("BreachesAt", (await Inbox(Operator)).Single(i => i.Alert.Incident == late).Alert.Zh, StringComparison.Ordinal);
        Assert.Equal("3 rows, 2 differ", await Db(db => db.JobPeriods.Where(p => p.Period == "2026-05-04").Select(p => p.Result).SingleAsync()));
        Assert.Equal(Instant.Of(At(30, 9)), (await Db(db => db.Incidents.SingleAsync(i => i.Key == late))).BreachesAt);

        // A week without a desk: its nights are made up for, the oldest first.
        clock.SetUtcNow(At(11, 12));
        Assert.Equal(7, await Send(new NightlyRecompute()));
    }

    [Fact]
    public async Task The_delay_from_owed_to_raised_and_to_delivered_is_told()
    {
        await Fault();
        await TickAt(At(4, 3, 0, 2));
        clock.Advance(TimeSpan.FromSeconds(3));
        await Send(new DeliverOutbox());
        var watch = await Done(new ReadWatch(Lead));

        // Both response steps, which a tick that comes hours late folds into one message, and the reminder of 03:00.
        Assert.Equal(3, watch.Raised.Count);
        Assert.True(watch.Raised.WorstSec > 60_000);
        Assert.Equal((0, null), (watch.Waiting, watch.WaitingSince));
        Assert.True(watch.Delivered.Count > 0 && watch.Delivered.WorstSec >= 5);
        Assert.Equal("not_allowed", (await Send(new ReadWatch(Staff))).Refused?.Code);
    }

    [Fact]
    public async Task What_waits_is_told_since_the_oldest_of_it_was_raised_though_it_is_tried_again_last()
    {
        await Fault();
        channel.Fails = true;
        await TickAt(At(4, 3, 0, 2));
        await Send(new DeliverOutbox());
        await Fault();
        await TickAt(At(4, 3, 0, 10));
        var watch = await Done(new ReadWatch(Lead));

        Assert.True(watch.Waiting >= 2);
        Assert.Equal(At(4, 3, 0, 2), watch.WaitingSince);
    }

    [Fact]
    public async Task A_period_has_one_worker_until_its_lease_ends_and_who_lost_it_ends_nothing()
    {
        var first = await Send(new ClaimPeriod("job", "2026-05-03"));
        Assert.Null(await Send(new ClaimPeriod("job", "2026-05-03")));
        clock.Advance(TimeSpan.FromMinutes(10));
        var second = await Send(new ClaimPeriod("job", "2026-05-03"));

        Assert.Equal(2, second!.Fence);
        Assert.False(await Send(new EndPeriod(first!, "late")));
        Assert.True(await Send(new EndPeriod(second, "done")));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await Send(new ClaimPeriod("job", "2026-05-03")));
    }

    private static DateTimeOffset At(int day, int hour, int minute = 0, int second = 0) => new DateTimeOffset(2026, 5, day, hour, minute, second, TimeSpan.FromHours(8)).ToUniversalTime();

    private static Caller Person(string id, string name, Role role) => new(new Actor(id, name), new HashSet<Role> { role }, "api");

    private static long Key(string number) => IncidentNumber.TryParse("BY", number, out var parsed) ? parsed.Key : 0;

    private async Task<string> Fault(string? point = null)
    {
        var town = await Db(db => db.References.Where(r => r.List == "town").Select(r => r.Code).FirstAsync());
        return (await Done(new LogFault(
            Staff, "rental", "RNT-WATER-02", null, null, town, "广园中路1号", null, "phone", point, null, null, null, Instant.Of(At(3, 9)), "漏水", null, null, null, null, null, null))).Number;
    }

    private async Task<string> AssignedFault()
    {
        var number = await Fault();
        await Done(new Assign(Lead, number, "li"));
        await Done(new Respond(Electrician, number, "phone", null, null));
        return number;
    }

    private async Task TickAt(DateTimeOffset at)
    {
        clock.SetUtcNow(at);
        await Send(new Tick());
    }

    private async Task<IReadOnlyList<InboxItem>> Inbox(Caller who) => (await Done(new ReadInbox(who, false, null, null))).Items;

    private Task<T> Send<T>(IRequest<T> message) => services.SendAlone(message);

    private async Task<T> Done<T>(IRequest<IncidentDesk.Pipeline.Outcome<T>> message)
    {
        var outcome = await Send(message);
        Assert.Null(outcome.Refused);
        return outcome.Value!;
    }

    private async Task<T> Db<T>(Func<DeskDb, Task<T>> ask)
    {
        await using var scope = services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<DeskDb>());
    }

    /// <summary>A way out that may be down.</summary>
    private sealed class TestChannel : IChannel
    {
        public string Kind => "test";

        public Reach Reach => Reach.Everybody;

        public bool Fails { get; set; }

        public int Tried { get; private set; }

        public List<string> Delivered { get; } = [];

        public Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
        {
            Tried++;
            if (Fails)
            {
                throw new IOException("down");
            }

            Delivered.Add(message.Key);
            return Task.FromResult(DeliveryOutcome.Sent);
        }
    }

    private async Task<int> Sql(string sql)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<DeskDb>().Database;
        await database.OpenConnectionAsync();
        await using var command = database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt32(await command.ExecuteScalarAsync() ?? 0, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A disk with room for so many pages of the database file.</summary>
    private sealed class Disk : Microsoft.EntityFrameworkCore.Diagnostics.DbConnectionInterceptor
    {
        public int Pages { get; set; } = int.MaxValue;

        public override async Task ConnectionOpenedAsync(
            System.Data.Common.DbConnection connection, Microsoft.EntityFrameworkCore.Diagnostics.ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA max_page_count={Pages}";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
