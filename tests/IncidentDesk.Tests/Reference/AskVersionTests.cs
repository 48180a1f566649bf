using IncidentDesk.Data;
using IncidentDesk.Incidents;
using IncidentDesk.Reference;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using static IncidentDesk.Tests.Reference.RulesDesk;

namespace IncidentDesk.Tests.Reference;

/// <summary>Who may change the rules, from when, and what is refused. It is Sunday 3 May 2026.</summary>
public sealed class AskVersionTests
{
    private const string Tomorrow = "2026-05-04";

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_version_waits_for_a_second_person_and_stands_with_both_names_once_approved(Engine engine)
    {
        await using var desk = await Open(engine);
        var draft = await desk.Draft("policy", "strict", Tomorrow, ("responseLimitSec", "3600"));
        var asked = await desk.Done(new AskVersion(Both, draft with { Note = "按区政府要求调整" }, 1));
        Assert.Equal(("policy", "strict", 2), (asked.List, asked.Code, asked.Version));
        Assert.Single((await desk.Desk.Load()).Reference.Versions("policy", "strict"));
        Assert.Equal("not_allowed", (await desk.Desk.Send(new DecideRequest(Staff, asked.RequestId, true, null))).Refused!.Code);
        Assert.Equal("approver_is_requester", (await desk.Desk.Send(new DecideRequest(Both, asked.RequestId, true, null))).Refused!.Code);
        Assert.Equal("approver_is_requester", (await desk.Desk.Send(new DecideRequest(Lead with { StandsInFor = Both.Person }, asked.RequestId, true, null))).Refused!.Code);
        Assert.Equal("changed_since", (await desk.Desk.Send(new DecideRequest(Lead, asked.RequestId, true, null, 2))).Refused!.Code);

        desk.Desk.Clock.Advance(TimeSpan.FromHours(1));
        var decided = (await desk.Done(new DecideRequest(Lead, asked.RequestId, true, "同意", 1))).Version!;
        Assert.Equal(("policy", "strict", 2, true), (decided.List, decided.Code, decided.Version, decided.Approved));
        var row = (await desk.Desk.Load()).Reference.Versions("policy", "strict")[^1];
        Assert.Equal(("he", "zhou", At(5, 3, 10), new DateOnly(2026, 5, 4)), (row.RecordedBy, row.ApprovedBy, row.RecordedAt, row.ValidFrom));
        Assert.Equal(3_600, (await desk.Desk.Load()).Reference.Rules.KnownAt(DateTimeOffset.MaxValue).PolicyFor(Domain.Sla.Instant.Of(At(5, 4, 0))).ResponseLimitSec);
        Assert.Equal(1_800, (await desk.Desk.Load()).Reference.Rules.KnownAt(DateTimeOffset.MaxValue).PolicyFor(Domain.Sla.Instant.Of(At(5, 3, 23, 59, 59))).ResponseLimitSec);
        Assert.Contains("\"decisionNote\":\"同意\"", await desk.Desk.Read(db => db.Requests.Select(r => r.Payload).SingleAsync()), StringComparison.Ordinal);
        Assert.Equal("request_not_found", (await desk.Desk.Send(new DecideRequest(Second, asked.RequestId, true, null))).Refused!.Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Of_two_approvers_at_once_one_records_the_version_and_of_two_who_ask_one_waits(Engine engine)
    {
        await using var desk = await Open(engine);
        var (here, there) = (desk.Desk.Services, desk.Desk.Process());
        var draft = await desk.Draft("policy", "strict", Tomorrow, ("weight", "8.5"));
        var asks = await Task.WhenAll(
            Task.Run(() => here.SendAlone(new AskVersion(Officer, draft, 1))), Task.Run(() => there.SendAlone(new AskVersion(Both, draft, 1))));
        Assert.Equal("version_pending", Assert.Single(asks, a => a.Value is null).Refused!.Code);
        var id = asks.Single(a => a.Value is not null).Value!.RequestId;

        var decided = await Task.WhenAll(
            Task.Run(() => here.SendAlone(new DecideRequest(Lead, id, true, null, 1))), Task.Run(() => there.SendAlone(new DecideRequest(Second, id, true, null, 1))));
        Assert.Equal("request_not_found", Assert.Single(decided, d => d.Value is null).Refused!.Code);
        Assert.Equal([1, 2], (await desk.Desk.Load()).Reference.Versions("policy", "strict").Select(v => v.Version));
        Assert.Equal(["policy.strict.2"], await desk.Desk.Read(db => db.JobPeriods.Where(p => p.Job == ProjectAnew.Job).Select(p => p.Period).ToListAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_version_whose_day_has_come_can_only_be_rejected_and_who_and_when_is_kept(Engine engine)
    {
        await using var desk = await Open(engine);
        var asked = await desk.Done(new AskVersion(Officer, await desk.Draft("policy", "strict", Tomorrow, ("weight", "8")), 1));
        desk.Desk.Clock.SetUtcNow(At(5, 4, 0));

        Assert.Equal("valid_from_too_early", (await desk.Desk.Send(new DecideRequest(Lead, asked.RequestId, true, null, 1))).Refused!.Code);
        Assert.StartsWith("已不能批准，请退回：生效日期最早为 2026-05-05", Assert.Single(await desk.Done(new ListRequests(Lead))).Zh, StringComparison.Ordinal);
        Assert.False((await desk.Done(new DecideRequest(Lead, asked.RequestId, false, "暂缓", 1))).Version!.Approved);
        var request = await desk.Desk.Read(db => db.Requests.AsNoTracking().SingleAsync());
        Assert.Equal((RequestRow.Rejected, "zhou", At(5, 4, 0)), (request.State, request.DecidedBy, request.DecidedAt!.Value));
        Assert.Single((await desk.Desk.Load()).Reference.Versions("policy", "strict"));
        Assert.Empty(await desk.Done(new ListRequests(Lead)));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task The_same_key_asks_once(Engine engine)
    {
        await using var desk = await Open(engine);
        var draft = await desk.Draft("town", "440111011", Tomorrow, ("shortName", "白云湖"));
        var first = await desk.Ask(draft, key: "wu\nroute\nkey-12345\nhash");
        var again = await desk.Ask(draft, key: "wu\nroute\nkey-12345\nhash");

        Assert.NotNull(first.Value);
        Assert.Equal(first.Value, again.Value);
        Assert.Equal("idempotency_key_reused", (await desk.Ask(draft, key: "wu\nroute\nkey-12345\nother")).Refused!.Code);
    }

    [Fact]
    public async Task A_code_is_ended_from_a_day_on_and_never_deleted()
    {
        await using var desk = await Open(Engine.Sqlite);
        await desk.Record(await desk.Draft("pause-reason", "waiting_lawyer", Tomorrow, ("basis", "会议纪要")));
        desk.Desk.Clock.SetUtcNow(At(5, 5, 9));
        await desk.Record((await desk.Draft("pause-reason", "waiting_lawyer", "2026-05-06")) with { Ended = true, Content = null });
        var book = (await desk.Desk.Load()).Reference;

        Assert.Null(book.Find("pause-reason", "waiting_lawyer", new DateOnly(2026, 5, 3)));
        Assert.NotNull(book.Find("pause-reason", "waiting_lawyer", new DateOnly(2026, 5, 5)));
        Assert.Null(book.Find("pause-reason", "waiting_lawyer", new DateOnly(2026, 5, 6)));
        var codes = await desk.Done(new ReadCodes(Staff, "pause-reason"));
        Assert.Equal((true, 2, 1), codes.Single(c => c.Version.Code == "waiting_lawyer") is var code ? (code.InForce, code.Latest, code.Version.Version) : default);
        Assert.Equal([1, 2], (await desk.Done(new ReadVersions(Staff, "pause-reason", "waiting_lawyer"))).Versions.Select(v => v.Version));
    }

    [Fact]
    public async Task A_policy_that_is_ended_gives_way_to_the_one_before_and_the_last_one_cannot_be_ended()
    {
        await using var desk = await Open(Engine.Sqlite);
        var strict = await desk.Draft("policy", "strict", Tomorrow);
        Assert.Equal("none_in_force", (await desk.Ask(strict with { Ended = true })).Refused!.Code);
        await desk.Record(strict with { Code = "working-days", NameZh = "工作日口径", Content = (await desk.Draft("policy", "strict", Tomorrow, ("calendar", "workday24"))).Content });
        Assert.Equal("still_in_use", (await desk.Ask((await desk.Draft("calendar", "workday24", "2026-05-05")) with { Ended = true })).Refused!.Code);
        await desk.Record((await desk.Draft("policy", "working-days", "2026-05-06")) with { Ended = true });
        var rules = (await desk.Desk.Load()).Reference.Rules.KnownAt(DateTimeOffset.MaxValue);

        Assert.Equal(["strict", "working-days", "working-days", "strict"], new[] { 3, 4, 5, 6 }.Select(day => rules.PolicyFor(Domain.Sla.Instant.Of(At(5, day, 12))).Code));
    }

    [Theory]
    [InlineData("nonsense", "x", Tomorrow, "", "unknown_list")]
    [InlineData("town", "a b", Tomorrow, "", "bad_code")]
    [InlineData("town", "镇", Tomorrow, "", "bad_code")]
    [InlineData("town", "-x", Tomorrow, "", "bad_code")]
    [InlineData("town", "a1234567890123456789012345678901234567890", Tomorrow, "", "bad_code")]
    [InlineData("official-days", "next", Tomorrow, "", "bad_code")]
    [InlineData("policy", "strict", "2026-05-03", "weight=8", "valid_from_too_early")]
    [InlineData("policy", "strict", "2020-01-01", "weight=8", "valid_from_too_early")]
    [InlineData("policy", "strict", "4.5.2026", "weight=8", "bad_date")]
    [InlineData("policy", "strict", "2026-02-30", "weight=8", "bad_date")]
    [InlineData("policy", "strict", "2206-05-04", "weight=8", "valid_from_too_late")]
    [InlineData("policy", "strict", Tomorrow, "", "nothing_changed")]
    [InlineData("policy", "strict", Tomorrow, "calendar=lunar", "unknown_calendar")]
    [InlineData("policy", "strict", Tomorrow, "calendar=", "missing_member")]
    [InlineData("policy", "strict", Tomorrow, "resolutionLimitSec=0", "bad_number")]
    [InlineData("policy", "strict", Tomorrow, "resolutionLimitSec=2592001", "bad_number")]
    [InlineData("policy", "strict", Tomorrow, "responseLimitSec=-1", "bad_number")]
    [InlineData("policy", "strict", Tomorrow, "responseLimitSec=1.5", "bad_number")]
    [InlineData("policy", "strict", Tomorrow, "lateLogFlagSec=soon", "bad_number")]
    [InlineData("policy", "strict", Tomorrow, "weight=-1", "bad_number")]
    [InlineData("policy", "strict", Tomorrow, "weight=1.001", "bad_number")]
    [InlineData("policy", "strict", Tomorrow, "pauseMode=always", "unknown_value")]
    [InlineData("policy", "strict", Tomorrow, "reopenMode=never", "unknown_value")]
    [InlineData("policy", "strict", Tomorrow, "clockStart=accepted", "unknown_member")]
    [InlineData("calendar", "24x7", Tomorrow, "mode=lunar", "unknown_value")]
    [InlineData("calendar", "24x7", Tomorrow, "windows=08:30-12:00", "bad_windows")]
    [InlineData("calendar", "office7h", Tomorrow, "windows=", "bad_windows")]
    [InlineData("calendar", "office7h", Tomorrow, "windows=14:00-17:30,08:30-12:00", "bad_windows")]
    [InlineData("calendar", "office7h", Tomorrow, "windows=08:30-12:00,11:00-17:30", "bad_windows")]
    [InlineData("calendar", "office7h", Tomorrow, "windows=12:00-08:30", "bad_windows")]
    [InlineData("calendar", "office7h", Tomorrow, "windows=8:30-12:00", "bad_windows")]
    [InlineData("calendar", "office7h", Tomorrow, "windows=08:30-24:00", "bad_windows")]
    [InlineData("calendar", "office7h", Tomorrow, "windows=08:30-00:00,01:00-02:00", "bad_windows")]
    [InlineData("official-days", "2026", "2027-01-01", "", "valid_from_outside_year")]
    [InlineData("official-days", "2025", Tomorrow, "", "valid_from_outside_year")]
    [InlineData("official-days", "2026", Tomorrow, "source=", "missing_member")]
    [InlineData("official-days", "2026", Tomorrow, "days=2026-10-01,festival,国庆节", "bad_holiday_list")]
    [InlineData("official-days", "2026", Tomorrow, "days=2026-10-01,holiday,国庆节\n2026-10-01,workday,国庆节", "bad_holiday_list")]
    [InlineData("official-days", "2026", Tomorrow, "days=2026-10-01,holiday,", "bad_holiday_list")]
    [InlineData("official-days", "2026", Tomorrow, "days=2027-10-01,holiday,国庆节", "days_of_another_year")]
    [InlineData("official-days", "2026", Tomorrow, "days=2026-10-01,holiday,国庆节;year=2027", "days_of_another_year")]
    [InlineData("rental-type", "RNT-WATER-02", Tomorrow, "nature=act of god", "unknown_value")]
    [InlineData("rental-type", "RNT-WATER-02", Tomorrow, "countsInIndicator=maybe", "unknown_value")]
    [InlineData("rental-type", "RNT-WATER-02", Tomorrow, "defaultSeverity=P9", "unknown_severity")]
    [InlineData("rental-type", "RNT-WATER-02", Tomorrow, "parent=RNT-SPACE", "unknown_parent")]
    [InlineData("system-type", "FLT-NET", Tomorrow, "countsInIndicator=yes", "unknown_value")]
    [InlineData("town", "440111011", Tomorrow, "kind=galaxy", "unknown_value")]
    [InlineData("town", "440111011", Tomorrow, "colour=red", "unknown_member")]
    [InlineData("ladder", "default", Tomorrow, "steps=", "missing_member")]
    [InlineData("ladder", "default", Tomorrow, "steps=resolution breach 0 1", "bad_ladder")]
    [InlineData("ladder", "default", Tomorrow, "steps=resolution breach 0 1 everybody", "bad_ladder")]
    [InlineData("ladder", "default", Tomorrow, "steps=resolution before 60 1 handler", "bad_ladder")]
    [InlineData("ladder", "default", Tomorrow, "steps=resolution breach 0 1 handler\nresolution repeat 3600 21 handler", "bad_ladder")]
    [InlineData("ladder", "default", Tomorrow, "steps=resolution breach 0 1 handler\nresolution repeat 3600 2 handler\nresolution repeat 7200 2 handler", "bad_ladder")]
    [InlineData("ladder", "default", Tomorrow, "steps=resolution breach 0 1 handler\nresponse percent 100 1 handler", "bad_ladder")]
    [InlineData("reopen-reason", "bored", Tomorrow, "", "fixed_list")]
    public async Task What_no_clock_could_read_is_refused_by_its_code_and_nothing_is_stored(string list, string code, string validFrom, string changes, string expected)
    {
        await using var desk = await Open(Engine.Sqlite);
        var members = changes.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split('=', 2)).Select(c => (c[0], c[1])).ToArray();
        var draft = await desk.Draft(list, code, validFrom, members);
        foreach (var refused in new[] { (await desk.Ask(draft)).Refused!, (await desk.Desk.Send(new PreviewVersion(Lead, draft))).Refused! })
        {
            Assert.Equal(expected, refused.Code);
            Assert.True(refused is { Field.Length: > 0, Zh.Length: > 0, En.Length: > 0 });
        }

        Assert.False(await desk.Desk.Read(db => db.Requests.AnyAsync()));
    }

    [Fact]
    public async Task Names_words_rights_and_what_was_seen_are_asked_too()
    {
        await using var desk = await Open(Engine.Sqlite);
        var draft = await desk.Draft("void-reason", "test", Tomorrow, ("basis", "制度第3条"));
        Assert.Equal(("bad_name", "nameZh"), (await desk.Ask(draft with { NameZh = " " })).Refused is var zh ? (zh!.Code, zh.Field) : default);
        Assert.Equal(("bad_name", "nameEn"), (await desk.Ask(draft with { NameEn = new string('a', 101) })).Refused is var en ? (en!.Code, en.Field) : default);
        Assert.Equal("bad_name", (await desk.Ask(draft with { NameZh = "换\n行" })).Refused!.Code);
        Assert.Equal("bad_name", (await desk.Ask(draft with { NameZh = "半\ud800" })).Refused!.Code);
        Assert.Equal("too_long", (await desk.Ask(draft with { Note = new string('长', 501) })).Refused!.Code);
        Assert.Equal("cannot_end", (await desk.Ask(draft with { Code = "unheard", Ended = true })).Refused!.Code);
        Assert.Equal("cannot_end", (await desk.Ask((await desk.Draft("official-days", "2026", Tomorrow)) with { Ended = true })).Refused!.Code);
        Assert.Equal("still_in_use", (await desk.Ask((await desk.Draft("severity", "P3", Tomorrow)) with { Ended = true })).Refused!.Code);
        Assert.Equal("not_allowed", (await desk.Ask(draft, Lead)).Refused!.Code);
        Assert.Equal("not_allowed", (await desk.Desk.Send(new PreviewVersion(Staff, draft))).Refused!.Code);
        Assert.Equal("changed_since", (await desk.Ask(draft, ifMatch: 0)).Refused!.Code);
        Assert.Equal("changed_since", (await desk.Ask(draft with { Code = "unheard" }, ifMatch: 1)).Refused!.Code);

        await desk.Done(new AskVersion(Officer, draft, 1));
        Assert.Equal("version_pending", (await desk.Ask(draft, Both, 1)).Refused!.Code);
        Assert.Equal("unknown_list", (await desk.Desk.Send(new ReadCodes(Staff, "nonsense"))).Refused!.Code);
        Assert.Equal("code_not_found", (await desk.Desk.Send(new ReadVersions(Staff, "town", "999"))).Refused!.Code);
    }

    [Fact]
    public async Task Every_shipped_row_is_one_that_could_be_asked_for()
    {
        await using var desk = await Open(Engine.Sqlite);
        foreach (var (list, _, _) in ReferenceList.All)
        {
            foreach (var code in (await desk.Desk.Load()).Reference.CodesOf(list).Select(c => c.Key))
            {
                // Lists of past years rule no day that is still to come.
                var expected = list == "official-days" && code != "2026" ? "valid_from_outside_year" : "nothing_changed";
                Assert.Equal((list, code, expected), (list, code, (await desk.Ask(await desk.Draft(list, code, Tomorrow))).Refused!.Code));
            }
        }

        Assert.Equal((await desk.Desk.Read(db => db.References.Select(r => r.List).Distinct().ToListAsync())).Order(), ReferenceList.All.Select(l => l.List).Order());
    }
}
