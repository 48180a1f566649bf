using System.Security.Cryptography;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Accounts;

/// <summary>Sign-in, sessions, second factor, tokens and deputies on a real database, under a clock that the test moves.</summary>
public sealed class AccountTests
{
    private const string Good = "Bai-Yun-2026";
    private static readonly Origin Desk = new("10.1.2.3", "page");

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_one_time_password_opens_only_the_change_of_it(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var password = await Add(desk, "chen", "staff");
        var first = (await SignIn(desk, "chen", password)).Value!;
        Assert.Equal(IncidentDesk.Accounts.SignIn.Password, first.MustFirst);
        var held = (await Who(desk, first.Session)).Caller!;
        Assert.Equal("not_in_scope", (await desk.Send(new ListIncidents(held, null, null, null, null, null, null, null, null, null))).Refused?.Code);

        foreach (var (unfit, code) in new[]
        {
            ("short-1A", "weak_password"), ("onlysmallletters", "weak_password"), ("Chen-2026-long", "weak_password"), (password, "password_used"),
        })
        {
            Assert.Equal(code, (await desk.Send(new ChangePassword(held, password, unfit))).Refused?.Code);
        }

        Assert.Equal("bad_credentials", (await desk.Send(new ChangePassword(held, "wrong", Good))).Refused?.Code);
        Assert.Null((await desk.Send(new ChangePassword(held, password, Good))).Refused);
        Assert.Null((await Who(desk, first.Session)).Caller!.MustFirst);
        Assert.Equal("bad_credentials", (await SignIn(desk, "chen", password)).Refused?.Code);
        Assert.Null((await SignIn(desk, "chen", Good)).Value!.MustFirst);
    }

    [Theory, OnSqlite]
    public async Task The_last_five_passwords_are_not_taken_again_and_an_old_one_must_be_changed(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var (session, present) = (await Ready(desk, "chen", "staff"), Good);
        for (var n = 1; n <= 4; n++)
        {
            var next = $"{Good}-{n}";
            Assert.Null((await desk.Send(new ChangePassword((await Who(desk, session)).Caller!, present, next))).Refused);
            Assert.Equal("password_used", (await desk.Send(new ChangePassword((await Who(desk, session)).Caller!, next, Good))).Refused?.Code);
            present = next;
        }

        Assert.Null((await desk.Send(new ChangePassword((await Who(desk, session)).Caller!, present, Good + "-5"))).Refused);
        Assert.Null((await desk.Send(new ChangePassword((await Who(desk, session)).Caller!, Good + "-5", Good))).Refused);
        desk.Clock.Advance(TimeSpan.FromDays(90));
        Assert.Equal(IncidentDesk.Accounts.SignIn.Password, (await SignIn(desk, "chen", Good)).Value!.MustFirst);
    }

    /// <summary>Whoever guesses learns neither whether a name exists nor, after five, whether a guess was right.</summary>
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_name_is_locked_after_five_failures_whether_or_not_anybody_has_it(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await Ready(desk, "chen", "staff");
        var answers = new Dictionary<string, List<string?>>();
        foreach (var name in new[] { "chen", "nobody" })
        {
            answers[name] = [];
            foreach (var password in Enumerable.Repeat("Wrong-1234567", 5).Append(Good))
            {
                answers[name].Add((await SignIn(desk, name, password)).Refused?.Code);
            }
        }

        Assert.Equal([.. Enumerable.Repeat("bad_credentials", 5), "account_locked"], answers["chen"]);
        Assert.Equal(answers["chen"], answers["nobody"]);
        desk.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        Assert.Equal("account_locked", (await SignIn(desk, "chen", Good)).Refused?.Code);
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null((await SignIn(desk, "chen", Good)).Refused);
        Assert.Equal(13, await desk.Read(db => db.SecurityEvents.CountAsync(e => e.What == "sign_in" && e.Outcome != "done" && e.Address == Desk.Address)));
    }

    /// <summary>Three guesses at each of many names: the names stay open, the address is locked. What succeeds does not count, and what hammers at a locked name costs nobody else anything.</summary>
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task An_address_is_locked_after_many_failures_under_whatever_names_until_its_window_has_passed(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine, besides: services =>
        {
            var settings = (DeskSettings)services.Last(s => s.ServiceType == typeof(DeskSettings)).ImplementationInstance!;
            services.AddSingleton(settings with { Accounts = new AccountRules { LockAddressAfter = 10 } });
        });
        await Ready(desk, "chen", "staff");

        // One machine has as many addresses of IPv6 as it likes, within its network.
        for (var n = 0; n < 5; n++)
        {
            Assert.Equal("bad_credentials", await From($"2001:db8:1:2::{n}", "locked", "Wrong-1234567"));
        }

        for (var n = 0; n < 11; n++)
        {
            Assert.Equal("account_locked", await From("2001:db8:1:2::7", "locked", "Wrong-1234567"));
        }

        Assert.Null(await From("2001:db8:1:2::7", "chen", Good));
        Assert.Null(await From("2001:db8:1:2::7", "chen", Good));

        desk.Clock.Advance(TimeSpan.FromMinutes(14));
        for (var n = 0; n < 5; n++)
        {
            Assert.Equal("bad_credentials", await From($"2001:db8:1:2::{n:x}:1", "name" + n, "Wrong-1234567"));
        }

        var locked = (await desk.Send(new SignIn("chen", Good, null, null, false, new Origin("2001:db8:1:2::9", "page")))).Refused!;
        Assert.Equal(("address_locked", true), (locked.Code, locked.Zh.Contains("2026-02-15 00:15:00", StringComparison.Ordinal)));
        Assert.Null(await From("2001:db8:1:3::9", "chen", Good));
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await From("2001:db8:1:2::9", "chen", Good));

        async Task<string?> From(string address, string id, string password) => (await desk.Send(new SignIn(id, password, null, null, false, new Origin(address, "page")))).Refused?.Code;
    }

    /// <summary>At the same instant, by several processes: no more than five guesses are looked at.</summary>
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Guesses_at_the_same_time_are_counted_each(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await Ready(desk, "chen", "staff");
        var codes = await Task.WhenAll(Enumerable.Range(0, 24).Select(n => Task.Run(async () =>
        {
            try
            {
                return (await SignIn(desk, "chen", $"Wrong-{n}-abc")).Refused!.Code;
            }
            catch (DbUpdateException)
            {
                // Refused by the database: too many changed the same row at once. Nothing was looked at.
                return "account_locked";
            }
        })));
        Assert.InRange(codes.Count(c => c == "bad_credentials"), 1, 5);
        Assert.Equal("account_locked", (await SignIn(desk, "chen", Good)).Refused?.Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_second_factor_is_asked_for_once_a_day_per_device_and_no_code_is_taken_twice(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var session = await Ready(desk, "zhou", "approver");
        var (key, recovery) = await Factor(desk, session);
        Assert.Equal("code_required", (await SignIn(desk, "zhou", Good)).Refused?.Code);
        Assert.Equal("code_used", (await SignIn(desk, "zhou", Good, OneTimeCodes.At(key, desk.Clock.GetUtcNow()))).Refused?.Code);

        // Every sign-in with a second factor begins without the code: that is no failure, whereas a wrong code is one.
        for (var n = 0; n < 7; n++)
        {
            Assert.Equal("code_required", (await SignIn(desk, "zhou", Good)).Refused?.Code);
        }

        desk.Clock.Advance(TimeSpan.FromSeconds(30));
        var code = OneTimeCodes.At(key, desk.Clock.GetUtcNow());
        var signedIn = (await SignIn(desk, "zhou", Good, code)).Value!;
        Assert.Equal("code_used", (await SignIn(desk, "zhou", Good, code)).Refused?.Code);
        Assert.Equal("bad_code", (await SignIn(desk, "zhou", Good, code == "123456" ? "654321" : "123456")).Refused?.Code);
        Assert.Null((await SignIn(desk, "zhou", Good, device: signedIn.Device)).Refused);

        desk.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("code_required", (await SignIn(desk, "zhou", Good, device: signedIn.Device)).Refused?.Code);
        Assert.Equal(7, (await SignIn(desk, "zhou", Good, recovery[0].ToLowerInvariant())).Value!.RecoveryLeft);
        foreach (var said in new[] { "bad_code", "bad_code", "code_required", "bad_code", "bad_code", "bad_code", "account_locked" })
        {
            Assert.Equal(said, (await SignIn(desk, "zhou", Good, said == "code_required" ? null : recovery[0])).Refused?.Code);
        }
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_phone_that_goes_ten_minutes_wrong_is_told_so_and_a_lost_key_ring_leaves_the_recovery_codes(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var (key, recovery) = await Factor(desk, await Ready(desk, "zhou", "approver"));
        var off = (await SignIn(desk, "zhou", Good, OneTimeCodes.At(key, desk.Clock.GetUtcNow().AddMinutes(10)))).Refused!;
        Assert.Equal(("code_clock_off", true), (off.Code, off.Zh.Contains("相差约 10 分钟", StringComparison.Ordinal)));

        await desk.Sql("DELETE FROM \"DataProtectionKeys\"");
        await using var restarted = desk.Process();
        Assert.Equal("second_factor_unreadable", (await restarted.SendAlone(new SignIn("zhou", Good, OneTimeCodes.At(key, desk.Clock.GetUtcNow()), null, false, Desk))).Refused?.Code);
        Assert.NotNull((await restarted.SendAlone(new SignIn("zhou", Good, recovery[1], null, false, Desk))).Value);
        await restarted.SendAlone(new ResetAccount(null, "zhou", SecondFactor: true));
        Assert.Equal("bad_credentials", (await restarted.SendAlone(new SignIn("zhou", Good, null, null, false, Desk))).Refused?.Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_session_ends_when_it_idles_and_after_eight_hours_in_any_case(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await Ready(desk, "chen", "staff");
        var (onDesk, onPhone) = ((await SignIn(desk, "chen", Good)).Value!, (await SignIn(desk, "chen", Good, phone: true)).Value!);
        desk.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("credential_expired", (await Who(desk, onDesk.Session)).Refused?.Code);
        Assert.NotNull((await Who(desk, onPhone.Session)).Caller);
        desk.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal("credential_expired", (await Who(desk, onPhone.Session)).Refused?.Code);

        var used = (await SignIn(desk, "chen", Good)).Value!;
        for (var minutes = 10; minutes < 480; minutes += 10)
        {
            desk.Clock.Advance(TimeSpan.FromMinutes(10));
            var seen = await Who(desk, used.Session);
            Assert.True(seen.Stale);
            await desk.Send(new NoteUse(seen.Credential!));
        }

        desk.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("credential_expired", (await Who(desk, used.Session)).Refused?.Code);

        var last = (await SignIn(desk, "chen", Good)).Value!;
        Assert.Equal(Desk.Address, last.LastFrom);
        await desk.Send(new SignOut((await Who(desk, last.Session)).Caller!));
        Assert.Equal("credential_ended", (await Who(desk, last.Session)).Refused?.Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_token_holds_no_more_than_its_scopes_and_ends_by_date_by_hand_and_with_the_account(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await Add(desk, "chen", "staff");
        var token = (await desk.Send(new AddToken(null, "chen", "统计", ["read"], 30))).Value!;
        var caller = (await Token(desk, token.Secret)).Caller!;
        Assert.Null(caller.Lacks(Right.Read));
        Assert.Equal("not_in_scope", caller.Lacks(Right.Log)?.Code);
        Assert.Equal("not_allowed", caller.Lacks(Right.Approve)?.Code);
        Assert.Equal("unknown_actor", (await Who(desk, token.Secret)).Refused?.Code);
        var whole = (await Token(desk, await TokenOf(desk, "chen"))).Caller!;
        Assert.All(new[] { caller, whole }, by => Assert.Equal("sign_in_required", by.LacksSignIn()?.Code));
        Assert.Equal("sign_in_required", (await desk.Send(new AddToken(whole, "chen", "再来一个", [], 30))).Refused?.Code);
        Assert.Equal("sign_in_required", (await desk.Send(new ChangePassword(whole, "x", Good))).Refused?.Code);
        Assert.Equal("sign_in_required", (await desk.Send(new SetUpSecondFactor(whole, "x", "000000"))).Refused?.Code);
        Assert.DoesNotContain(token.Secret, await desk.Read(db => db.Credentials.Select(c => c.Hash + c.Name + c.Id).ToListAsync()));

        desk.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal("credential_expired", (await Token(desk, token.Secret)).Refused?.Code);
        var other = (await desk.Send(new AddToken(null, "chen", "统计", [], 30))).Value!;
        Assert.Equal("token_not_found", (await desk.Send(new RevokeToken(new Caller(new("li", "李"), new HashSet<Role> { Role.Staff }, "api"), other.Token.Id))).Refused?.Code);
        await desk.Send(new RevokeToken(null, other.Token.Id));
        Assert.Equal("credential_ended", (await Token(desk, other.Secret)).Refused?.Code);

        var third = (await desk.Send(new AddToken(null, "chen", "统计", [], 30))).Value!;
        await desk.Send(new ChangePerson(null, "chen", Disabled: true));
        Assert.Equal("credential_ended", (await Token(desk, third.Secret)).Refused?.Code);
        Assert.Equal("unknown_person", (await desk.Send(new AddToken(null, "chen", "统计", [], 30))).Refused?.Code);
        Assert.Equal("unknown_scope", (await desk.Send(new AddToken(null, "admin", "统计", ["everything"], 30))).Refused?.Code);
        Assert.Equal("bad_days", (await desk.Send(new AddToken(null, "admin", "统计", [], 0))).Refused?.Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task An_evaluator_ends_by_date_and_one_administrator_stays(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await Add(desk, "hou", "evaluator");
        var token = (await desk.Send(new AddToken(null, "hou", "核查", [], 300))).Value!;
        Assert.Equal(desk.Clock.GetUtcNow().AddDays(90), await desk.Read(db => db.People.Where(p => p.Id == "hou").Select(p => p.EndsAt).SingleAsync()));
        Assert.Equal(desk.Clock.GetUtcNow().AddDays(90), (await desk.Send(new ChangePerson(null, "hou", NoEnd: true))).Value!.EndsAt);
        await desk.Send(new ChangePerson(null, "hou", EndsAt: desk.Clock.GetUtcNow().AddDays(7)));
        desk.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal("account_ended", (await Token(desk, token.Secret)).Refused?.Code);

        var admin = new Caller(new("admin", "系统管理员"), new HashSet<Role> { Role.Admin }, "page");
        Assert.Equal("own_account", (await desk.Send(new ChangePerson(admin, "admin", Roles: "approver"))).Refused?.Code);
        Assert.Equal("last_administrator", (await desk.Send(new ChangePerson(null, "admin", Disabled: true))).Refused?.Code);
        Assert.Equal("last_administrator", (await desk.Send(new ChangePerson(null, "admin", Roles: "officer"))).Refused?.Code);

        // One that goes before, or has gone, is none.
        var (soon, later) = (desk.Clock.GetUtcNow().AddDays(1), desk.Clock.GetUtcNow().AddDays(2));
        Assert.Equal("last_administrator", (await desk.Send(new ChangePerson(null, "admin", EndsAt: later))).Refused?.Code);
        await Add(desk, "second", "admin");
        Assert.Null((await desk.Send(new ChangePerson(null, "second", EndsAt: soon))).Refused);
        Assert.Equal("last_administrator", (await desk.Send(new ChangePerson(null, "admin", EndsAt: later))).Refused?.Code);
        desk.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("last_administrator", (await desk.Send(new ChangePerson(null, "admin", Disabled: true))).Refused?.Code);
        Assert.Null((await desk.Send(new ChangePerson(null, "second", NoEnd: true))).Refused);
        Assert.Null((await desk.Send(new ChangePerson(null, "admin", EndsAt: later))).Refused);
        Assert.Equal("unknown_person", (await desk.Send(new AddToken(null, "hou", "核查", [], 30))).Refused?.Code);
        Assert.Equal("person_not_found", (await desk.Send(new ChangePerson(null, "import", Disabled: true))).Refused?.Code);
        Assert.Equal("unknown_code", (await desk.Send(new ChangePerson(null, "hou", Towns: ["999"]))).Refused?.Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_deputy_decides_in_an_approvers_place_for_some_days_and_it_is_on_record(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await Add(desk, "zhou", "staff,approver");
        await Add(desk, "chen", "staff");
        await Add(desk, "li", "staff");
        var zhou = (await Token(desk, await TokenOf(desk, "zhou"))).Caller!;
        var (chen, li) = (await TokenOf(desk, "chen"), (await Token(desk, await TokenOf(desk, "li"))).Caller!);
        var (lis, zhous, own) = (await Asked(desk, li), await Asked(desk, zhou), await Asked(desk, (await Token(desk, chen)).Caller!));
        Assert.Equal("not_allowed", (await desk.Send(new SetDeputy(li, "zhou", "li", desk.Clock.GetUtcNow(), desk.Clock.GetUtcNow().AddDays(3)))).Refused?.Code);
        Assert.Equal("not_an_approver", (await desk.Send(new SetDeputy(li, "li", "chen", desk.Clock.GetUtcNow(), desk.Clock.GetUtcNow().AddDays(3)))).Refused?.Code);
        Assert.Equal("bad_period", (await desk.Send(new SetDeputy(zhou, "zhou", "chen", desk.Clock.GetUtcNow(), desk.Clock.GetUtcNow().AddDays(200)))).Refused?.Code);
        Assert.Equal("not_allowed", (await Decide(chen, lis))?.Code);

        Assert.Null((await desk.Send(new SetDeputy(zhou, "zhou", "chen", desk.Clock.GetUtcNow(), desk.Clock.GetUtcNow().AddDays(3)))).Refused);
        Assert.Equal("approver_is_requester", (await Decide(chen, own))?.Code);
        Assert.Equal("approver_is_requester", (await Decide(chen, zhous))?.Code);
        Assert.Null(await Decide(chen, lis));
        Assert.Contains("人员chen(代人员zhou)", await desk.Read(db => db.Events.Select(e => e.ActorName).ToListAsync()));
        var late = await Asked(desk, li);

        // Who stands in for somebody who has left stands in for nobody; who has left is nobody's deputy and has none.
        Assert.Null((await desk.Send(new ChangePerson(null, "zhou", EndsAt: desk.Clock.GetUtcNow()))).Refused);
        Assert.Equal("not_allowed", (await Decide(chen, late))?.Code);
        var admin = new Caller(new("admin", "系统管理员"), new HashSet<Role> { Role.Admin }, "page");
        Assert.Equal("not_an_approver", (await desk.Send(new SetDeputy(admin, "zhou", "li", desk.Clock.GetUtcNow(), desk.Clock.GetUtcNow().AddDays(1)))).Refused?.Code);
        Assert.Null((await desk.Send(new ChangePerson(null, "zhou", NoEnd: true))).Refused);
        Assert.Null((await desk.Send(new ChangePerson(null, "li", EndsAt: desk.Clock.GetUtcNow()))).Refused);
        Assert.Equal("unknown_person", (await desk.Send(new SetDeputy(admin, "zhou", "li", desk.Clock.GetUtcNow(), desk.Clock.GetUtcNow().AddDays(1)))).Refused?.Code);

        // A wall screen shows what it shows, whoever made it.
        var wall = (await desk.Send(new AddToken(null, "chen", "大屏", [], 1, Display: true))).Value!.Secret;
        Assert.Empty((await Token(desk, wall)).Caller!.Roles);
        desk.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal("not_allowed", (await Decide(chen, late))?.Code);
        Assert.Equal(1, await desk.Read(db => db.SecurityEvents.CountAsync(e => e.What == "deputy_set" && e.Who == "zhou" && e.About == "chen")));

        async Task<Refusal?> Decide(string token, string request) => (await desk.Send(new DecideRequest((await Token(desk, token)).Caller!, request, true, null))).Refused;
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Rights_limited_to_places_end_there(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        foreach (var (id, role) in new[] { ("chen", "staff"), ("zhou", "approver"), ("wu", "officer") })
        {
            await Add(desk, id, role);
        }

        var here = (await Token(desk, await TokenOf(desk, "chen"))).Caller!;
        var (inside, outside) = (await Logged(desk, here, "440111011"), await Logged(desk, here, "440111002"));
        var asked = (await desk.Send(new AskVoid(here, outside, "test", null))).Value!.RequestId!;
        foreach (var id in new[] { "chen", "zhou", "wu" })
        {
            Assert.Null((await desk.Send(new ChangePerson(null, id, Towns: ["440111011"]))).Refused);
        }

        var (chen, zhou, wu) = ((await Token(desk, await TokenOf(desk, "chen"))).Caller!, (await Token(desk, await TokenOf(desk, "zhou"))).Caller!, (await Token(desk, await TokenOf(desk, "wu"))).Caller!);
        Assert.Equal("not_your_place", (await desk.Send(Fault(chen, "440111002"))).Refused?.Code);
        Assert.Equal("not_your_place", (await desk.Send(new ReadIncident(chen, outside))).Refused?.Code);
        Assert.Equal("not_your_place", (await desk.Send(new Note(chen, outside, "看过"))).Refused?.Code);
        Assert.Equal("not_your_place", (await desk.Send(new RevealReporter(chen, outside, "回访核实"))).Refused?.Code);
        Assert.Equal("not_your_place", (await desk.Send(new DecideRequest(zhou, asked, true, null))).Refused?.Code);
        Assert.Empty((await desk.Send(new ListRequests(zhou))).Value!);
        using var nothing = new MemoryStream();
        Assert.True(Month.TryParse("2026-02", out var month));
        Assert.Equal("not_your_place", (await desk.Send(new WriteReport(Period.Of(month), "rental", null, null, ReportFormat.Json, nothing, wu))).Refused?.Code);
        Assert.Equal(inside, new Domain.Incidents.IncidentNumber("BY", Assert.Single((await desk.Send(new ListIncidents(chen, null, null, null, null, null, null, null, null, null))).Value!.Rows).Key).ToString());
        Assert.Null((await desk.Send(new Note(chen, inside, "看过"))).Refused);
    }

    /// <summary>Masked in every answer; in full for a reason, and the log says who read whose.</summary>
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_reporters_phone_is_told_in_full_for_a_reason_and_on_record(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        await Add(desk, "chen", "staff");
        var chen = (await Token(desk, await TokenOf(desk, "chen"))).Caller! with { Address = "10.9.9.9" };
        var number = await Logged(desk, chen, "440111011");
        Assert.Equal("138****1234", (await desk.Send(new ReadIncident(chen, number))).Value!.Texts[1].Single(t => t.Field == "reporterPhone").Value);
        Assert.Equal("reason_required", (await desk.Send(new RevealReporter(chen, number, " "))).Refused?.Code);
        Assert.Equal(("林先生", "13800001234"), (await desk.Send(new RevealReporter(chen, number, "回访核实"))).Value is { } told ? (told.Name, told.Phone) : default);
        var entry = await desk.Read(db => db.SecurityEvents.SingleAsync(e => e.What == "reporter_revealed"));
        Assert.Equal(("chen", number, "10.9.9.9", "回访核实"), (entry.Who, entry.About, entry.Address, entry.Detail));
    }

    /// <summary>RFC 6238, appendix B, the six last digits of its eight.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1_111_111_109, "081804")]
    [InlineData(1_234_567_890, "005924")]
    [InlineData(20_000_000_000, "353130")]
    public void One_time_codes_are_those_of_the_standard(long at, string code) =>
        Assert.Equal(code, OneTimeCodes.At("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", DateTimeOffset.FromUnixTimeSeconds(at)));

    private static async Task<string> Add(TestDesk desk, string id, string roles) => (await desk.Send(new AddPerson(null, id, "人员" + id, roles))).Value!.OneTimePassword;

    private static async Task<string> TokenOf(TestDesk desk, string id) => (await desk.Send(new AddToken(null, id, "test", [], 30))).Value!.Secret;

    private static Task<IncidentDesk.Pipeline.Outcome<SignedIn>> SignIn(TestDesk desk, string id, string password, string? code = null, string? device = null, bool phone = false) =>
        desk.Send(new SignIn(id, password, code, device, phone, Desk));

    private static Task<Identified> Who(TestDesk desk, string session) => desk.Send(new Identify(session, Session: true, "page"));

    private static Task<Identified> Token(TestDesk desk, string token) => desk.Send(new Identify(token, Session: false, "api"));

    /// <summary>Somebody who has changed their one-time password, and their session.</summary>
    private static async Task<string> Ready(TestDesk desk, string id, string roles)
    {
        var password = await Add(desk, id, roles);
        var session = (await SignIn(desk, id, password)).Value!.Session;
        Assert.Null((await desk.Send(new ChangePassword((await Who(desk, session)).Caller!, password, Good))).Refused);
        return session;
    }

    private static async Task<(string Key, IReadOnlyList<string> Recovery)> Factor(TestDesk desk, string session)
    {
        var caller = (await Who(desk, session)).Caller!;
        var (key, _, offered) = SecondFactors.Offer(desk.Services.GetRequiredService<IDataProtectionProvider>(), caller, "白云区");
        Assert.Equal("bad_offer", (await desk.Send(new SetUpSecondFactor(caller, "rubbish", "123456"))).Refused?.Code);
        return (key, (await desk.Send(new SetUpSecondFactor(caller, offered, OneTimeCodes.At(key, desk.Clock.GetUtcNow())))).Value!);
    }

    private static LogFault Fault(Caller by, string town) => new(
        by, "rental", "RNT-WATER-02", null, null, town, "新市路56号", null, "phone", null, null, null, null, Instant.Of(TestDesk.Opening), "漏水", null, "林先生", "13800001234", null, null, null);

    private static async Task<string> Logged(TestDesk desk, Caller by, string town) => (await desk.Send(Fault(by, town))).Value!.Number;

    private static async Task<string> Asked(TestDesk desk, Caller by) => (await desk.Send(new AskVoid(by, await Logged(desk, by, "440111011"), "test", null))).Value!.RequestId!;
}
