using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace IncidentDesk.Tests.Evidence;

/// <summary>Whatever is changed behind the product's back is found, and named by its incident.</summary>
public class VerifyLedgerTests
{
    // What the source sent stands in no event: its hash is only there to know the same line again, and salt and hash say nothing that a report reads.
    // Versions and the next step are the ladder's memory, which no verdict reads; the nightly run looks at the next step.
    private static readonly string[] NotFound =
        ["Incidents.ContentSalt", "Incidents.ContentHash", "Incidents.DeadlineVersion", "Incidents.ResponseVersion", "Incidents.NextStepAt"];

    private static readonly string[] Tables = ["Events", "Texts", "Incidents", "DayCounters"];

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_clean_ledger_has_no_problem_and_every_part_of_it_was_looked_at(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Import(desk.Slice(1_100));
        var seen = 0L;
        var verified = await desk.Send(new VerifyLedger(n => seen = n));

        Assert.Equal((0, 0), (verified.Problems, verified.Named.Count));
        Assert.Equal(
            await desk.Read(async db => (await db.Incidents.LongCountAsync(), await db.Events.LongCountAsync(), await db.Texts.LongCountAsync())),
            (verified.Incidents, verified.Events, verified.Texts));
        Assert.Equal(verified.Incidents, seen);
        Assert.True(verified.Incidents > 1_000, "more than a page");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_change_in_any_column_of_events_texts_incidents_and_counters_is_found_and_named(Engine engine)
    {
        await using var desk = await Open(engine);
        var (columns, missed) = (0, new List<string>());
        foreach (var (table, column) in await Columns(desk))
        {
            columns++;
            var victim = await Victim(desk);
            var undo = await Change(desk, table, column, victim);
            var verified = await desk.Send(new VerifyLedger());
            if (NotFound.Contains($"{table}.{column.Name}") ? verified.Problems != 0 : !Names(verified, victim, $"{table}.{column.Name}"))
            {
                missed.Add($"{table}.{column.Name}: {string.Join("; ", verified.Named)}");
            }

            await undo();
        }

        Assert.Empty(missed);
        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);
        Assert.True(columns >= 40, $"{columns} columns");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_deleted_event_is_found(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        var last = await desk.Read(db => db.Events.Where(e => e.Incident == victim.Key).MaxAsync(e => e.Seq));
        for (var seq = last; seq >= 1; seq--)
        {
            // From the end to the beginning: first the tail that no later event holds, in the end all of them.
            await desk.Sql("DELETE FROM \"Texts\" WHERE \"Incident\" = {0} AND \"Seq\" = {1}", victim.Key, seq);
            await desk.Sql("DELETE FROM \"Events\" WHERE \"Incident\" = {0} AND \"Seq\" = {1}", victim.Key, seq);
            await Finds(desk, victim, seq > 1 ? "row_differs" : "no_events");
        }
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task An_event_deleted_from_the_middle_is_missing(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        await desk.Sql("DELETE FROM \"Events\" WHERE \"Incident\" = {0} AND \"Seq\" = 2", victim.Key);
        await Finds(desk, victim, "event_missing");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_deleted_text_is_missing(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        await desk.Sql("DELETE FROM \"Texts\" WHERE \"Incident\" = {0} AND \"Field\" = 'reporterPhone'", victim.Key);
        await Finds(desk, victim, "text_missing");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_text_that_was_added_belongs_to_no_event(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        await desk.Sql("INSERT INTO \"Texts\" (\"Incident\", \"Seq\", \"Field\", \"Value\") VALUES ({0}, 2, 'title', 'x')", victim.Key);
        await Finds(desk, victim, "text_unknown");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_text_that_was_blanked_without_a_record_of_it_is_found(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        await desk.Sql("UPDATE \"Texts\" SET \"Salt\" = NULL, \"Value\" = NULL WHERE \"Incident\" = {0} AND \"Field\" = 'reporterName'", victim.Key);
        await Finds(desk, victim, "text_changed");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_text_that_was_erased_on_record_leaves_the_ledger_clean(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        await desk.Send(new WriteEvents(await desk.Load(), new RecordedEvent(
            victim, desk.Clock.GetUtcNow(), EventToWrite.Of(Instant.Of(desk.Clock.GetUtcNow()), new TextErased(1, "reporterName")))));
        await Finds(desk, victim, "text_not_gone");
        await desk.Sql("UPDATE \"Texts\" SET \"Salt\" = NULL, \"Value\" = NULL WHERE \"Incident\" = {0} AND \"Field\" = 'reporterName'", victim.Key);
        await Finds(desk, victim, "content_not_gone");
        await desk.Sql("UPDATE \"Incidents\" SET \"ContentSalt\" = NULL, \"ContentHash\" = NULL WHERE \"Key\" = {0}", victim.Key);

        Assert.Empty((await desk.Send(new VerifyLedger())).Named);
        await desk.Sql("UPDATE \"Texts\" SET \"Salt\" = NULL, \"Value\" = NULL WHERE \"Incident\" = {0} AND \"Field\" = 'reporterPhone'", victim.Key);
        await Finds(desk, victim, "text_changed");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task An_incident_deleted_with_all_that_belongs_to_it_leaves_a_gap(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        Assert.True(await desk.Read(db => db.Incidents.AnyAsync(i => i.Key == victim.Key + 1)), "there is a later one that day");
        await Delete(desk, victim);

        var gap = Assert.Single((await desk.Send(new VerifyLedger())).Named);
        Assert.Equal(("number_gap", victim.Day), (gap.Code, Parse(gap.Incident).Day));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_last_incident_of_a_day_deleted_with_all_that_belongs_to_it_leaves_a_gap(Engine engine)
    {
        await using var desk = await Open(engine);
        var first = await Victim(desk);
        var day = first.Key / 1_000_000;
        var last = new IncidentNumber("BY", await desk.Read(db => db.Incidents.Where(i => i.Key / 1_000_000 == day).MaxAsync(i => i.Key)));
        await Delete(desk, last);

        var gap = Assert.Single((await desk.Send(new VerifyLedger())).Named);
        Assert.Equal(("number_gap", last.Day), (gap.Code, Parse(gap.Incident).Day));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_whole_day_deleted_leaves_a_gap(Engine engine)
    {
        await using var desk = await Open(engine);
        var day = (await Victim(desk)).Key / 1_000_000;
        foreach (var key in await desk.Read(db => db.Incidents.Where(i => i.Key / 1_000_000 == day).Select(i => i.Key).ToListAsync()))
        {
            await Delete(desk, new IncidentNumber("BY", key));
        }

        var gap = Assert.Single((await desk.Send(new VerifyLedger())).Named);
        Assert.Equal(("number_gap", day), (gap.Code, Parse(gap.Incident).Key / 1_000_000));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task An_event_that_was_inserted_is_found(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        var last = await desk.Read(db => db.Events.Where(e => e.Incident == victim.Key).MaxAsync(e => e.Seq));
        await Insert(desk, victim.Key, last + 1);
        await Finds(desk, victim, "chain_broken");
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task An_event_of_an_incident_that_does_not_exist_is_found(Engine engine)
    {
        await using var desk = await Open(engine);
        await Insert(desk, 20300101_000001, 1);
        Assert.Equal("events_without_incident", Assert.Single((await desk.Send(new VerifyLedger())).Named).Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_text_of_an_incident_that_does_not_exist_is_found(Engine engine)
    {
        await using var desk = await Open(engine);
        var between = await desk.Read(db => db.Incidents.MinAsync(i => i.Key)) - 1;
        foreach (var incident in new[] { between + 100_000, 20300101_000001 })
        {
            await desk.Sql("INSERT INTO \"Texts\" (\"Incident\", \"Seq\", \"Field\", \"Value\") VALUES ({0}, 1, 'title', 'x')", incident);
            Assert.Equal("texts_without_incident", Assert.Single((await desk.Send(new VerifyLedger())).Named).Code);
            await desk.Sql("DELETE FROM \"Texts\" WHERE \"Incident\" = {0}", incident);
        }
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task An_event_whose_whole_chain_was_recomputed_with_other_facts_no_longer_fits_its_row(Engine engine)
    {
        await using var desk = await Open(engine);
        var victim = await Victim(desk);
        var installation = (await desk.Load()).Installation.Id;
        var stream = await desk.Read(db => db.Events.AsNoTracking().Where(e => e.Incident == victim.Key).OrderBy(e => e.Seq).ToListAsync());
        var hash = EventChain.Genesis;
        foreach (var e in stream)
        {
            var at = e.Type == "resolved" ? e.EffectiveAt.Plus(-3_600) : e.EffectiveAt;
            hash = EventChain.Hash(new Envelope(
                installation, victim.ToString(), e.Seq, e.Type, e.SchemaVersion, at, e.RecordedAt, e.ActorId, e.ActorName, e.Via, e.Payload), hash);
            await desk.Read(db => db.Events.Where(x => x.Incident == e.Incident && x.Seq == e.Seq)
                .ExecuteUpdateAsync(x => x.SetProperty(r => r.EffectiveAt, at).SetProperty(r => r.Hash, hash)));
        }

        await Finds(desk, victim, "row_differs");
    }

    private static async Task<TestDesk> Open(Engine engine)
    {
        var desk = await TestDesk.Open(engine);
        await desk.Import(desk.Slice(300));
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        return desk;
    }

    /// <summary>A ticket with a response and a resolve, the first of a day that has more.</summary>
    private static async Task<IncidentNumber> Victim(TestDesk desk)
    {
        var later = await desk.Read(db => db.Incidents.Where(i => i.Key % 500_000 == 2 && i.Building != null).Select(i => i.Key - 1).ToListAsync());
        return new IncidentNumber("BY", await desk.Read(db => db.Incidents
            .Where(i => later.Contains(i.Key) && i.ExcludedAs == null && i.Building != null && i.LastSeq >= 3).OrderBy(i => i.Key).Select(i => i.Key).FirstAsync()));
    }

    private static async Task Finds(TestDesk desk, IncidentNumber victim, string code)
    {
        var verified = await desk.Send(new VerifyLedger());
        Assert.Contains((victim.ToString(), code), verified.Named.Select(p => (p.Incident, p.Code)));
        Assert.Equal(verified.Problems, verified.Named.Count);
    }

    /// <summary>Named by its number; a counter by its day, and so a row under another number, which leaves a gap where it stood.</summary>
    private static bool Names(Verification verified, IncidentNumber victim, string column) =>
        column.StartsWith("DayCounters.", StringComparison.Ordinal) || column == "Incidents.Key"
            ? verified.Named.Any(p => p.Code == "number_gap" && Parse(p.Incident).Day == victim.Day)
            : verified.Named.Any(p => p.Incident == victim.ToString());

    private static IncidentNumber Parse(string number) =>
        IncidentNumber.TryParse("BY", number, out var parsed) ? parsed : throw new FormatException(number);

    private static async Task Delete(TestDesk desk, IncidentNumber number)
    {
        await desk.Sql("DELETE FROM \"Texts\" WHERE \"Incident\" = {0}", number.Key);
        await desk.Sql("DELETE FROM \"Events\" WHERE \"Incident\" = {0}", number.Key);
        await desk.Sql("DELETE FROM \"Incidents\" WHERE \"Key\" = {0}", number.Key);
    }

    private static Task<int> Insert(TestDesk desk, long incident, int seq) => desk.Sql(
        """
        INSERT INTO "Events" ("Incident", "Seq", "Type", "SchemaVersion", "EffectiveAt", "RecordedAt", "ActorId", "ActorName", "Via", "Payload", "Hash")
        SELECT {0}, {1}, 'noted', 1, "EffectiveAt", "RecordedAt", 'p0', 'x', 'page', '{{}}', "Hash" FROM "Events" WHERE "Incident" = (SELECT MIN("Incident") FROM "Events") AND "Seq" = 1
        """,
        incident, seq);

    private static Task<List<(string Table, IColumn Column)>> Columns(TestDesk desk) => desk.Read(db => Task.FromResult(
        db.Model.GetRelationalModel().Tables.Where(t => Tables.Contains(t.Name)).SelectMany(t => t.Columns.Select(c => (t.Name, c))).ToList()));

    /// <summary>Gives one column of the victim another value, as somebody with the database's password could; what it returns undoes it.</summary>
    private static async Task<Func<Task>> Change(TestDesk desk, string table, IColumn column, IncidentNumber victim)
    {
        var where = table switch
        {
            "Events" => $"\"Incident\" = {victim.Key} AND \"Seq\" = 2",
            "Texts" => $"\"Incident\" = {victim.Key} AND \"Seq\" = 1 AND \"Field\" = 'reporterPhone'",
            "Incidents" => $"\"Key\" = {victim.Key}",
            _ => $"\"Day\" = {victim.Key / 1_000_000} AND \"Imported\" = 1",
        };
        var key = column.Table.PrimaryKey!.Columns.Contains(column);
        var change = column.StoreType.ToUpperInvariant() switch
        {
            "BYTEA" or "BLOB" or "VARBINARY(32)" => desk.Engine switch
            {
                Engine.Sqlite => "x'00'", Engine.PostgreSql => "'\\x00'::bytea", _ => "0x00",
            },
            var type when column.PropertyMappings[0].Property.GetTypeMapping().Converter?.ProviderClrType == typeof(DateTime) => type == "TEXT"
                ? $"'{(column.Name == "RecordedAt" ? "2026-02-14 15:59:59.123" : "2024-12-31 01:02:03")}'"
                : $"CAST('2024-12-31 01:02:03' AS {column.StoreType})",
            var type when type.Contains("CHAR", StringComparison.Ordinal) || (type == "TEXT" && column.PropertyMappings[0].Property.ClrType == typeof(string)) =>
                $"'changed{column.Name}'",
            _ => key ? $"\"{column.Name}\" + 40" : "8888",
        };
        var (rows, copy) = await Keep(desk, table);
        Assert.Equal(1, await desk.Sql($"UPDATE \"{table}\" SET \"{column.Name}\" = {change} WHERE {where}"));
        return async () =>
        {
            await desk.Sql($"DELETE FROM \"{table}\"");
            await desk.Sql($"INSERT INTO \"{table}\" SELECT * FROM {copy}");
            await desk.Sql($"DROP TABLE {copy}");
            Assert.Equal(rows, await desk.Read(db => Count(db, table)));
        };
    }

    /// <summary>A copy of the table as it stands.</summary>
    private static async Task<(long Rows, string Copy)> Keep(TestDesk desk, string table)
    {
        var copy = $"copy_{table.ToLower(CultureInfo.InvariantCulture)}";
        await desk.Sql(desk.Engine == Engine.SqlServer ? $"SELECT * INTO {copy} FROM \"{table}\"" : $"CREATE TABLE {copy} AS SELECT * FROM \"{table}\"");
        return (await desk.Read(db => Count(db, table)), copy);
    }

    private static async Task<long> Count(DeskDb db, string table) => table switch
    {
        "Events" => await db.Events.LongCountAsync(),
        "Texts" => await db.Texts.LongCountAsync(),
        "Incidents" => await db.Incidents.LongCountAsync(),
        _ => await db.DayCounters.LongCountAsync(),
    };
}
