using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Privacy;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using IncidentDesk.Tests.Keeping;
using IncidentDesk.Tests.Reports;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Privacy;

/// <summary>Texts go when they are due, on record, and nothing that a report says of a ticket changes by it.</summary>
public sealed class EraseTextsTests
{
    private static readonly Period February = Period.Of(new Month(202602));
    private static readonly Caller All = new(new Actor("li", "李师傅"), new HashSet<Role> { Role.Staff, Role.Handler, Role.Approver }, "api");
    private static readonly Caller Second = new(new Actor("wang", "王值班长"), new HashSet<Role> { Role.Approver }, "api");

    [Theory]
    [InlineData("2026-02-15 10:00:00", 24, "2028-02-15 10:00:00")]
    [InlineData("2026-08-31 23:59:59", 6, "2027-02-28 23:59:59")]
    [InlineData("2027-08-31 00:00:00", 6, "2028-02-29 00:00:00")]
    [InlineData("2028-02-29 12:00:00", 600, "2078-02-28 12:00:00")]
    public void Months_are_counted_on_the_wall_clock(string over, int months, string due) => Assert.Equal(
        due, Zone.Shanghai.Local(EraseTexts.DueAt(Zone.Shanghai.At(DateTime.Parse(over)), months, Zone.Shanghai)).ToString("yyyy-MM-dd HH:mm:ss"));

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Texts_of_resolved_void_and_merged_tickets_go_to_the_second_and_no_verdict_figure_or_byte_changes(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var resolved = await Log(desk, "GZ-1", new ResolveNow("fixed_on_site", Handling: "更换水管"));
        Assert.Null((await desk.Send(new Note(All, resolved, "林先生来电"))).Refused);
        var open = await Log(desk, "GZ-2");
        var reopened = await Log(desk, "GZ-3", new ResolveNow("fixed_on_site"));
        var annulled = await Log(desk, "GZ-4");
        var duplicate = await Log(desk, "GZ-5");
        desk.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Null((await desk.Send(new Reopen(All, reopened, Reopened.NotFixed, null, "又漏"))).Refused);
        await Approve(desk, new AskVoid(All, annulled, "test", "演练"));
        await Approve(desk, new AskMerge(All, duplicate, open, "同一处"));
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        var known = desk.Clock.GetUtcNow();
        desk.Clock.Advance(TimeSpan.FromSeconds(10));
        var before = await Reports(desk, known);

        // The resolved one to its second; the others two days later.
        desk.Clock.SetUtcNow(TestDesk.Opening.AddMonths(24).AddSeconds(-1));
        long[] keys = [.. new[] { resolved, open, reopened, annulled, duplicate }.Select(Key)];
        Assert.Equal(new ErasedTexts(0, 0), await desk.Send(new EraseTextsOf(keys)));
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new ErasedTexts(1, 8), await desk.Send(new EraseTextsOf(keys)));
        desk.Clock.Advance(TimeSpan.FromDays(2) + TimeSpan.FromHours(4));
        Assert.Equal(2, await desk.Send(new EraseTexts()));

        foreach (var (number, gone) in new[] { (resolved, true), (open, false), (reopened, false), (annulled, true), (duplicate, true) })
        {
            var key = Key(number);
            var texts = await desk.Read(db => db.Texts.Where(t => t.Incident == key).ToListAsync());
            var row = await desk.Read(db => db.Incidents.SingleAsync(i => i.Key == key));
            Assert.All(texts, t => Assert.Equal(gone, t.Value is null && t.Salt is null));
            Assert.Equal(gone, row.ContentSalt is null && row.ContentHash is null);
            var erasures = await desk.Read(db => db.Events.Where(e => e.Incident == key && e.Type == "text_erased").ToListAsync());
            Assert.Equal(gone ? texts.Count : 0, erasures.Count);
            Assert.All(erasures, e => Assert.Equal(("product:erase-texts", "system"), (e.ActorId, e.Via)));
        }

        Assert.Empty((await desk.Send(new VerifyLedger())).Named);
        Assert.Equal(before, await Reports(desk, known));
        var (loaded, now) = (await desk.Load(), desk.Clock.GetUtcNow());
        Assert.True(await BothRoads.Agree(desk, loaded, February, Instant.Of(now), now), "rows answer at a later as-of");
        Assert.False(await BothRoads.Agree(desk, loaded, February, Instant.Of(known), known), "events answer for what was known before");
        Assert.Equal(Figures(before[1]), Figures((await Reports(desk, known, now))[1]));
        Assert.True((await desk.Send(new ReadIncident(All, resolved))).Value!.Texts[1].All(t => t.Value is null));

        // Nothing is left to do, and another day's walk finds nothing.
        var events = await desk.Read(db => db.Events.CountAsync());
        desk.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal(0, await desk.Send(new EraseTexts()));
        Assert.Equal(events, await desk.Read(db => db.Events.CountAsync()));

        // A source that sends it once more is told which ticket it is; that it says the same cannot be told any more.
        var again = (await desk.Send(Fault("GZ-1"))).Refused!;
        Assert.Equal("duplicate_external_no", again.Code);
        Assert.Contains($"{resolved}；其文字已到期清除", again.Zh, StringComparison.Ordinal);
        Assert.True((await desk.Send(Fault("GZ-2"))).Value!.Known);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Imported_tickets_are_due_by_the_ledgers_times_and_what_does_not_fit_is_told_and_stops_nobody(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var file = desk.Slice(130);
        await desk.Import(file);
        var keys = await desk.Read(db => db.Incidents.OrderBy(i => i.Key).Select(i => i.Key).ToListAsync());
        var (first, changed) = (keys[0], keys[1]);
        Assert.True(keys.Count > EraseTextsOf.Batch, "more than a batch");
        Assert.False(await desk.Read(db => db.Incidents.AnyAsync(i => i.ResolvedAt == null && i.ExcludedAs == null)), "all of them are over");
        await desk.Sql("UPDATE \"Texts\" SET \"Value\" = 'x' WHERE \"Incident\" = {0} AND \"Field\" = 'title'", changed);

        // A Monday two years after the last of them: the whole of the past. The one that was changed by hand is evidence and stays.
        desk.Clock.SetUtcNow(new DateTimeOffset(2028, 2, 28, 4, 0, 0, TimeSpan.FromHours(8)));
        Assert.Equal(keys.Count - 1, await desk.Send(new EraseTexts()));
        Assert.Equal("text_changed", Assert.Single((await desk.Send(new VerifyLedger())).Named).Code);
        Assert.Equal([changed], await desk.Read(db => db.Texts.Where(t => t.Value != null).Select(t => t.Incident).Distinct().ToListAsync()));
        var told = Assert.Single(await desk.Read(db => db.Alerts.Where(a => a.Timer == AlertRow.Watch).ToListAsync()));
        Assert.Equal((changed, "cannot-erase"), (told.Incident, told.Step));
        Assert.Contains("text_changed", told.En, StringComparison.Ordinal);
        var done = (await desk.Read(db => db.JobPeriods.SingleAsync(p => p.Job == EraseTexts.Weekly))).Result!;
        Assert.Equal(($"{keys.Count - 1} incidents", "1 bad"), (done.Split(", ")[0], done.Split(", ")[2]));

        // Put back, a text is found, and not taken away again in silence.
        await desk.Sql("UPDATE \"Texts\" SET \"Value\" = '林先生' WHERE \"Incident\" = {0} AND \"Field\" = 'title'", first);
        Assert.Contains("text_not_gone", (await desk.Send(new VerifyLedger())).Named.Select(p => p.Code));
        await Assert.ThrowsAsync<InvalidDataException>(() => desk.Send(new EraseTextsOf([first])));

        // The same ledger again adds nothing: all but the line that was not erased cannot be compared any more.
        var (again, refused) = await desk.Import(file);
        Assert.Equal((0, 1, keys.Count - 1), (again.Accepted, again.Unchanged, refused.Count(r => r.Error == "duplicate_external_no")));

        // What came after the week was walked waits for the next one, unless it is of the months that fall due.
        await desk.Import(desk.Write([Ledgers.Records()[0].With("原编号", "L-1")]), "later");
        desk.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await desk.Send(new EraseTexts()));
        desk.Clock.Advance(TimeSpan.FromDays(6));
        Assert.Equal(1, await desk.Send(new EraseTexts()));
    }

    [Fact]
    public async Task A_backup_of_before_brings_texts_back_until_the_next_run_and_one_of_after_is_clean()
    {
        var place = Directory.CreateTempSubdirectory("desk-erase-");
        try
        {
            await using var desk = await TestDesk.Open(Engine.Sqlite);
            await Log(desk, "GZ-1", new ResolveNow("fixed_on_site"));
            var before = (await desk.Send(new TakeBackup(place.FullName))).Value!.Backup;
            desk.Clock.SetUtcNow(TestDesk.Opening.AddMonths(24).AddHours(4));
            Assert.Equal(1, await desk.Send(new EraseTexts()));
            Assert.Equal(0, await desk.Send(new EraseTexts()));
            // Nor do the words stand in what the file has free.
            await desk.Sql("PRAGMA wal_checkpoint(TRUNCATE)");
            var file = await File.ReadAllBytesAsync(Path.Combine(desk.Database.Settings.DataFolder, "desk.db"));
            Assert.Equal(-1, file.AsSpan().IndexOf("13800001234"u8));
            var after = (await desk.Send(new TakeBackup(place.FullName))).Value!.Backup;
            Assert.Empty((await CheckBackup.Run(desk.Database.Settings, after, CancellationToken.None)).Found!.Named);

            var folder = Path.Combine(place.FullName, "restored");
            var settings = desk.Database.Settings with { DataFolder = folder, FilesFolder = Path.Combine(folder, "files") };
            Assert.Null((await RestoreDesk.Run(settings, before, ["none"], CancellationToken.None)).Refused);
            await using var never = desk.Process(settings with { EraseAfterMonths = 0 });
            Assert.Equal(0, await never.SendAlone(new EraseTexts()));
            await using var longer = desk.Process(settings with { EraseAfterMonths = 25 });
            Assert.Equal(new ErasedTexts(0, 0), await longer.SendAlone(new EraseTextsOf([20260215_000001])));
            await using var restored = desk.Process(settings);
            Assert.Equal(1, await restored.SendAlone(new EraseTexts()));
            Assert.Equal(0, (await restored.SendAlone(new VerifyLedger())).Problems);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            place.Delete(recursive: true);
        }
    }

    [Theory, OnPostgreSql, OnSqlServer]
    public async Task A_ledger_with_erased_texts_is_copied_to_a_server_engine_and_verifies_there(Engine engine)
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        await Log(desk, "GZ-1", new ResolveNow("fixed_on_site"));
        desk.Clock.SetUtcNow(TestDesk.Opening.AddMonths(24).AddHours(4));
        Assert.Equal(1, await desk.Send(new EraseTexts()));
        await using var database = await TestDatabase.Create(engine);
        Assert.Null((await CopyDesk.Between(desk.Database.Settings, database.Settings, desk.Clock, (_, _) => { }, CancellationToken.None)).Refused);
        await using var target = desk.Process(database.Settings);
        Assert.Equal((0, 6), (await target.SendAlone(new VerifyLedger())) is var v ? (v.Problems, v.Texts) : default);
        Assert.Equal(0, await target.SendAlone(new EraseTexts()));
    }

    private static LogFault Fault(string externalNo, ResolveNow? resolve = null) => new(
        All, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", "301", "phone", null, "12345", externalNo, null, Instant.Of(TestDesk.Opening), "漏水", "厨房水管",
        "林先生", "13800001234", null, null, resolve);

    private static async Task<string> Log(TestDesk desk, string externalNo, ResolveNow? resolve = null)
    {
        var outcome = await desk.Send(Fault(externalNo, resolve));
        Assert.Null(outcome.Refused);
        return outcome.Value!.Number;
    }

    private static async Task Approve(TestDesk desk, MediatR.IRequest<IncidentDesk.Pipeline.Outcome<IncidentChanged>> ask)
    {
        var asked = await desk.Send(ask);
        Assert.Null(asked.Refused);
        Assert.Null((await desk.Send(new DecideRequest(Second, asked.Value!.RequestId!, true, null))).Refused);
    }

    private static long Key(string number) => IncidentNumber.TryParse("BY", number, out var parsed) ? parsed.Key : throw new FormatException(number);

    /// <summary>February of each scope, as JSON and as CSV, read at an instant before any erasure.</summary>
    private static async Task<List<string>> Reports(TestDesk desk, DateTimeOffset at, DateTimeOffset? knownAt = null)
    {
        var bytes = new List<string>();
        foreach (var scope in Scope.All)
        {
            foreach (var format in Enum.GetValues<ReportFormat>())
            {
                bytes.Add(System.Text.Encoding.UTF8.GetString(await desk.Report(February, scope, Instant.Of(at), knownAt ?? at, format)));
            }
        }

        return bytes;
    }

    private static IEnumerable<string> Figures(string csv) => csv.Split('\n').Where(l => !l.StartsWith("header,", StringComparison.Ordinal));
}
