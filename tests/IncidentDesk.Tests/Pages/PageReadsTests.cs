using IncidentDesk.Accounts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.People;
using IncidentDesk.Tests.Desks;

namespace IncidentDesk.Tests.Pages;

/// <summary>What the pages of accounts read, on every database.</summary>
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
        Assert.Equal("not_allowed", (await desk.Send(new ReadPeople(by with { Roles = new HashSet<Role> { Role.Staff } }))).Refused?.Code);

        Task SignIn(string password, string from) => desk.Send(new SignIn("wei", password, null, null, false, new Origin(from, "page")));
    }
}
