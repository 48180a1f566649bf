using IncidentDesk.Accounts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Tests.Desks;

namespace IncidentDesk.Tests.Pages;

/// <summary>What the pages read, on every database.</summary>
public sealed class PageReadsTests
{
    private static readonly Caller Admin = new(new Actor("admin", "系统管理员"), new HashSet<Role> { Role.Admin }, "page");

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task They_tell_of_sign_ins_deputies_and_accounts_in_force(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var wei = (await desk.Send(new AddPerson(null, "wei", "韦先生", "approver"))).Value!;
        await desk.Send(new AddPerson(null, "he", "何小姐", "officer"));
        await desk.Send(new AddPerson(null, "eva", "核查员", "evaluator"));

        // The first sign-in has none before it; the second knows when and from where the first was, and what failed since.
        await SignIn(wei.OneTimePassword, "10.1.2.3");
        var by = Admin with { Person = new Actor("wei", "韦先生"), Roles = new HashSet<Role> { Role.Approver } };
        var first = await desk.Send(new ReadOwnAccount(by));
        Assert.Equal((null, 0, false), (first.Before, first.FailedSince, first.HasSecondFactor));
        desk.Clock.Advance(TimeSpan.FromHours(1));
        await SignIn("falsch", "10.9.9.9");
        await SignIn(wei.OneTimePassword, "10.1.2.4");
        var second = await desk.Send(new ReadOwnAccount(by));
        Assert.Equal(("10.1.2.3", TestDesk.Opening, 1), (second.Before!.Address, second.Before.At, second.FailedSince));

        // Who stands in later is listed; who was ended before it began is not.
        var now = desk.Clock.GetUtcNow();
        await desk.Send(new SetDeputy(by, "wei", "he", now.AddDays(1), now.AddDays(2)));
        var ended = (await desk.Send(new SetDeputy(by, "wei", "he", now.AddDays(3), now.AddDays(4)))).Value!;
        await desk.Send(new EndDeputy(by, ended.Id));
        var people = (await desk.Send(new ReadPeople(Admin))).Value!;
        Assert.Equal((1, now.AddDays(1)), (people.Deputies.Count, people.Deputies[0].Since));
        Assert.Equal((1, 24), (people.Approvers, people.Towns.Count));
        Assert.Contains(("440111011", "永平街道"), people.Towns);

        // As an earlier version left it: an evaluator without an end.
        await desk.Sql("UPDATE \"People\" SET \"EndsAt\" = NULL WHERE \"Id\" = 'eva'");
        var check = (await desk.Send(new ReadSelfCheck(Admin))).Value!;
        Assert.Equal((4, 1, 4, 1), (check.Accounts, check.Approvers, check.OneTime, check.EndlessEvaluators));
        await desk.Send(new ChangePerson(null, "wei", Disabled: true));
        await desk.Send(new ChangePerson(null, "eva", EndsAt: now.AddDays(1)));
        desk.Clock.Advance(TimeSpan.FromDays(91));
        check = (await desk.Send(new ReadSelfCheck(Admin))).Value!;
        Assert.Equal((2, 0, 0, 2), (check.Accounts, check.Approvers, check.EndlessEvaluators, check.Idle));
        Assert.Equal("not_allowed", (await desk.Send(new ReadSelfCheck(by))).Refused?.Code);
        var state = (await desk.Send(new ReadSystemState(Admin))).Value!;
        Assert.Equal((engine, 0, 0, 2), (state.Engine, state.Outbox.Count, state.ProjectionsWaiting, state.Disks.Count(d => d.Free > 0)));
        Assert.Equal("not_allowed", (await desk.Send(new ReadSystemState(by))).Refused?.Code);
        Assert.Equal("not_allowed", (await desk.Send(new ReadPeople(by with { Roles = new HashSet<Role> { Role.Staff } }))).Refused?.Code);

        Task SignIn(string password, string from) => desk.Send(new SignIn("wei", password, null, null, false, new Origin(from, "page")));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Who_logs_a_fault_is_told_what_the_building_had_of_late_and_offered_their_own_places(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var (deng, he) = (Staff("deng"), Staff("he"));
        await Log(deng, "新市路56号");
        desk.Clock.Advance(TimeSpan.FromDays(31));
        var merged = await Log(he, "新市路56号");
        var open = await Log(he, "新市路 56号 301房");
        var done = await Log(deng, "新市路５６号", new ResolveNow("fixed_on_site"));
        await Log(deng, "新市路57号");
        await desk.Sql("UPDATE \"Incidents\" SET \"ExcludedAs\" = 'duplicate' WHERE \"Key\" = {0}", Key(merged));
        var look = (await desk.Send(new LookBeforeLogging(he, "rental", "RNT-WATER-02", null, "440111011", "新市路56号4楼"))).Value!;
        Assert.False(look.Urgent);
        Assert.Equal([(done, true), (open, false)], look.Near.Select(n => (n.Number, n.Resolved)));
        Assert.True((await desk.Send(new LookBeforeLogging(he, "rental", "RNT-FIRE-01", null, "440111011", null))).Value is { Urgent: true, Near.Count: 0 });
        Assert.False((await desk.Send(new LookBeforeLogging(he, "rental", "RNT-FIRE-01", "P2", "440111011", null))).Value!.Urgent);
        Assert.Equal("not_your_place", (await desk.Send(new LookBeforeLogging(he with { Towns = ["440111010"] }, "rental", null, null, "440111011", "新市路56号"))).Refused?.Code);

        var form = (await desk.Send(new ReadLogForm(deng))).Value!;
        Assert.Equal(["新市路57号", "新市路５６号", "新市路56号"], form.Places.Select(p => p.Address!));
        Assert.Equal(("RNT-WATER-02", "新市路57号"), (form.Last!.Details.Category.Code, form.Last.Place.Address));
        var limited = (await desk.Send(new ReadLogForm(deng with { Towns = ["440111010"] }))).Value!;
        Assert.Equal((0, "440111010", null), (limited.Places.Count, limited.Choices["town"].Single().Code, limited.Last));

        static Caller Staff(string id) => new(new Actor(id, id), new HashSet<Role> { Role.Staff }, "page");

        static long Key(string number) => IncidentNumber.TryParse("BY", number, out var parsed) ? parsed.Key : 0;

        async Task<string> Log(Caller by, string address, ResolveNow? resolve = null) => (await desk.Send(new LogFault(
            by, "rental", "RNT-WATER-02", null, null, "440111011", address, null, "phone", null, null, null, null, null, null, "漏水", null, null, null, null, resolve))).Value!.Number;
    }
}
