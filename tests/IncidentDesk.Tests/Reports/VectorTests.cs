using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using IncidentDesk.Reference;
using IncidentDesk.Replay;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Reports;

/// <summary>Every vector that the product can hold, written event by event through the journal in order of recording: the product reads what the vector expects.</summary>
public class VectorTests
{
    private static readonly Period Ever = new(new Month(201501), new Month(203512));

    [Theory]
    [OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_product_reads_every_vector_that_it_can_hold_as_the_vector_says(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var (held, answered, wrong) = (0, 0, new List<string>());
        foreach (var policy in Vectors().GroupBy(v => v.Vector.Policy))
        {
            var rules = await UnderPolicy(desk, policy.Key);
            foreach (var (vector, zone, expected) in policy)
            {
                if (await VectorOnDesk.Write(desk, rules, vector, zone) is { } written)
                {
                    held++;
                    await ReadsAsExpected(desk, rules, vector, written, expected, wrong);
                    answered += await RowsAgree(desk, rules, written);
                }
            }
        }

        Assert.Empty(wrong);

        // Of the 264 with this clock start and no error; the other eight are merges that no desk could have approved.
        Assert.Equal(256, held);
        Assert.True(answered > held / 4, $"the rows answered {answered} times only");
    }

    /// <summary>The vectors whose clock starts where the product's does, and that are not refused.</summary>
    private static List<(VectorFile.Vector Vector, Zone Zone, JsonNode Expected)> Vectors()
    {
        var vectors = new List<(VectorFile.Vector, Zone, JsonNode)>();
        foreach (var name in new[] { "vectors.json", "vectors-more.json" })
        {
            using var stream = File.OpenRead(Ledgers.Data(name));
            var (file, refused) = VectorFile.Read(stream);
            Assert.Null(refused);
            using (file)
            {
                var expected = JsonNode.Parse(File.ReadAllText(Ledgers.Data(name)))!["vectors"]!.AsArray().ToDictionary(v => v!["id"]!.GetValue<string>(), v => v!["expected"]!);
                vectors.AddRange(file!.Vectors.Where(v => v.Policy.ClockStart == ClockStart.Reported && expected[v.Id]["error"] is null)
                    .Select(v => (v, file.Zone, expected[v.Id])));
            }
        }

        return vectors;
    }

    /// <summary>Makes a policy the only one that the ledger ever had.</summary>
    private static async Task<Desk> UnderPolicy(TestDesk desk, SlaPolicy policy)
    {
        await desk.Sql("DELETE FROM \"ReferenceData\" WHERE \"List\" = 'policy'");
        await desk.Read(db =>
        {
            db.References.Add(ShippedRows.Policy(policy));
            return db.SaveChangesAsync();
        });
        return await desk.Load();
    }

    private static async Task ReadsAsExpected(TestDesk on, Desk desk, VectorFile.Vector vector, VectorOnDesk written, JsonNode expected, List<string> wrong)
    {
        var rules = desk.Reference.Rules.KnownAt(written.AsOf.ToUtc());
        var tallies = await on.Read(db => BothRoads.Fold(db, desk, Ever, written.AsOf, written.AsOf.ToUtc()));
        var events = (await on.Read(db => db.Events.AsNoTracking().OrderBy(e => e.Seq).ToListAsync())).ToLookup(e => e.Incident);
        foreach (var (no, number) in written.Numbers)
        {
            var ticket = ReportFold.Read(number, events[number.Key].ToList().Entries(), desk, rules, written.AsOf, written.AsOf.ToUtc());
            Same($"{vector.Id} {no}", expected["tickets"]![no], ticket is null ? null : Json(json =>
            {
                json.WriteStartObject();
                json.WriteVerdict(ticket.Facts.Clock, ticket.Reading, desk.Zone, ticket.Policy);
                json.WriteEndObject();
            }));
        }

        if (expected["monthsByKind"] is { } byKind)
        {
            foreach (var (kind, months) in byKind.AsObject())
            {
                Figures($"{vector.Id} {kind}", months!, scope => (scope == Scope.System) == (kind == Scope.System));
            }
        }

        Figures(vector.Id, expected["months"]!, _ => true);

        void Figures(string what, JsonNode months, Func<string, bool> of)
        {
            var counted = tallies.Where(t => of(t.Key.Scope)).GroupBy(t => t.Key.Month).ToDictionary(g => g.Key, g => g.Aggregate(default(Tally), (sum, t) => sum + t.Value));
            foreach (var (name, figures) in months.AsObject())
            {
                Assert.True(Month.TryParse(name, out var month));
                Same($"{what} {name}", figures, Json(json =>
                {
                    json.WriteStartObject();
                    json.WriteFigures("f", new MonthFigures(counted.GetValueOrDefault(month), vector.Policy.Weight));
                    json.WriteEndObject();
                })["f"]);
                counted.Remove(month);
            }

            Assert.Empty(counted);
        }

        void Same(string what, JsonNode? expects, JsonNode? reads)
        {
            if (!JsonNode.DeepEquals(expects, reads))
            {
                wrong.Add($"{what}: expected {expects?.ToJsonString()}, read {reads?.ToJsonString()}");
            }
        }
    }

    /// <summary>How often the rows answered; each time they agreed with the events.</summary>
    private static async Task<int> RowsAgree(TestDesk on, Desk desk, VectorOnDesk written)
    {
        var answered = 0;
        var (first, last) = (written.First.Seconds - 3_600, written.Last.Seconds);
        var asOfs = Gen.Frequency((2, Gen.Long[first, last]), (3, Gen.Long[last, last + 200_000]));
        var knownAts = Gen.Frequency((1, Gen.Long[first, last]), (3, Gen.Long[last, last + 200_000]));
        await Gen.Select(asOfs, knownAts).SampleAsync(
            async (asOf, knownAt) => answered += await BothRoads.Agree(on, desk, Ever, new Instant(asOf), DateTimeOffset.FromUnixTimeSeconds(knownAt)) ? 1 : 0,
            iter: 1, threads: 1);
        Assert.True(await BothRoads.Agree(on, desk, Ever, written.Last.Plus(1), written.Last.Plus(1).ToUtc()));
        return answered;
    }

    private static JsonNode Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            write(json);
        }

        return JsonNode.Parse(Encoding.UTF8.GetString(stream.ToArray()))!;
    }
}

/// <summary>A vector as it stands on a desk.</summary>
public sealed class VectorOnDesk
{
    private readonly Dictionary<string, List<Entry>> entries = [];
    private readonly Dictionary<string, string> masters = [];
    private readonly List<RecordedEvent> events = [];

    /// <summary>The numbers of its tickets.</summary>
    public Dictionary<string, IncidentNumber> Numbers { get; } = [];

    /// <summary>Where the vector is read.</summary>
    public Instant AsOf { get; private init; }

    /// <summary>When the first event was recorded.</summary>
    public Instant First { get; private init; }

    /// <summary>The latest time of all: of recording or of effect.</summary>
    public Instant Last { get; private init; }

    private sealed record Step(int Ticket, string No, Instant Recorded, Instant At, VectorFile.RawEvent? Raw, IncidentEvent? What);

    /// <summary>
    /// Makes the desk's ledger this vector. Null where the product cannot hold it: a merge into a ticket that is not there yet, or in a circle.
    /// </summary>
    public static async Task<VectorOnDesk?> Write(TestDesk desk, Desk rules, VectorFile.Vector vector, Zone zone)
    {
        await desk.Sql("DELETE FROM \"Events\"; DELETE FROM \"Incidents\"");
        var steps = vector.Tickets.SelectMany((ticket, i) => Steps(ticket, i, zone)).OrderBy(s => s.Recorded).ThenBy(s => s.What is FaultLogged ? 0 : 1).ToList();
        var written = new VectorOnDesk
        {
            AsOf = Time(vector.AsOf, zone),
            First = steps.Count == 0 ? Time(vector.AsOf, zone) : steps[0].Recorded,
            Last = steps.Select(s => Instant.Max(s.Recorded, s.At)).DefaultIfEmpty(Time(vector.AsOf, zone)).Max(),
        };
        foreach (var (i, no) in vector.Tickets.Select((t, i) => (i, t.No)))
        {
            written.Numbers[no] = IncidentNumber.Of("BY", new DateOnly(2020, 1, 1), i + 1, imported: false);
        }

        foreach (var step in steps)
        {
            if (!written.Take(step, zone))
            {
                return null;
            }
        }

        await desk.Send(new WriteEvents(rules, written.events));
        return written;
    }

    private static IEnumerable<Step> Steps(VectorFile.Ticket ticket, int i, Zone zone)
    {
        Instant? First(string type) => ticket.Events.Where(e => e.Type == type).Select(e => (Instant?)Time(e.At, zone)).Min();
        var reported = First("report")!.Value;
        var rental = ticket.Kind == Scope.Rental;
        yield return new Step(i, ticket.No, reported, reported, null, new FaultLogged(reported, First("occur"), First("log"), new FaultDetails
        {
            Kind = rental ? FaultKind.Rental : FaultKind.System, Severity = new Coded("P2", "严重"), Nature = "fault",
            Category = rental ? new Coded("RNT-ELEC-02", "停电(单栋)") : new Coded("FLT-DOWN", "系统无法访问/服务中断"),
        }));
        foreach (var raw in ticket.Events.Where(e => e.Type is not ("report" or "occur" or "log")))
        {
            // What was recorded before the report is known with it at the earliest.
            yield return new Step(i, ticket.No, Instant.Max(reported, Time(raw.RecordedAt ?? raw.At, zone)), Time(raw.At, zone), raw, null);
        }
    }

    private bool Take(Step step, Zone zone)
    {
        var what = step.What ?? Product(step.Raw!, zone);
        if (what is null)
        {
            return true;
        }

        if (what is Merged merged && (!entries.ContainsKey(step.Raw!.Into!) || masters.ContainsKey(step.No) || Above(step.Raw.Into!).Contains(step.No)))
        {
            return false;
        }

        var before = Reported(step.No);
        Append(step.No, step, what);
        if (what is Merged)
        {
            masters[step.No] = step.Raw!.Into!;
            before = null;
        }

        // A master's clock reads one stream: whatever moves a duplicate's start is written to the master too, and on up the chain.
        for (var no = step.No; masters.TryGetValue(no, out var master) && Reported(no) != before; no = master)
        {
            var (pulled, beforeMaster) = (Reported(no)!.Value, Reported(master));
            Append(master, step, new DuplicateAbsorbed(Numbers[no], pulled));
            before = beforeMaster;
        }

        return true;
    }

    private IEnumerable<string> Above(string no)
    {
        for (string? at = no; at is not null; at = masters.GetValueOrDefault(at))
        {
            yield return at;
        }
    }

    private void Append(string no, Step step, IncidentEvent what)
    {
        events.Add(new RecordedEvent(Numbers[no], step.Recorded.ToUtc(), EventToWrite.Of(step.At, what)));
        var own = entries.TryGetValue(no, out var list) ? list : entries[no] = [];
        own.Add(new Entry(own.Count + 1, step.At, step.Recorded.ToUtc(), what));
    }

    private Instant? Reported(string no) =>
        entries.TryGetValue(no, out var own) ? ClockFacts.Of(own, Instant.Never, DateTimeOffset.MaxValue)?.ReportedAt : null;

    private IncidentEvent? Product(VectorFile.RawEvent raw, Zone zone)
    {
        var reason = raw.Reason is { } code ? new Coded(code, code) : null;
        if (raw.Unapproved)
        {
            // A request is recorded and never moves a clock (R4).
            return raw.Type switch
            {
                "pause" => new Requested(Guid.NewGuid().ToString("N"), new PauseSubject(reason ?? new Coded("", ""))),
                "void" => new Requested(Guid.NewGuid().ToString("N"), new VoidSubject(reason ?? new Coded("", ""))),
                _ => null,
            };
        }

        var approval = new Approval(null, null, null, null, null, raw.ApprovedBy ?? "", Time(raw.At, zone));
        return raw.Type switch
        {
            "accept" => new AssignmentAccepted(),
            "respond" => new Responded(null, raw.Auto),
            "resolve" => new Resolved(null),
            "reopen" => new Reopened(reason),
            "pause" => new Paused(reason ?? new Coded("", ""), approval),
            "resume" => new Resumed(),
            "void" => new Voided(reason ?? new Coded("", ""), approval),
            "extend" => new Extended(Time(raw.To!, zone), approval),
            "merge" => new Merged(Numbers.GetValueOrDefault(raw.Into!), approval),
            "correct" => new Corrected(raw.Field!, raw.Field == Corrected.Reported ? Time(raw.Value!, zone).ToString() : raw.Value!, approval),
            _ => throw new InvalidOperationException(raw.Type),
        };
    }

    private static Instant Time(string text, Zone zone) => TimeText.TryIso(text, zone, out var time) ? time : throw new FormatException(text);
}
