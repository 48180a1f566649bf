using IncidentDesk.Alerts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Tests.Desks;

namespace IncidentDesk.Tests.Incidents;

/// <summary>What is found by what, within which days, and what is not.</summary>
public sealed class SearchIncidentsTests
{
    private static readonly Caller Chen = Person("chen", Role.Staff, Role.Approver);
    private static readonly Caller Zhou = Person("zhou", Role.Approver);

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Each_road_finds_its_incidents_closed_ones_too_and_nobody_finds_a_reporter(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine, TestDesk.Opening.AddDays(-120));
        await desk.Send(new AddPerson(null, "chen", "陈静", "staff"));
        await desk.Send(new AddPerson(null, "li", "李师傅", "handler"));
        var old = await Log(desk, "新市路56号", "厨房水管漏水", "12345", "GZ-7");
        desk.Clock.Advance(TimeSpan.FromDays(119));
        var second = await Log(desk, "同和路3号", "电表 Abc-9 烧毁", "热线", "GZ-7", "RNT-ELEC-01");
        await desk.Send(new Assign(Chen, second, "li"));
        await desk.Send(new Resolve(Person("chen", Role.Staff, Role.Handler), second, "fixed_on_site", null, null, null, "更换电表"));
        var third = await Log(desk, "新市路５６号 2栋", "门锁损坏");
        desk.Clock.Advance(TimeSpan.FromDays(1));

        // A source's number is found whenever it was logged; all else within the last days.
        Assert.Equal([second, old], await Find(external: "GZ-7"));
        Assert.Empty(await Find(external: "GZ"));
        Assert.Equal([third, second], await Find());
        Assert.Equal([third], await Find(place: "新市路 ５６号"));
        Assert.Equal([old], await Find(place: "新市路", from: "2025-10-01", to: "2025-10-31"));
        Assert.Equal([second], await Find(words: "ABC-9"));
        Assert.Equal([second], await Find(words: "更换"));
        Assert.Equal([second], await Find(category: "RNT-ELEC-01"));
        Assert.Equal([second], await Find(person: "李师"));
        Assert.Equal([third, second], await Find(person: "chen"));
        Assert.Empty(await Find(person: "nobody"));
        foreach (var hidden in new[] { "林先生", "13800133357", "406" })
        {
            Assert.Empty(await Find(words: hidden));
            Assert.Empty(await Find(person: hidden));
        }

        Assert.Empty(await Find(by: Chen with { Towns = ["440111009"] }));
        Assert.Empty(await Find(by: Chen with { Towns = ["440111009"] }, external: "GZ-7"));
        var first = (await desk.Send(Ask() with { Limit = 1 })).Value!;
        Assert.Equal([second], await Find(cursor: first.Next));
        Assert.Equal((new DateOnly(2025, 11, 16), new DateOnly(2026, 2, 15)), (first.From!.Value, first.To!.Value));
        Assert.NotNull((await desk.Send(Ask(external: "GZ-7"))).Value!.Ends.Values.First().ResolvedAt);

        Assert.Equal("too_many_days", await Refused(Ask(words: "漏水", from: "2025-10-01", to: "2026-01-01")));
        Assert.Null(await Refused(Ask(from: "2025-10-01", to: "2026-01-01")));
        Assert.Equal("too_many_days", await Refused(Ask(from: "2024-10-01", to: "2026-01-01")));
        Assert.Equal("bad_days", await Refused(Ask(from: "2026-01-02", to: "2026-01-01")));
        Assert.Equal("too_short", await Refused(Ask(words: "水")));
        Assert.Equal("bad_cursor", await Refused(Ask() with { Cursor = "x" }));
        Assert.Equal("not_allowed", await Refused(Ask(by: Person("root", Role.Admin))));

        // Of what waits: everybody's own, and for who approves what others have asked for, in their places.
        await desk.Send(new AskVoid(Chen, third, "test", null));
        Assert.Equal((1, 0, 0, 0), (await Waiting(Zhou), await Waiting(Chen), await Waiting(Zhou with { Towns = ["440111009"] }), await Waiting(Person("li", Role.Handler))));

        async Task<string?> Refused(SearchIncidents search) => (await desk.Send(search)).Refused?.Code;
        Task<int> Waiting(Caller by) => desk.Send(new CountWaiting(by));
        async Task<List<string>> Find(Caller? by = null, string? external = null, string? words = null, string? place = null, string? person = null, string? category = null, string? from = null, string? to = null, string? cursor = null)
        {
            var found = await desk.Send(Ask(by, external, words, place, person, category, from, to) with { Cursor = cursor });
            Assert.Null(found.Refused);
            return [.. found.Value!.Rows.Select(r => new IncidentNumber("BY", r.Key).ToString())];
        }

        static SearchIncidents Ask(Caller? by = null, string? external = null, string? words = null, string? place = null, string? person = null, string? category = null, string? from = null, string? to = null) =>
            new(by ?? Chen, external, words, place, person, category, null, from is null ? null : DateOnly.Parse(from), to is null ? null : DateOnly.Parse(to));
    }

    private static async Task<string> Log(TestDesk desk, string address, string description, string? source = null, string? externalNo = null, string category = "RNT-WATER-02")
    {
        var outcome = await desk.Send(new LogFault(
            Chen, "rental", category, null, null, "440111011", address, "406", "phone", null, source, externalNo, null, Instant.Of(desk.Clock.GetUtcNow()), null, description,
            "林先生", "13800133357", null, null, null));
        Assert.Null(outcome.Refused);
        return outcome.Value!.Number;
    }

    private static Caller Person(string id, params Role[] roles) => new(new Actor(id, id), roles.ToHashSet(), "page");
}
