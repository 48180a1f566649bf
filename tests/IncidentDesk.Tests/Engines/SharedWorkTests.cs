using System.Collections.Concurrent;
using System.Data.Common;
using IncidentDesk.Alerts;
using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Engines;

/// <summary>
/// Several workers at once on one database, in one process so that all of them ring at the same instant: every alert is raised once and delivered once, with the lock hints and
/// without them.
/// </summary>
public sealed class SharedWorkTests
{
    private const int Workers = 3;

    [Theory, OnPostgreSql, OnSqlServer]
    public Task With_lock_hints_each_worker_takes_other_rows_and_every_alert_is_raised_and_delivered_once(Engine engine) => Share(engine, hints: true);

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public Task Without_lock_hints_every_alert_is_raised_and_delivered_once_all_the_same(Engine engine) => Share(engine, hints: false);

    private static async Task Share(Engine engine, bool hints)
    {
        // More than a batch; without the hints all of them want the same rows, which is slow, and few are enough to see that it is right.
        var faults = hints ? RaiseOwedAlerts.Batch + 50 : 40;
        var sent = new Sent(hints);
        var delivered = new Delivered();
        await using var desk = await TestDesk.Open(engine, besides: services =>
        {
            services.AddSingleton<IChannel>(delivered);
            services.ConfigureDbContext<PostgreSqlDeskDb>(o => o.AddInterceptors(sent));
            services.ConfigureDbContext<SqlServerDeskDb>(o => o.AddInterceptors(sent));
        });
        await desk.Send(new AddPerson(null, "zhou", "周值班长", "approver", null));
        var staff = new Caller(new Actor("chen", "陈工"), new HashSet<Role> { Role.Staff }, "api");
        await Task.WhenAll(Enumerable.Range(0, faults).Select(_ => desk.Send(new LogFault(
            staff, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", null, "phone", null, null, null, null, Instant.Of(TestDesk.Opening), "漏水",
            null, null, null, null, null, null))));
        desk.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));

        var workers = Enumerable.Range(0, Workers).Select(_ => desk.Process()).ToList();
        for (var ring = 0; ring < 20 && await desk.Read(db => db.Incidents.AnyAsync(i => i.NextStepAt <= Instant.Of(desk.Clock.GetUtcNow()))); ring++)
        {
            await Task.WhenAll(workers.Select(w => Task.Run(() => w.SendAlone(new Tick()))));
        }

        await Task.WhenAll(workers.Select(w => Task.Run(() => w.SendAlone(new DeliverOutbox()))));
        await desk.Send(new DeliverOutbox());

        // One step each of the response at 80 % and its breach, six and two hours before, and the breach, which tells of all five.
        var alerts = await desk.Read(db => db.Alerts.AsNoTracking().ToListAsync());
        Assert.DoesNotContain(alerts, a => a.Timer == AlertRow.Watch);
        Assert.Equal((faults * 5, faults), (alerts.Count, alerts.Count(a => a.FoldedInto is null)));
        Assert.All(alerts.GroupBy(a => a.Incident), i => Assert.Equal(5, i.Select(a => $"{a.Timer}.{a.Step}").Distinct().Count()));
        var outbox = await desk.Read(db => db.Outbox.AsNoTracking().ToListAsync());
        Assert.All(outbox, o => Assert.Equal((OutboxRow.Sent, 1, 1), (o.State, o.Attempts, o.Fence)));
        Assert.Equal(outbox.Where(o => o.Channel == "test").Select(o => o.Id).Order(StringComparer.Ordinal), delivered.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(faults, delivered.Keys.Count);
        Assert.Equal(engine != Engine.Sqlite, sent.Hinted > 0);
        Assert.Equal(0, (await desk.Send(new IncidentDesk.Evidence.VerifyLedger())).Problems);
        if (hints)
        {
            Assert.Equal(0, sent.Conflicts);
        }
    }

    /// <summary>Counts the hints, takes them out again where the test asks for it, and counts what conflicted.</summary>
    private sealed class Sent(bool hints) : DbCommandInterceptor
    {
        private static readonly string[] Hints = ["\nFOR NO KEY UPDATE OF i SKIP LOCKED", "\nFOR NO KEY UPDATE OF o SKIP LOCKED", "\nFOR NO KEY UPDATE OF c SKIP LOCKED", " WITH (UPDLOCK, READPAST, ROWLOCK, READCOMMITTEDLOCK)"];
        private int hinted;
        private int conflicts;

        public int Hinted => hinted;

        public int Conflicts => conflicts;

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (Hints.FirstOrDefault(h => command.CommandText.Contains(h, StringComparison.Ordinal)) is { } hint)
            {
                Interlocked.Increment(ref hinted);
                command.CommandText = hints ? command.CommandText : command.CommandText.Replace(hint, "", StringComparison.Ordinal);
            }

            return new(result);
        }

        public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            // The first signs of life of several workers may meet; their alerts may not.
            _ = command.CommandText.Contains("\"Alerts\"", StringComparison.Ordinal) || command.CommandText.Contains("[Alerts]", StringComparison.Ordinal) ? Interlocked.Increment(ref conflicts) : 0;
            return Task.CompletedTask;
        }
    }

    private sealed class Delivered : IChannel
    {
        public ConcurrentBag<string> Keys { get; } = [];

        public string Kind => "test";

        public Reach Reach => Reach.Everybody;

        public Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
        {
            Keys.Add(message.Key);
            return Task.FromResult(DeliveryOutcome.Sent);
        }
    }
}
