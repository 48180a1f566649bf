using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Import;

/// <summary>Importing again, differently, from elsewhere, and twice at once.</summary>
public class ImportLedgerTests
{
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_same_file_again_adds_nothing(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var file = desk.Slice(400);
        var (first, refused) = await desk.Import(file);
        var before = await Everything(desk);
        desk.Clock.Advance(TimeSpan.FromHours(1));
        var (second, refusedAgain) = await desk.Import(file);

        Assert.Equal((400, 397, 0, 3), (first.Rows, first.Accepted, first.Unchanged, first.Refused));
        Assert.Equal((400, 0, 397, 3), (second.Rows, second.Accepted, second.Unchanged, second.Refused));
        Assert.Equal(refused.Select(r => (r.Record.Line, r.Error)), refusedAgain.Select(r => (r.Record.Line, r.Error)));
        Assert.Equal(before, await Everything(desk));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_same_ledger_in_another_encoding_is_unchanged(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Import(Ledgers.Sample);
        var (again, _) = await desk.Import(Ledgers.SampleGb18030);

        Assert.Equal((6_000, 0, 5_980, 20), (again.Rows, again.Accepted, again.Unchanged, again.Refused));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_file_that_goes_on_where_another_ended_adds_the_rest(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Import(desk.Slice(250));
        var (done, _) = await desk.Import(desk.Slice(450));

        Assert.Equal((450, 199, 248), (done.Rows, done.Accepted, done.Unchanged));
        await NoGap(desk, 447);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_number_with_other_content_is_refused_and_changes_nothing(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var record = Ledgers.Records()[0];
        await desk.Import(desk.Write([record]));
        var before = await Everything(desk);

        foreach (var (column, value) in new[] { ("办结时间", "2025-02-20 20:17:35"), ("联系电话", "13800000000"), ("处理说明", "已修好"), ("处理人", "陈工"), ("严重程度", "") })
        {
            var (done, refused) = await desk.Import(desk.Write([record.With(column, value)]));
            Assert.Equal((1, 0, 0, 1), (done.Rows, done.Accepted, done.Unchanged, done.Refused));
            Assert.Equal("duplicate_external_no", refused.Single().Error);
        }

        Assert.Equal(before, await Everything(desk));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_time_written_in_another_way_is_the_same_content(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var record = Ledgers.Records()[0].With("接报时间", "2025-02-19 20:17:34");
        await desk.Import(desk.Write([record]));
        var (done, _) = await desk.Import(desk.Write([record.With("接报时间", "2025-02-19T20:17:34+08:00")]));

        Assert.Equal((1, 0, 1), (done.Rows, done.Accepted, done.Unchanged));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_numbers_of_two_sources_do_not_meet(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var file = desk.Slice(100);
        await desk.Import(file, "a");
        var (done, _) = await desk.Import(file, "b");

        Assert.Equal((100, 100, 0), (done.Rows, done.Accepted, done.Unchanged));
        await NoGap(desk, 200);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Numbers_that_differ_in_case_only_are_two_numbers(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var record = Ledgers.Records()[0];
        var (done, _) = await desk.Import(desk.Write([record.With("原编号", "a-1"), record.With("原编号", "A-1")]));

        Assert.Equal(2, done.Accepted);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_first_good_line_with_a_number_is_kept_and_a_refused_line_does_not_use_it_up(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var record = Ledgers.Records()[0];
        var (done, refused) = await desk.Import(desk.Write([record.With("镇街代码", "0"), record, record, record.With("标题", "另一件")]));

        Assert.Equal((4, 1, 3), (done.Rows, done.Accepted, done.Refused));
        Assert.Equal(
            [(2, "unknown_town"), (4, "duplicate_external_no"), (5, "duplicate_external_no")],
            refused.Select(r => (r.Record.Line, r.Error)));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Two_imports_of_one_file_at_once_import_every_ticket_once(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var file = desk.Slice(1_200);
        var refused = (await OnOtherDesk(engine, file)).Refused;
        var done = await Task.WhenAll(
            Task.Run(() => desk.Import(file)), Task.Run(() => desk.Import(file, process: desk.Process())));

        Assert.All(done, d => Assert.Equal((1_200, refused), (d.Done.Rows, d.Done.Refused)));
        Assert.Equal(1_200 - refused, done.Sum(d => d.Done.Accepted));
        await NoGap(desk, 1_200 - refused);
        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Two_ledgers_of_the_same_days_imported_at_once_are_both_imported_whole(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var file = desk.Slice(1_200);
        var done = await Task.WhenAll(
            Task.Run(() => desk.Import(file, "a")), Task.Run(() => desk.Import(file, "b", desk.Process())));

        Assert.Equal(done[0].Done, done[1].Done);
        await NoGap(desk, done[0].Done.Accepted * 2);
        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);
    }

    private static async Task<(int Accepted, int Refused)> OnOtherDesk(Engine engine, string file)
    {
        await using var desk = await TestDesk.Open(engine);
        var (done, _) = await desk.Import(file);
        return (done.Accepted, done.Refused);
    }

    private static async Task NoGap(TestDesk desk, int tickets)
    {
        var inputs = new ReportInputs(new Period(new Month(202401), new Month(202612)), Scope.Rental, Instant.Never, DateTimeOffset.MaxValue);
        var days = await desk.Read(db => Continuity.Read(db, "BY", inputs, [], CancellationToken.None));
        Assert.All(days, day => Assert.True(day.Complete, day.ToString()));
        Assert.Equal(tickets, days.Sum(d => d.Count));
    }

    /// <summary>What the ledger holds, in one string.</summary>
    private static Task<string> Everything(TestDesk desk) => desk.Read(async db => string.Join('\n',
        string.Join(' ', await db.Events.OrderBy(e => e.Incident).ThenBy(e => e.Seq).Select(e => e.Hash).ToListAsync()),
        string.Join(' ', await db.Texts.OrderBy(t => t.Incident).ThenBy(t => t.Seq).ThenBy(t => t.Field).Select(t => t.Value).ToListAsync()),
        string.Join(' ', await db.Incidents.OrderBy(i => i.Key).Select(i => i.Key + "/" + i.LastSeq + "/" + i.ContentHash).ToListAsync()),
        string.Join(' ', await db.DayCounters.OrderBy(c => c.Day).Select(c => c.Day + "/" + c.Last).ToListAsync())));
}
