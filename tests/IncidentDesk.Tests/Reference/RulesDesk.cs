using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using IncidentDesk.Tests.Desks;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Reference;

/// <summary>A desk with its people, whose clock the test moves; it opens on Sunday 3 May 2026 at 09:00 unless told otherwise.</summary>
public sealed class RulesDesk : IAsyncDisposable
{
    public static readonly Caller Staff = Person("chen", "陈工", Role.Staff);
    public static readonly Caller Lead = Person("zhou", "周值班长", Role.Approver);
    public static readonly Caller Second = Person("sun", "孙值班长", Role.Approver);
    public static readonly Caller Officer = Person("wu", "吴经办", Role.Officer);

    /// <summary>Both asks and approves, of others.</summary>
    public static readonly Caller Both = new(new Actor("he", "何主任"), new HashSet<Role> { Role.Officer, Role.Approver }, "api");

    private RulesDesk(TestDesk desk) => Desk = desk;

    public TestDesk Desk { get; }

    public static async Task<RulesDesk> Open(Engine engine, DateTimeOffset? at = null)
    {
        var desk = new RulesDesk(await TestDesk.Open(engine, at ?? At(5, 3, 9)));
        foreach (var who in new[] { Staff, Lead, Second, Officer, Both })
        {
            await desk.Done(new AddPerson(null, who.Person.Id, who.Person.Name, Roles.Codes(who.Roles)));
        }

        return desk;
    }

    public static DateTimeOffset At(int month, int day, int hour, int minute = 0, int second = 0, int year = 2026) =>
        new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.FromHours(8)).ToUniversalTime();

    /// <summary>The code as it stands, with some members of its content changed; an empty value leaves the member out.</summary>
    public async Task<VersionDraft> Draft(string list, string code, string validFrom, params (string Member, string Value)[] changes)
    {
        var row = (await Desk.Load()).Reference.Versions(list, code) is { Count: > 0 } versions ? versions[^1] : null;
        var was = Payload.Read(row?.Content ?? "{}");
        var content = new Payload();
        foreach (var name in was.Names.Union(changes.Select(c => c.Member)))
        {
            var value = changes.LastOrDefault(c => c.Member == name).Value ?? was.Text(name) ?? was.Number(name)?.ToString();
            content.Add(name, value is "" ? null : value);
        }

        return new VersionDraft(list, code, row?.NameZh ?? "新增", row?.NameEn ?? "New", validFrom, false, content, null);
    }

    public Task<Outcome<VersionAsked>> Ask(VersionDraft draft, Caller? by = null, int? ifMatch = null, string? key = null) =>
        Desk.Send(new AskVersion(by ?? Officer, draft, ifMatch, key));

    /// <summary>Asks and approves.</summary>
    public async Task<VersionDecided> Record(VersionDraft draft)
    {
        var asked = await Done(new AskVersion(Officer, draft, null));
        return (await Done(new DecideRequest(Lead, asked.RequestId, true, null))).Version!;
    }

    /// <summary>A day's list for 2027 whose 1 January is a holiday.</summary>
    public Task<VersionDraft> NewYear() => Draft(
        "official-days", "2027", "2027-01-01", ("year", "2027"), ("source", "国办发明电〔2026〕1号"), ("days", "date,kind,name\n2027-01-01,holiday,元旦\n"));

    public async Task<string> Fault(DateTimeOffset? reportedAt = null)
    {
        var at = Instant.Of(reportedAt ?? Desk.Clock.GetUtcNow());
        return (await Done(new LogFault(
            Staff, "rental", "RNT-WATER-02", null, null, "440111011", "新市路1号", null, "phone", null, null, null, null, at, "漏水", null, null, null, null, null, null))).Number;
    }

    public Task<IncidentRow> Row(string number) => Desk.Read(db => db.Incidents.AsNoTracking().SingleAsync(i => i.Key == Key(number)));

    public static long Key(string number) => IncidentNumber.TryParse("BY", number, out var parsed) ? parsed.Key : 0;

    public async Task<T> Done<T>(IRequest<Outcome<T>> message)
    {
        var outcome = await Desk.Send(message);
        Assert.Null(outcome.Refused);
        return outcome.Value!;
    }

    public ValueTask DisposeAsync() => Desk.DisposeAsync();

    private static Caller Person(string id, string name, Role role) => new(new Actor(id, name), new HashSet<Role> { role }, "api");
}
