using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Tests.Desks;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Incidents;

/// <summary>Handing a shift over, on every database.</summary>
public sealed class HandOverTests
{
    private static readonly Caller Chen = Who("chen", Role.Staff), Li = Who("li", Role.Handler), Mei = Who("mei", Role.Handler), Wang = Who("wang", Role.Approver);

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task All_that_is_mine_goes_to_the_next_shift_once_and_what_cannot_go_keeps_nothing_else(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await desk.Send(new AddPerson(null, "chen", "陈静", "staff"));
        await desk.Send(new AddPerson(null, "li", "李师傅", "handler"));
        await desk.Send(new AddPerson(null, "mei", "梅师傅", "handler"));
        await desk.Send(new AddPerson(null, "gone", "离岗人", "staff"));
        await desk.Send(new ChangePerson(null, "gone", Disabled: true));
        Assert.Null((await desk.Send(new ChangePerson(null, "mei", Towns: ["440111011"]))).Refused);

        // 李师傅 has one in 永平, one in 松洲 where 梅师傅 has no rights, and one that is done; 陈静 has one that nobody was given.
        var here = await Log("440111011", 3);
        var far = await Log("440111002", 2);
        var done = await Log("440111011", 2);
        foreach (var number in new[] { here, far, done })
        {
            await Done(new Assign(Wang, number, "li"));
        }

        await Done(new Resolve(Li, done, "fixed_on_site", null, null, null, null));
        var free = await Log("440111011", 1);
        Assert.Equal("handler_elsewhere", (await desk.Send(new Assign(Wang, far, "mei"))).Refused?.Code);
        Assert.Equal("unknown_handler", (await desk.Send(new Assign(Wang, far, "gone"))).Refused?.Code);
        foreach (var (to, code) in new[] { ("li", "hand_over_to_self"), ("gone", "unknown_handler"), ("wang", "unknown_handler") })
        {
            var refused = (await desk.Send(new HandOver(Li, to, null))).Refused!;
            Assert.Equal((code, "to"), (refused.Code, refused.Field));
        }

        Assert.Equal("nothing_to_hand_over", (await desk.Send(new HandOver(Mei, "li", null))).Refused?.Code);
        Assert.Equal("not_allowed", (await desk.Send(new HandOver(Wang, "li", null))).Refused?.Code);

        var given = (await desk.Send(new HandOver(Li, "mei", "房东晚上到场。", "li\n/hand-over\nkey\nhash"))).Value!;
        Assert.Equal(("mei", 1, 1), (given.To, given.Given, given.Kept));
        var events = await desk.Read(db => db.Events.CountAsync());
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(given, (await desk.Send(new HandOver(Li, "mei", "房东晚上到场。", "li\n/hand-over\nkey\nhash"))).Value);
        Assert.Equal("idempotency_key_reused", (await desk.Send(new HandOver(Li, "mei", "别的", "li\n/hand-over\nkey\nother"))).Refused?.Code);
        Assert.Equal(events, await desk.Read(db => db.Events.CountAsync()));

        // The list that is signed: what went, with what is to be watched, and what stays with its reason.
        var sheet = (await desk.Send(new ReadHandOver(Li, "mei", Instant.Of(given.At)))).Value!;
        Assert.Equal(("梅师傅", "房东晚上到场。"), (sheet.To!.Name, sheet.Note));
        Assert.Equal((here, false, "永平街道", 0), sheet.Given.Select(l => (l.Number.ToString(), l.Accepted, l.Where!.NameZh, l.Waiting)).Single());
        Assert.Equal((far, "handler_elsewhere"), sheet.Mine.Select(l => (l.Number.ToString(), l.Kept!.Code)).Single());

        // Only who took over accepts it, and no clock moved.
        Assert.Equal("not_assigned_to_you", (await desk.Send(new AcceptAssignment(Li, here))).Refused?.Code);
        Assert.Equal("not_assigned_to_you", (await desk.Send(new AcceptAssignment(Chen, here))).Refused?.Code);
        await Done(new AcceptAssignment(Mei, here));
        await Done(new AskVoid(Chen, here, "test", null));
        sheet = (await desk.Send(new ReadHandOver(Li, "mei", Instant.Of(given.At)))).Value!;
        Assert.Equal((true, 1), (sheet.Given[0].Accepted, sheet.Given[0].Waiting));
        Assert.Equal(Instant.Of(TestDesk.Opening).Plus(21 * 3_600), sheet.Given[0].Row.EffectiveDueAt);
        Assert.Empty((await desk.Send(new ReadHandOver(Li, "mei", Instant.Of(given.At).Plus(1)))).Value!.Given);

        // What 陈静 logged and nobody was given is hers to hand over; what others were given is not.
        Assert.Equal((1, 0), (await desk.Send(new HandOver(Chen, "li", null))).Value is { } second ? (second.Given, second.Kept) : default);
        Assert.Equal([far, free], (await desk.Send(new ReadHandOver(Li))).Value!.Mine.Select(l => l.Number.ToString()));
        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);

        async Task<string> Log(string town, int hoursAgo) => (await Done(new LogFault(
            Chen, "rental", "RNT-WATER-02", null, null, town, "新市路56号", "406", "phone", null, null, null, null, Instant.Of(TestDesk.Opening).Plus(-hoursAgo * 3_600), "漏水", null, null, null, null, null,
            null))).Number;

        async Task<IncidentChanged> Done(IRequest<Outcome<IncidentChanged>> message)
        {
            var outcome = await desk.Send(message);
            Assert.Null(outcome.Refused);
            return outcome.Value!;
        }
    }

    private static Caller Who(string id, Role role) => new(new Actor(id, id), new HashSet<Role> { role }, "page");
}
