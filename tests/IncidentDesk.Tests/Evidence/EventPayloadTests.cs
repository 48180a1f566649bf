using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using IncidentDesk.Web.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Evidence;

/// <summary>
/// Payloads as they stand in ledgers, character by character: <c>data/events/type.version.json</c>. A file is never changed; a new version gets a new one.
/// </summary>
public class EventPayloadTests
{
    private static readonly Instant At = Zone.Shanghai.At(new DateTime(2026, 5, 3, 9, 0, 0, DateTimeKind.Unspecified));
    private static readonly Coded Reason = new("waiting_landlord", "等待房东到场/授权");
    private static readonly Approval Approved = new("r1", "p1", "张三", At, "p2", "李四", At.Plus(60));
    private static readonly IncidentNumber Other = IncidentNumber.Of("BY", new DateOnly(2026, 5, 3), 7, imported: false);

    private static readonly Dictionary<string, IncidentEvent> Samples = new()
    {
        ["fault_logged.1"] = new FaultLogged(At, At.Plus(-900), At.Plus(120), new FaultDetails
        {
            Kind = FaultKind.System, Category = new Coded("FLT-DOWN", "系统无法访问/服务中断"), Nature = "fault", Severity = new Coded("P1", "紧急"),
            System = new Coded("SYS-PABY", "\"平安白云\"平台"), Town = new Coded("440111011", "新市街道"), Building = "440111011 新市路56号", Basis = new Coded("phone", "电话"),
            ServicePoint = "出租屋管理科驻点", Source = "12345", ExternalNo = "GZ\\2026/1", Imported = true, HandlerName = "罗工",
        }),
        ["fault_logged.1.least"] = new FaultLogged(At, null, null, new FaultDetails
        {
            Kind = FaultKind.Rental, Category = new Coded("RNT-ELEC-01", "触电/漏电"), Nature = "accident", Severity = new Coded("P1", "紧急"),
        }),
        ["assignment_accepted.1"] = new AssignmentAccepted(),
        ["responded.1"] = new Responded(new Coded("phone", "电话"), Late: Approved),
        ["responded.1.auto"] = new Responded(null, Auto: true),
        ["resolved.1"] = new Resolved(new Coded("temporary_measure", "临时措施已控险"), new DateOnly(2026, 5, 9), Approved),
        ["resolved.1.imported"] = new Resolved(null),
        ["reopened.1"] = new Reopened(new Coded(Reopened.NotFixed, "未修好")),
        ["reopened.1.unstated"] = new Reopened(null),
        ["paused.1"] = new Paused(Reason, Approved),
        ["resumed.1"] = new Resumed(),
        ["voided.1"] = new Voided(new Coded("false_alarm", "误报"), Approved),
        ["voided.1.imported"] = new Voided(new Coded("test", "测试"), new Approval(null, null, "罗工", At, null, "梁师傅", At)),
        ["merged.1"] = new Merged(Other, Approved),
        ["duplicate_absorbed.1"] = new DuplicateAbsorbed(Other, At),
        ["extended.1"] = new Extended(At.Plus(86_400), Approved),
        ["corrected.1"] = new Corrected(Corrected.Reported, At.Plus(-60).ToString(), Approved),
        ["requested.1.pause"] = new Requested("r1", new PauseSubject(Reason)),
        ["requested.1.void"] = new Requested("r1", new VoidSubject(new Coded("withdrawn", "撤回"))),
        ["requested.1.merge"] = new Requested("r1", new MergeSubject(Other)),
        ["requested.1.extend"] = new Requested("r1", new ExtendSubject(At)),
        ["requested.1.correct"] = new Requested("r1", new CorrectSubject(Corrected.Category, "RNT-ELEC-02")),
        ["requested.1.late_resolve"] = new Requested("r1", new LateResolveSubject(At, new Coded("fixed_on_site", "现场修复"), new DateOnly(2026, 5, 4))),
        ["requested.1.late_response"] = new Requested("r1", new LateResponseSubject(At, new Coded("on_site", "到场"))),
        ["request_rejected.1"] = new RequestRejected("r1"),
        ["assigned.1"] = new Assigned("p3", "王五\t\u0001"),
        ["assignment_returned.1"] = new AssignmentReturned(),
        ["noted.1"] = new Noted(),
        ["breach_explained.1"] = new BreachExplained(),
        ["text_erased.1"] = new TextErased(3, "reporterPhone"),
        ["attached.1"] = new Attached(Repeat("ab"), Repeat("cd"), "image/jpeg", 1_234_567, "2026-05-03T08:59:30+08:00", At),
        ["attached.1.least"] = new Attached(Repeat("ab"), Repeat("ab"), "application/pdf", 7),
        ["attachment_withdrawn.1"] = new AttachmentWithdrawn(4),
        ["file_erased.1"] = new FileErased(4),
    };

    public static TheoryData<string> Files => [.. Names()];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_payload_is_written_and_read_as_it_stands_in_ledgers(string file)
    {
        var (type, version, stands) = (file.Split('.')[0], int.Parse(file.Split('.')[1], CultureInfo.InvariantCulture), Golden(file));
        var what = Samples[file];

        Assert.Equal(type, EventPayloads.TypeOf(what));
        Assert.Equal(what, EventPayloads.Read(type, version, Payload.Read(stands)));
        Assert.Equal(stands, Payload.Read(stands).ToString());
        Assert.Equal((EventPayloads.Version, stands), (version, EventPayloads.Write(what).ToString()));
    }

    [Fact]
    public void Every_event_and_every_request_has_its_files()
    {
        Assert.Equal(Samples.Keys.Order(StringComparer.Ordinal), Names().Order(StringComparer.Ordinal));
        Assert.Equal(Concrete<IncidentEvent>(), Samples.Values.Select(e => e.GetType().Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            Concrete<RequestSubject>(), Samples.Values.OfType<Requested>().Select(r => r.Subject.GetType().Name).Distinct().Order(StringComparer.Ordinal));

        static IEnumerable<string> Concrete<T>() =>
            typeof(T).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract).Select(t => t.Name).Order(StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_event_has_a_sentence_on_the_page_of_its_incident(string file)
    {
        var words = new Words(new HttpContextAccessor(), new DeskSettings { DataFolder = "", Engine = Engine.Sqlite, ConnectionString = "", Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "" });
        var said = new EventWords(words, (_, code) => code.Name).Of(Samples[file], Incident.Of(Other, [new Entry(1, At, DateTimeOffset.UnixEpoch, Samples["fault_logged.1.least"])]));
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}{2}", said);
    }

    [Theory]
    [InlineData("resolved", 2)]
    [InlineData("resolved", 0)]
    [InlineData("melted", 1)]
    public void An_unknown_type_or_version_stops_with_its_name(string type, int version)
    {
        var stopped = Assert.Throws<NotSupportedException>(() => EventPayloads.Read(type, version, new Payload()));
        Assert.Contains($"{type}, schema version {version}", stopped.Message, StringComparison.Ordinal);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_ledger_with_an_event_of_a_newer_version_is_not_reported_on(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Import(desk.Slice(50));
        await desk.Read(db => db.Events.Where(e => e.Type == "resolved").ExecuteUpdateAsync(e => e.SetProperty(r => r.SchemaVersion, 2)));
        var stopped = await Assert.ThrowsAsync<NotSupportedException>(() => desk.Report(Period.OfYear(2025), Scope.Rental));
        Assert.Contains("resolved, schema version 2", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hash_of_an_event_is_that_of_the_lines_anybody_can_write_down()
    {
        var payload = """{"handlerId":"p3","handlerName":"王五"}""";
        var envelope = new Envelope(
            "6f1c8f2e-0000-4000-8000-000000000001", "BY20260503-0001", 2, "assigned", 1, At, new DateTimeOffset(2026, 5, 3, 9, 0, 1, 234, TimeSpan.FromHours(8)),
            "p1", "张三", "page", payload);
        var previous = new string('a', 64);
        string[] lines =
        [
            "IDEV1", "6f1c8f2e-0000-4000-8000-000000000001", "BY20260503-0001", "2", "assigned", "1", "2026-05-03T01:00:00Z", "2026-05-03T01:00:01.234Z", "p1",
            "张三", "page", Hex(payload), previous,
        ];

        // The same lines through sha256sum.
        Assert.Equal("449e291ee2061dc955d3b460bdc87eecc8ae7f90570c7debc13daf761cf0d303", EventChain.Hash(envelope, previous));
        Assert.Equal(Hex(string.Concat(lines.Select(l => l + "\n"))), EventChain.Hash(envelope, previous));
        Assert.Equal(new string('0', 64), EventChain.Genesis);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_chain_of_a_stored_incident_can_be_recomputed_from_its_columns(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Import(desk.Slice(20));
        var installation = (await desk.Load()).Installation.Id;
        var streams = await desk.Read(async db => (await db.Events.AsNoTracking().ToListAsync()).GroupBy(e => e.Incident).ToList());

        Assert.Equal(20, streams.Count);
        foreach (var stream in streams)
        {
            var previous = new string('0', 64);
            foreach (var e in stream.OrderBy(e => e.Seq))
            {
                var number = $"BY{e.Incident / 1_000_000}-L{e.Incident % 500_000:0000}";
                previous = Hex(string.Concat(new[]
                {
                    "IDEV1", installation, number, $"{e.Seq}", e.Type, $"{e.SchemaVersion}",
                    e.EffectiveAt.ToUtc().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                    e.RecordedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), e.ActorId, e.ActorName, e.Via, Hex(e.Payload), previous,
                }.Select(l => l + "\n")));
                Assert.Equal(previous, e.Hash);
            }
        }
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_hash_of_a_text_in_a_payload_is_its_salted_one(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Import(desk.Slice(5));
        var texts = await desk.Read(db => db.Texts.AsNoTracking().ToListAsync());
        var payloads = await desk.Read(async db => (await db.Events.AsNoTracking().ToListAsync()).ToDictionary(e => (e.Incident, e.Seq), e => e.Payload));

        Assert.True(texts.Count >= 25);
        Assert.Equal(texts.Count, texts.Select(t => Convert.ToHexString(t.Salt!)).Distinct().Count());
        Assert.All(texts, t => Assert.Contains(
            $"\"text.{t.Field}\":\"{Convert.ToHexStringLower(HMACSHA256.HashData(t.Salt!, Encoding.UTF8.GetBytes(t.Value!)))}\"",
            payloads[(t.Incident, t.Seq)], StringComparison.Ordinal));
        Assert.All(texts, t => Assert.Equal(32, t.Salt!.Length));
    }

    private static IEnumerable<string> Names() => Directory.GetFiles(Ledgers.Data("events"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!);

    private static string Golden(string file) => File.ReadAllText(Ledgers.Data($"events/{file}.json")).TrimEnd('\n');

    private static string Repeat(string two) => string.Concat(Enumerable.Repeat(two, 32));

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
