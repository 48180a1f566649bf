using System.Text;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Incidents;
using IncidentDesk.Jobs;
using IncidentDesk.Reference;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using IncidentDesk.Tests.Reports;
using Microsoft.EntityFrameworkCore;
using static IncidentDesk.Tests.Reference.RulesDesk;

namespace IncidentDesk.Tests.Reference;

/// <summary>
/// What an approved version moves, and what it does not. In the stories of the new year the policy counts working days: a fault reported on Thursday 31 December 2026 at 01:00 is due on
/// Friday at 01:00, until the list of 2027 says that Friday is a holiday; then on Monday 4 January.
/// </summary>
public sealed class VersionEffectTests
{
    private static readonly Instant Friday = Instant.Of(At(1, 1, 1, year: 2027));
    private static readonly Instant Monday = Instant.Of(At(1, 4, 1, year: 2027));
    private static readonly Period December = Period.Of(new Month(202612));

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_new_years_list_moves_the_due_time_of_an_open_ticket_and_its_deadline_version(Engine engine)
    {
        await using var desk = await NewYearsEve(engine);
        var (open, over) = (await desk.Fault(), await desk.Fault());
        await desk.Done(new Respond(Staff, open, "phone", null, null));
        await desk.Done(new Respond(Staff, over, "phone", null, null));
        desk.Desk.Clock.SetUtcNow(At(12, 31, 2));
        await desk.Done(new Resolve(Staff, over, "fixed_on_site", null, null, null, null));
        desk.Desk.Clock.SetUtcNow(At(12, 31, 19));
        Assert.Equal(1, await desk.Desk.Send(new Tick()));

        desk.Desk.Clock.SetUtcNow(At(12, 31, 20));
        var draft = await desk.NewYear();
        var preview = await desk.Done(new PreviewVersion(Officer, draft));
        var moved = Assert.Single(preview.Incidents);
        Assert.Equal((open, Friday, Monday, Outcome.Pending, Outcome.Pending), (moved.Number, moved.DueNow!.Value, moved.DueThen!.Value, moved.VerdictNow, moved.VerdictThen));
        Assert.Equal(("自 2027-01-01 起生效，涉及未结工单 1 件。", "In force from 2027-01-01; 1 open incident would move."), (preview.Zh, preview.En));
        Assert.Equal(Friday, (await desk.Row(open)).EffectiveDueAt);

        var asked = await desk.Done(new AskVersion(Officer, draft, 0));
        var listed = Assert.Single(await desk.Done(new ListRequests(Lead)));
        Assert.Equal((null, 0, "new_version", preview.Zh), (listed.Number, listed.Seq, listed.Request.Subject, listed.Zh));
        await desk.Done(new DecideRequest(Lead, asked.RequestId, true, null, 0));

        // The desk settles first: somebody may be writing by the rules before. Rows stand as they did, answer no report, and are no fault.
        Assert.Equal(0, await desk.Desk.Send(new ProjectAnew()));
        Assert.Equal(Friday, (await desk.Row(open)).EffectiveDueAt);
        Assert.False(await Agree(desk));
        Assert.Equal(0, (await desk.Desk.Send(new VerifyLedger())).Problems);
        Assert.DoesNotContain("disputed", Encoding.UTF8.GetString(await desk.Desk.Report(December, Scope.Rental)), StringComparison.Ordinal);

        desk.Desk.Clock.Advance(ProjectAnew.Settling);
        Assert.Equal(2, await desk.Desk.Send(new ProjectAnew()));
        Assert.Equal(0, await desk.Desk.Send(new ProjectAnew()));
        Assert.Equal((Monday, 2), (await desk.Row(open)) is var row ? (row.EffectiveDueAt!.Value, row.DeadlineVersion) : default);
        Assert.Equal((Monday, null), (await desk.Row(over)) is var closed ? (closed.DueAt!.Value, closed.NextStepAt) : default);
        Assert.Equal([OutboxRow.Cancelled], await desk.Desk.Read(db => db.Outbox.Select(o => o.State).Distinct().ToListAsync()));
        Assert.True(await Agree(desk));
        Assert.Equal(0, (await desk.Desk.Send(new VerifyLedger())).Problems);

        desk.Desk.Clock.SetUtcNow(At(1, 3, 18, 59, 59, 2027));
        Assert.Equal(0, await desk.Desk.Send(new Tick()));
        desk.Desk.Clock.SetUtcNow(At(1, 3, 19, year: 2027));
        Assert.Equal(1, await desk.Desk.Send(new Tick()));
        Assert.Equal(["before-21600 1", "before-21600 2"], await desk.Desk.Read(async db =>
            (await db.Alerts.OrderBy(a => a.DeadlineVersion).ToListAsync()).Select(a => $"{a.Step} {a.DeadlineVersion}")));
        var waiting = await desk.Desk.Read(db => db.Outbox.Where(o => o.State == OutboxRow.Pending).Select(o => o.Alert).Distinct().ToListAsync());
        Assert.EndsWith("before-21600.2", Assert.Single(waiting), StringComparison.Ordinal);
        await desk.Desk.Send(new NightlyRecompute());
        Assert.False(await desk.Desk.Read(db => db.Alerts.AnyAsync(a => a.Step == "row-differs")));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_report_that_is_known_at_an_earlier_time_never_learns_of_a_later_version(Engine engine)
    {
        await using var desk = await NewYearsEve(engine);
        await desk.Fault();
        desk.Desk.Clock.SetUtcNow(At(12, 31, 20));
        var (asOf, knownAt) = (Instant.Of(At(12, 31, 19, 30)), At(12, 31, 19, 30));
        var before = await desk.Desk.Report(December, Scope.Rental, asOf, knownAt);
        await desk.Record(await desk.NewYear());
        desk.Desk.Clock.Advance(ProjectAnew.Settling);
        await desk.Desk.Send(new ProjectAnew());

        Assert.Equal(before, await desk.Desk.Report(December, Scope.Rental, asOf, knownAt));
        desk.Desk.Clock.SetUtcNow(At(1, 2, 9, year: 2027));
        Assert.Equal(before, await desk.Desk.Report(December, Scope.Rental, asOf, knownAt));
        var then = Encoding.UTF8.GetString(await desk.Desk.Report(December, Scope.Rental, Instant.Of(At(1, 1, 9, year: 2027)), knownAt));
        var now = Encoding.UTF8.GetString(await desk.Desk.Report(December, Scope.Rental, Instant.Of(At(1, 1, 9, year: 2027))));
        Assert.Contains("\"outcome\":\"breached\"", then, StringComparison.Ordinal);
        Assert.Contains("\"outcome\":\"pending\"", now, StringComparison.Ordinal);
        Assert.True(await Agree(desk));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_scope_counts_only_what_is_reported_from_its_day_on(Engine engine)
    {
        await using var desk = await Open(engine);
        var before = await desk.Fault();
        var draft = await desk.Draft("rental-type", "RNT-WATER-02", "2026-05-04", ("nature", "hazard"), ("countsInIndicator", "no"));
        Assert.Equal(0, (await desk.Done(new PreviewVersion(Lead, draft))).Affected);
        await desk.Record(draft);
        desk.Desk.Clock.SetUtcNow(At(5, 4, 9));
        var (late, after) = (await desk.Fault(At(5, 3, 23, 59, 59)), await desk.Fault());
        Assert.Equal(0, await desk.Desk.Send(new ProjectAnew()));

        Assert.Equal(["rental", "rental", "rental-other"], new[] { (await desk.Row(before)).Scope, (await desk.Row(late)).Scope, (await desk.Row(after)).Scope });

        // A correction of the time chooses again.
        var asked = await desk.Done(new AskCorrection(Staff, after, Corrected.Reported, Instant.Of(At(5, 3, 22)).ToString(), "接报时间记错"));
        await desk.Done(new DecideRequest(Lead, asked.RequestId!, true, null));
        Assert.Equal("rental", (await desk.Row(after)).Scope);
        var scope = System.Text.Json.JsonDocument.Parse(await desk.Desk.Report(Period.Of(new Month(202605)), Scope.Rental)).RootElement.GetProperty("countsInIndicator");
        Assert.Contains("RNT-WATER-02@2 2026-05-04 no", scope.EnumerateArray().Select(s => s.GetString()));
        Assert.Equal(0, (await desk.Desk.Send(new VerifyLedger())).Problems);
        desk.Desk.Clock.SetUtcNow(At(5, 4, 10));
        Assert.True(await BothRoads.Agree(desk.Desk, await desk.Desk.Load(), Period.Of(new Month(202605)), Instant.Of(At(5, 4, 10)), At(5, 4, 10)));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_policy_and_a_ladder_rule_what_is_reported_from_their_day_on(Engine engine)
    {
        await using var desk = await Open(engine);
        var before = await desk.Fault();
        await desk.Record(await desk.Draft("policy", "strict", "2026-05-04", ("resolutionLimitSec", "3600")));
        await desk.Record(await desk.Draft("ladder", "default", "2026-05-04", ("steps", "resolution before 600 1 handler,on-duty\nresolution breach 0 1 handler")));
        desk.Desk.Clock.SetUtcNow(At(5, 4, 8));
        var after = await desk.Fault();
        Assert.Equal(0, await desk.Desk.Send(new ProjectAnew()));

        Assert.Equal((Instant.Of(At(5, 4, 9)), 1), (await desk.Row(before)) is var old ? (old.EffectiveDueAt!.Value, old.DeadlineVersion) : default);
        Assert.Equal((Instant.Of(At(5, 4, 9)), Instant.Of(At(5, 4, 8, 50))), (await desk.Row(after)) is var row ? (row.EffectiveDueAt!.Value, row.NextStepAt!.Value) : default);
        Assert.Equal(0, (await desk.Desk.Send(new VerifyLedger())).Problems);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_row_written_by_the_rules_before_while_the_version_was_recorded_is_projected_too(Engine engine)
    {
        await using var desk = await NewYearsEve(engine);
        var number = await desk.Fault();
        await desk.Record(await desk.NewYear());

        // The ticket goes on before the job has come to it: the change folds by the rules known now, and the job finds nothing to do.
        await desk.Done(new Note(Staff, number, "已联系房东"));
        Assert.Equal((Monday, 2), (await desk.Row(number)) is var row ? (row.EffectiveDueAt!.Value, row.DeadlineVersion) : default);
        desk.Desk.Clock.Advance(ProjectAnew.Settling);
        Assert.Equal(0, await desk.Desk.Send(new ProjectAnew()));
        Assert.Equal("1 rows, 0 moved, 0 unreadable", await desk.Desk.Read(db => db.JobPeriods.Where(p => p.Period == "official-days.2027.1").Select(p => p.Result).SingleAsync()));
    }

    [Fact]
    public async Task A_worker_that_was_killed_loses_the_version_to_another_and_many_rows_go_by_batches()
    {
        await using var desk = await NewYearsEve(Engine.Sqlite);
        var numbers = new List<string>();
        for (var i = 0; i < ProjectRows.Batch + 5; i++)
        {
            numbers.Add(await desk.Fault());
        }

        var preview = await desk.Done(new PreviewVersion(Officer, await desk.NewYear()));
        Assert.Equal((numbers.Count, 100), (preview.Affected, preview.Incidents.Count));
        await desk.Desk.Sql("UPDATE Events SET Payload = {1} WHERE Incident = {0}", Key(numbers[3]), "{");
        await desk.Record(await desk.NewYear());
        desk.Desk.Clock.Advance(ProjectAnew.Settling);
        Assert.NotNull(await desk.Desk.Send(new ClaimPeriod(ProjectAnew.Job, "official-days.2027.1")));
        Assert.Equal(0, await desk.Desk.Send(new ProjectAnew()));

        desk.Desk.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(numbers.Count - 1, await desk.Desk.Send(new ProjectAnew()));
        Assert.Equal(2, (await desk.Row(numbers[^1])).DeadlineVersion);
        Assert.Equal($"{numbers.Count} rows, {numbers.Count - 1} moved, 1 unreadable", await desk.Desk.Read(db => db.JobPeriods.Where(p => p.Period == "official-days.2027.1").Select(p => p.Result).SingleAsync()));
        Assert.Equal(Key(numbers[3]), (await desk.Desk.Read(db => db.Alerts.SingleAsync(a => a.Step == "row-differs"))).Incident);
    }

    [Fact]
    public async Task Under_a_calendar_that_counts_every_day_a_list_of_days_moves_nothing()
    {
        await using var desk = await Open(Engine.Sqlite, At(12, 31, 1));
        var number = await desk.Fault();
        Assert.Equal(0, (await desk.Done(new PreviewVersion(Officer, await desk.NewYear()))).Affected);
        await desk.Record(await desk.NewYear());
        desk.Desk.Clock.Advance(ProjectAnew.Settling);

        Assert.Equal(0, await desk.Desk.Send(new ProjectAnew()));
        Assert.Equal((Friday, 1), (await desk.Row(number)) is var row ? (row.EffectiveDueAt!.Value, row.DeadlineVersion) : default);
    }

    /// <summary>A desk whose policy has counted working days since December; it is 31 December, 01:00.</summary>
    private static async Task<RulesDesk> NewYearsEve(Engine engine)
    {
        var desk = await Open(engine, At(11, 30, 9));
        await desk.Record(await desk.Draft("policy", "strict", "2026-12-01", ("calendar", "workday24")));
        desk.Desk.Clock.SetUtcNow(At(12, 31, 1));
        Assert.Equal(0, await desk.Desk.Send(new ProjectAnew()));
        return desk;
    }

    private static async Task<bool> Agree(RulesDesk desk)
    {
        var now = desk.Desk.Clock.GetUtcNow();
        return await BothRoads.Agree(desk.Desk, await desk.Desk.Load(), December, Instant.Of(now), now);
    }
}
