using CsCheck;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.OfficialCalendars;

namespace IncidentDesk.Domain.Tests;

/// <summary>The sentence that stands in a report, to the character, and the facts it is made of.</summary>
public class ArithmeticTests
{
    private const string Later = "2026-06-01 00:00";

    private static readonly SlaPolicy Deducting = SlaPolicy.Strict with { Code = "pause", PauseMode = PauseMode.Approved };

    private static StreamOf Reported => new("2026-05-03 09:00");

    [Fact]
    public void A_ticket_resolved_on_time() => Says(
        Reported.Resolve("2026-05-03 17:20").Sum(Later),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；5月3日 17:20 处理完成，计时时长 8小时20分，未超过时限 24小时，按时。",
        "Report received 3 May 09:00, due by 4 May 09:00; resolved 3 May 17:20, official elapsed 8 h 20 min, within the limit of 24 h: on time.");

    [Fact]
    public void A_ticket_resolved_in_the_last_second() => Says(
        Reported.Resolve("2026-05-04 09:00").Sum(Later),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；5月4日 09:00 处理完成，计时时长 24小时，未超过时限 24小时，按时。",
        "Report received 3 May 09:00, due by 4 May 09:00; resolved 4 May 09:00, official elapsed 24 h, within the limit of 24 h: on time.");

    [Fact]
    public void A_ticket_resolved_one_second_too_late_shows_its_seconds() => Says(
        Reported.Resolve("2026-05-04 09:00:01").Sum(Later),
        "5月3日 09:00:00 接报，应于 5月4日 09:00:00 前处理完成；5月4日 09:00:01 处理完成，计时时长 24小时0分1秒，超过时限 24小时，超出 1秒，超时。",
        "Report received 3 May 09:00:00, due by 4 May 09:00:00; resolved 4 May 09:00:01, official elapsed 24 h 0 min 1 s, over the limit of 24 h by 1 s: breached.");

    [Fact]
    public void A_ticket_resolved_days_late() => Says(
        Reported.Resolve("2026-05-06 10:30").Sum(Later),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；5月6日 10:30 处理完成，计时时长 73小时30分，超过时限 24小时，超出 49小时30分，超时。",
        "Report received 3 May 09:00, due by 4 May 09:00; resolved 6 May 10:30, official elapsed 73 h 30 min, over the limit of 24 h by 49 h 30 min: breached.");

    [Fact]
    public void An_open_ticket_that_is_overdue() => Says(
        Reported.Sum("2026-05-04 15:00"),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；截至 5月4日 15:00 仍未处理完成，计时时长 30小时，超过时限 24小时，超出 6小时，超时。",
        "Report received 3 May 09:00, due by 4 May 09:00; still open at 4 May 15:00, official elapsed 30 h, over the limit of 24 h by 6 h: breached.");

    [Fact]
    public void An_open_ticket_that_is_not_due() => Says(
        Reported.Sum("2026-05-03 09:00:30"),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；截至 5月3日 09:00:30 尚未处理完成，计时时长 30秒，未超过时限 24小时，尚未到期。",
        "Report received 3 May 09:00, due by 4 May 09:00; open at 3 May 09:00:30, official elapsed 30 s, within the limit of 24 h: pending (not due).");

    [Fact]
    public void Pauses_that_are_not_deducted() => Says(
        Reported.Pause("2026-05-03 10:00").Resume("2026-05-03 12:00").Pause("2026-05-03 13:00").Resolve("2026-05-03 14:00").Sum(Later),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；5月3日 14:00 处理完成；暂停 2 次共 3小时，不扣除；计时时长 5小时，未超过时限 24小时，按时。",
        "Report received 3 May 09:00, due by 4 May 09:00; resolved 3 May 14:00; paused 2 times, 3 h, not deducted; official elapsed 5 h, within the limit of 24 h: on time.");

    [Fact]
    public void A_pause_that_is_deducted_moves_the_due_time() => Says(
        Reported.Pause("2026-05-03 10:00").Resume("2026-05-03 13:00").Resolve("2026-05-04 11:00").Sum(Later, Deducting),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成，因批准暂停顺延至 5月4日 12:00；5月4日 11:00 处理完成；总历时 26小时，扣除批准暂停 1 次共 3小时；计时时长 23小时，未超过时限 24小时，按时。",
        "Report received 3 May 09:00, due by 4 May 09:00, moved to 4 May 12:00 by approved pauses; resolved 4 May 11:00; gross elapsed 26 h, less approved pauses 3 h (once); official elapsed 23 h, within the limit of 24 h: on time.");

    [Fact]
    public void A_ticket_that_is_paused_now() => Says(
        Reported.Pause("2026-05-03 10:00").Sum("2026-05-05 10:00", Deducting),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；截至 5月5日 10:00 尚未处理完成（暂停中，已停钟）；总历时 49小时，扣除批准暂停 1 次共 48小时；计时时长 1小时，未超过时限 24小时，尚未到期。",
        "Report received 3 May 09:00, due by 4 May 09:00; open at 5 May 10:00 (paused, clock stopped); gross elapsed 49 h, less approved pauses 48 h (once); official elapsed 1 h, within the limit of 24 h: pending (not due).");

    [Fact]
    public void A_ticket_that_is_paused_while_its_clock_runs() => Says(
        Reported.Pause("2026-05-03 10:00").Sum("2026-05-05 10:00"),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；截至 5月5日 10:00 仍未处理完成（暂停中，不停钟）；暂停 1 次共 48小时，不扣除；计时时长 49小时，超过时限 24小时，超出 25小时，超时。",
        "Report received 3 May 09:00, due by 4 May 09:00; still open at 5 May 10:00 (paused, clock running); paused once, 48 h, not deducted; official elapsed 49 h, over the limit of 24 h by 25 h: breached.");

    [Fact]
    public void A_ticket_reopened_because_it_happened_again() => Says(
        Reported.Resolve("2026-05-03 17:20").Reopen("2026-05-04 10:00", Reopened.Recurred).Resolve("2026-05-04 12:00").Sum(Later),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成，因重开前的间隔不计顺延至 5月5日 01:40；5月3日 17:20 处理完成，5月4日 10:00 重开（又发生，间隔不计），5月4日 12:00 处理完成；"
        + "重开 1 次，5月3日 09:00 至 5月3日 17:20 计 8小时20分，5月4日 10:00 至 5月4日 12:00 计 2小时；计时时长 10小时20分，未超过时限 24小时，按时。",
        "Report received 3 May 09:00, due by 4 May 09:00, moved to 5 May 01:40 by a gap before a reopen that does not count; resolved 3 May 17:20, reopened 4 May 10:00 (happened again, gap not counted), resolved 4 May 12:00; "
        + "reopened once, 3 May 09:00 to 3 May 17:20 counts 8 h 20 min, 4 May 10:00 to 4 May 12:00 counts 2 h; official elapsed 10 h 20 min, within the limit of 24 h: on time.");

    [Fact]
    public void A_ticket_reopened_because_it_never_was_fixed() => Says(
        Reported.Resolve("2026-05-03 17:20").Reopen("2026-05-04 10:00", Reopened.NotFixed).Sum("2026-05-04 12:00"),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成；5月3日 17:20 处理完成，5月4日 10:00 重开（未修好，间隔计入），截至 5月4日 12:00 仍未处理完成；"
        + "重开 1 次，5月3日 09:00 至 5月4日 12:00 计 27小时；计时时长 27小时，超过时限 24小时，超出 3小时，超时。",
        "Report received 3 May 09:00, due by 4 May 09:00; resolved 3 May 17:20, reopened 4 May 10:00 (not fixed, gap counted), still open at 4 May 12:00; "
        + "reopened once, 3 May 09:00 to 4 May 12:00 counts 27 h; official elapsed 27 h, over the limit of 24 h by 3 h: breached.");

    [Fact]
    public void A_pause_and_a_reopen_without_a_reason_both_move_the_due_time() => Says(
        Reported.Pause("2026-05-03 10:00").Resume("2026-05-03 11:00").Resolve("2026-05-03 12:00").Reopen("2026-05-03 14:00").Sum("2026-05-03 15:00", Deducting),
        "5月3日 09:00 接报，应于 5月4日 09:00 前处理完成，因批准暂停、重开前的间隔不计顺延至 5月4日 12:00；5月3日 12:00 处理完成，5月3日 14:00 重开（间隔不计），截至 5月3日 15:00 尚未处理完成；"
        + "重开 1 次，5月3日 09:00 至 5月3日 12:00 计 3小时，5月3日 14:00 至 5月3日 15:00 计 1小时；总历时 4小时，扣除批准暂停 1 次共 1小时；计时时长 3小时，未超过时限 24小时，尚未到期。",
        "Report received 3 May 09:00, due by 4 May 09:00, moved to 4 May 12:00 by approved pauses and a gap before a reopen that does not count; resolved 3 May 12:00, reopened 3 May 14:00 (gap not counted), open at 3 May 15:00; "
        + "reopened once, 3 May 09:00 to 3 May 12:00 counts 3 h, 3 May 14:00 to 3 May 15:00 counts 1 h; gross elapsed 4 h, less approved pauses 1 h (once); official elapsed 3 h, within the limit of 24 h: pending (not due).");

    [Fact]
    public void A_clock_that_another_policy_starts_elsewhere_says_where() => Says(
        Reported.Add(WallTime.At("2026-05-03 11:00"), new AssignmentAccepted()).Resolve("2026-05-03 17:20")
            .Sum(Later, SlaPolicy.Strict with { ClockStart = ClockStart.Accepted }),
        "5月3日 09:00 接报，自 5月3日 11:00 起计时，应于 5月4日 11:00 前处理完成；5月3日 17:20 处理完成，计时时长 6小时20分，未超过时限 24小时，按时。",
        "Report received 3 May 09:00, clock started 3 May 11:00, due by 4 May 11:00; resolved 3 May 17:20, official elapsed 6 h 20 min, within the limit of 24 h: on time.");

    [Fact]
    public void A_void_ticket() => Says(
        Reported.Void("2026-05-03 15:00").Sum(Later),
        "5月3日 09:00 接报；5月3日 15:00 经批准作废，剔除，不纳入考核。",
        "Report received 3 May 09:00; void, approved 3 May 15:00: excluded.");

    [Fact]
    public void A_duplicate_merged_after_the_due_time() => Says(
        Reported.Merge("2026-05-04 09:30").Sum(Later),
        "5月3日 09:00 接报；5月4日 09:30 经批准作为重复单并入主单（批准时已过时限），剔除，不纳入考核。",
        "Report received 3 May 09:00; merged into its master as a duplicate, approved 4 May 09:30 (after the due time): excluded.");

    [Fact]
    public void A_ticket_that_was_overdue_when_it_was_logged() => Says(
        new StreamOf("2026-05-03 09:00", logged: "2026-05-04 10:00").Resolve("2026-05-04 10:30").Sum(Later),
        "5月3日 09:00 接报，5月4日 10:00 登记时已超时，应于 5月4日 09:00 前处理完成；5月4日 10:30 处理完成，计时时长 25小时30分，超过时限 24小时，超出 1小时30分，超时。",
        "Report received 3 May 09:00, already overdue when logged 4 May 10:00, due by 4 May 09:00; resolved 4 May 10:30, official elapsed 25 h 30 min, over the limit of 24 h by 1 h 30 min: breached.");

    [Fact]
    public void A_late_completion_is_named_as_one() => Says(
        new StreamOf("2026-05-03 09:00", logged: "2026-05-04 10:00").Resolve("2026-05-03 12:00", late: true).Sum(Later),
        "5月3日 09:00 接报，5月4日 10:00 登记时已过时限，应于 5月4日 09:00 前处理完成；5月3日 12:00 处理完成（补录办结，经批准），计时时长 3小时，未超过时限 24小时，按时。",
        "Report received 3 May 09:00, the due time already past when logged 4 May 10:00, due by 4 May 09:00; resolved 3 May 12:00 (late completion, approved), official elapsed 3 h, within the limit of 24 h: on time.");

    [Fact]
    public void A_start_that_was_corrected_and_pulled_back() => Says(
        new StreamOf("2026-05-03 09:00", logged: "2026-05-03 12:00").Absorb("2026-05-03 12:10", "2026-05-03 08:00")
            .Correct("2026-05-03 13:00", Corrected.Reported, "2026-05-03T02:00:00Z").Correct("2026-05-03 13:00", Corrected.Severity, "P1").Resolve("2026-05-03 17:20").Sum(Later),
        "5月3日 08:00 接报（因合并重复单提前，本单为 5月3日 10:00），接报时间、严重程度经更正，应于 5月4日 08:00 前处理完成；5月3日 17:20 处理完成，计时时长 9小时20分，未超过时限 24小时，按时。",
        "Report received 3 May 08:00 (earlier by the merge of a duplicate, its own 3 May 10:00), corrected: report received, severity, due by 4 May 08:00; resolved 3 May 17:20, official elapsed 9 h 20 min, within the limit of 24 h: on time.");

    [Fact]
    public void Another_calendar_and_a_year_without_a_list_are_named_and_two_years_are_told_apart() => Says(
        new StreamOf("2026-12-31 09:00").Resolve("2027-01-01 08:00").Sum("2027-02-01 00:00", SlaPolicy.Strict with { Calendar = "workday24" }, Workday24),
        "2026年12月31日 09:00 接报，按工作日计时，应于 2027年1月1日 09:00 前处理完成（2027年法定节假日安排未录入，到期时间可能变动）；2027年1月1日 08:00 处理完成，计时时长 23小时，未超过时限 24小时，按时。",
        "Report received 31 Dec 2026 09:00, counted in working days, due by 1 Jan 2027 09:00 (no list of public holidays for 2027: it may move); resolved 1 Jan 2027 08:00, official elapsed 23 h, within the limit of 24 h: on time.");

    [Fact]
    public void Working_hours_are_named_and_nights_do_not_count() => Says(
        new StreamOf("2026-05-08 16:30").Resolve("2026-05-09 09:00").Sum(Later, SlaPolicy.Strict with { Calendar = "office7h", ResolutionLimitSec = 7 * 3_600 }, Office7h),
        "5月8日 16:30 接报，按工作时间计时，应于 5月9日 16:30 前处理完成；5月9日 09:00 处理完成，计时时长 1小时30分，未超过时限 7小时，按时。",
        "Report received 8 May 16:30, counted in working hours, due by 9 May 16:30; resolved 9 May 09:00, official elapsed 1 h 30 min, within the limit of 7 h: on time.");

    [Fact]
    public void A_calendar_that_never_counts_enough_has_no_due_time() => Says(
        Reported.Sum("2026-05-03 10:00", null, Of("never", CalendarMode.WorkHours)),
        "5月3日 09:00 接报，按日历 never 计时，按此日历不会到期；截至 5月3日 10:00 尚未处理完成，计时时长 0秒，未超过时限 24小时，尚未到期。",
        "Report received 3 May 09:00, counted by the calendar never, never due by this calendar; open at 3 May 10:00, official elapsed 0 s, within the limit of 24 h: pending (not due).");

    [Fact]
    public void A_sentence_stands_on_the_wall_clock_of_the_zone_it_is_asked_for()
    {
        var sum = Reported.Resolve("2026-05-03 17:20").Sum(Later);

        Assert.StartsWith("5月2日 21:00 接报，应于 5月3日 21:00 前", sum.SentenceZh(Zone.Find("America/New_York")!), StringComparison.Ordinal);
    }

    [Fact]
    public void Logging_in_the_uncounted_night_after_the_due_time_is_not_born_overdue()
    {
        var policy = SlaPolicy.Strict with { Calendar = "office7h", ResolutionLimitSec = 7 * 3_600 };

        Assert.False(new StreamOf("2026-05-08 08:30", logged: "2026-05-08 20:00").Sum(Later, policy, Office7h).BornOverdue);
        Assert.True(new StreamOf("2026-05-08 08:30", logged: "2026-05-09 08:30:01").Sum(Later, policy, Office7h).BornOverdue);
    }

    [Fact]
    public void A_merge_does_not_make_the_master_born_overdue()
    {
        var sum = new StreamOf("2026-05-03 09:00").Absorb("2026-05-03 10:00", "2026-05-01 09:00").Sum(Later);

        Assert.True(sum.PulledBack);
        Assert.False(sum.BornOverdue);
    }

    [Fact]
    public void The_facts_add_up_to_the_figures_of_the_verdict() =>
        Gen.Select(RandomStreams.Any, Gen.Int[0, 2_000], Gen.Bool, Gen.Bool, Gen.Bool).Sample(
            (stream, after, deduct, continuous, office) =>
            {
                var policy = SlaPolicy.Strict with
                {
                    ResolutionLimitSec = 900,
                    PauseMode = deduct ? PauseMode.Approved : PauseMode.None,
                    ReopenMode = continuous ? ReopenMode.Continuous : ReopenMode.Cumulative,
                };
                var calendar = office ? Office7h : Always;
                var asOf = stream.Last.Plus(after);
                var facts = ClockFacts.Of(stream.Entries, asOf, DateTimeOffset.MaxValue)!;
                var sum = Arithmetic.Of(facts, SlaClock.Read(facts, policy, calendar, asOf), policy, calendar, asOf);

                Assert.Equal(sum.GrossSec, sum.Active.Sum(a => a.CountedSec));
                Assert.Equal(sum.PausedSec, sum.Pauses.Sum(p => p.CountedSec));
                Assert.Equal(sum.OfficialSec, sum.GrossSec - sum.Pauses.Where(p => p.Deducted).Sum(p => p.CountedSec));
                Assert.Equal(sum.OverdueSec, sum.OfficialSec > sum.LimitSec ? sum.OfficialSec - sum.LimitSec : null);
                Assert.Equal(sum.Active.Count, 1 + sum.Reopens.Count(r => !r.GapCounts));
                Assert.Equal(sum.ResolvedAt is null, facts.Open);
                foreach (var sentence in new[] { sum.SentenceZh(Zone.Shanghai), sum.SentenceEn(Zone.Shanghai) })
                {
                    Assert.DoesNotContain("；；", sentence, StringComparison.Ordinal);
                    Assert.DoesNotContain("  ", sentence, StringComparison.Ordinal);
                    Assert.Single(sentence, c => c is '。' or '.');
                }
            },
            iter: 500);

    private static void Says(Arithmetic sum, string zh, string en)
    {
        Assert.Equal(zh, sum.SentenceZh(Zone.Shanghai));
        Assert.Equal(en, sum.SentenceEn(Zone.Shanghai));
    }
}
