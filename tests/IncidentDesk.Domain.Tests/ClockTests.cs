using CsCheck;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.OfficialCalendars;
using static IncidentDesk.Domain.Tests.WallTime;

namespace IncidentDesk.Domain.Tests;

/// <summary>The clock against a model that lives through every second, and the ways in which other desks' clocks went wrong.</summary>
public class ClockTests
{
    private static readonly SlaPolicy Deducting = SlaPolicy.Strict with { Code = "pause", PauseMode = PauseMode.Approved };

    // Counts in pieces around noon, so that short streams meet its edges.
    private static readonly WorkCalendar Pieces =
        Of("pieces", CalendarMode.WorkHours, ("11:50", "11:58"), ("12:00", "12:03"), ("12:10", "12:11"), ("12:15", "12:40"), ("12:41", "23:00"));

    private static readonly Gen<(SlaPolicy Policy, WorkCalendar Calendar)> Terms = Gen.Select(
        Gen.Int[0, 1_500], Gen.Int[0, 600], Gen.Bool, Gen.Bool, Gen.Bool, (limit, response, deduct, continuous, pieces) => (
            SlaPolicy.Strict with
            {
                ResolutionLimitSec = limit,
                ResponseLimitSec = response,
                PauseMode = deduct ? PauseMode.Approved : PauseMode.None,
                ReopenMode = continuous ? ReopenMode.Continuous : ReopenMode.Cumulative,
            },
            pieces ? Pieces : Always));

    [Fact]
    public void The_clock_counts_the_seconds_that_a_witness_counts() => Gen.Select(RandomStreams.Any, Terms, Gen.Int[-1_500, 1_500]).Sample(
        (stream, terms, after) =>
        {
            var asOf = Instant.Max(RandomStreams.Reported, stream.Last.Plus(after));
            var witness = new Witness(stream, terms.Policy, terms.Calendar, asOf);
            var reading = Read(stream, terms, asOf);

            Assert.Equal(witness.Start, reading.StartAt);
            Assert.Equal((witness.Gross, witness.PausedSec, witness.Official), (reading.GrossElapsedSec, reading.PausedSec, reading.OfficialElapsedSec));
            Assert.Equal(witness.BreachedAt, reading.BreachesAt <= asOf ? reading.BreachesAt : null);
            Assert.Equal(witness.Outcome, reading.Outcome);
            Assert.Equal(witness.Open, reading.Open);
            Assert.Equal(witness.PausedNow, reading.PausedNow);
        },
        iter: 1_500);

    [Fact]
    public void Official_time_is_gross_time_less_the_pauses_that_count() => Gen.Select(RandomStreams.Any, Terms, Gen.Int[0, 3_000]).Sample(
        (stream, terms, after) =>
        {
            var reading = Read(stream, terms, stream.Last.Plus(after));
            var deducted = terms.Policy.PauseMode == PauseMode.Approved ? reading.PausedSec : 0;
            Assert.Equal(reading.GrossElapsedSec - deducted, reading.OfficialElapsedSec);
            Assert.InRange(reading.OfficialElapsedSec, 0, reading.ContinuousElapsedSec);

            var continuous = Read(stream, (terms.Policy with { ReopenMode = ReopenMode.Continuous }, terms.Calendar), stream.Last.Plus(after));
            Assert.Equal(continuous.OfficialElapsedSec, reading.ContinuousElapsedSec);
        },
        iter: 1_000);

    [Fact]
    public void A_row_that_keeps_the_instants_of_breach_can_tell_the_verdict_at_any_later_time() =>
        Gen.Select(RandomStreams.Any, Terms, Gen.Int[0, 3_000]).Sample(
            (stream, terms, after) =>
            {
                var kept = ClockFacts.Of(stream.Entries, stream.Last, DateTimeOffset.MaxValue)!;
                var row = SlaClock.Read(kept, terms.Policy, terms.Calendar, stream.Last);
                var asOf = stream.Last.Plus(after);
                var reading = Read(stream, terms, asOf);

                Assert.Equal(reading.Outcome == Outcome.Breached, row.BreachesAt <= asOf);
                Assert.Equal(reading.ResponseBreached, row.ResponseBreachesAt <= asOf);
                AssertSame(reading, SlaClock.Read(kept, terms.Policy, terms.Calendar, asOf));
            },
            iter: 1_500);

    [Fact]
    public void An_open_clock_breaches_one_counted_second_after_its_effective_due_time_and_not_before()
    {
        var met = 0;
        Gen.Select(RandomStreams.Any, Terms).Sample(
            (stream, terms) =>
            {
                var reading = Read(stream, terms, stream.Last);
                if (reading.Open && reading.BreachesAt is { } breach && breach > stream.Last)
                {
                    Interlocked.Increment(ref met);
                    Assert.Equal(Outcome.Pending, Read(stream, terms, breach.Plus(-1)).Outcome);
                    Assert.Equal(Outcome.Breached, Read(stream, terms, breach).Outcome);
                    Assert.Equal(1, Read(stream, terms, breach).OverdueSec);
                    Assert.Equal(1, terms.Calendar.Counted(reading.EffectiveDueAt!.Value, breach));
                    Assert.Equal(terms.Policy.ResolutionLimitSec, Read(stream, terms, breach.Plus(-1)).OfficialElapsedSec);
                }
            },
            iter: 1_000);
        Assert.True(met > 100, $"Only {met} of the random clocks were running.");
    }

    [Fact]
    public void Once_breached_always_breached_whatever_is_resolved_reopened_or_paused()
    {
        var met = 0;
        Gen.Select(RandomStreams.Plain, Terms, Gen.Int[0, 3_000], Gen.Int[0, 3_000]).Sample(
            (stream, terms, first, more) =>
            {
                var asOf = RandomStreams.Reported.Plus(first);
                if (Read(stream, terms, asOf).Outcome == Outcome.Breached)
                {
                    Interlocked.Increment(ref met);
                    Assert.Equal(Outcome.Breached, Read(stream, terms, asOf.Plus(more)).Outcome);
                }
            },
            iter: 1_500);
        Assert.True(met > 150, $"Only {met} of the random clocks had breached.");
    }

    [Fact]
    public void What_is_recorded_later_or_takes_effect_later_does_not_exist() =>
        Gen.Select(RandomStreams.Any, Terms, Gen.Int[0, 4_000], Gen.Int[0, 4_000], Gen.Int[0, 20]).Sample(
            (stream, terms, asOfSec, knownSec, place) =>
            {
                var asOf = RandomStreams.Reported.Plus(asOfSec);
                var knownAt = RandomStreams.Reported.Plus(knownSec).ToUtc();
                Entry Extra(int seq, Instant at, DateTimeOffset recorded) =>
                    new(seq, at, recorded, new Resolved(new Coded("fixed", "现场修复")));
                var more = stream.Entries.ToList();
                more.Insert(Math.Min(place, more.Count), Extra(90, asOf.Plus(1), knownAt));
                more.Insert(Math.Min(place, more.Count), Extra(91, asOf, knownAt.AddMilliseconds(1)));

                var without = SlaClock.Read(stream.Entries, terms.Policy, terms.Calendar, asOf, knownAt);
                var with = SlaClock.Read(more, terms.Policy, terms.Calendar, asOf, knownAt);
                Assert.Equal(without is null, with is null);
                if (without is not null)
                {
                    AssertSame(without, with!);
                }
            },
            iter: 1_000);

    [Fact]
    public void A_stream_need_not_be_sorted_by_effective_time() => Gen.Select(RandomStreams.Any, Terms, Gen.Int[0, 99]).Sample(
        (stream, terms, seed) =>
        {
            var apart = stream.Entries.DistinctBy(e => e.At).ToList();
            var mixed = apart.OrderBy(e => (e.Seq * 7919 * (seed + 1)) % 101).ToList();
            AssertSame(
                SlaClock.Read(apart, terms.Policy, terms.Calendar, stream.Last, DateTimeOffset.MaxValue)!,
                SlaClock.Read(mixed, terms.Policy, terms.Calendar, stream.Last, DateTimeOffset.MaxValue)!);
        },
        iter: 500);

    [Fact]
    public void Equal_instants_are_taken_in_the_order_given()
    {
        var open = new StreamOf("2026-05-03 09:00").Resolve("2026-05-03 10:00").Reopen("2026-05-03 10:00").Read("2026-05-03 12:00");
        var closed = new StreamOf("2026-05-03 09:00").Reopen("2026-05-03 10:00").Resolve("2026-05-03 10:00").Read("2026-05-03 12:00");

        Assert.True(open.Open);
        Assert.Equal(3 * 3_600, open.GrossElapsedSec);
        Assert.False(closed.Open);
        Assert.Equal(3_600, closed.GrossElapsedSec);
    }

    [Theory]
    [InlineData("2026-05-04 08:59:59", Outcome.OnTime, 0)]
    [InlineData("2026-05-04 09:00:00", Outcome.OnTime, 0)]
    [InlineData("2026-05-04 09:00:01", Outcome.Breached, 1)]
    public void A_ticket_resolved_late_between_two_polls_is_breached_all_the_same(string resolved, Outcome outcome, int overdue)
    {
        var stream = new StreamOf("2026-05-03 09:00").Resolve(resolved);

        foreach (var asOf in new[] { "2026-05-04 09:00:01", "2026-05-04 09:05", "2027-01-01 00:00" })
        {
            var reading = stream.Read(asOf);
            Assert.Equal((outcome, overdue), (reading.Outcome, (int)reading.OverdueSec));
        }
    }

    [Fact]
    public void An_open_ticket_is_pending_at_24_hours_and_breached_a_second_later()
    {
        var open = new StreamOf("2026-05-03 09:00");

        Assert.Equal(Outcome.Pending, open.Read("2026-05-04 09:00:00").Outcome);
        Assert.Equal(Outcome.Breached, open.Read("2026-05-04 09:00:01").Outcome);
        Assert.Equal(At("2026-05-04 09:00:01"), open.Read("2026-05-03 09:00").BreachesAt);
    }

    [Theory]
    [InlineData("2026-03-31T15:59:59Z", "2026-03")]
    [InlineData("2026-03-31T16:00:00Z", "2026-04")]
    [InlineData("2025-12-31T16:00:00Z", "2026-01")]
    public void The_month_is_cut_in_the_zone_of_the_installation_and_not_in_UTC(string reported, string month) =>
        Assert.Equal(month, Zone.Shanghai.MonthOf(new StreamOf(reported).Read("2026-05-01 00:00").ReportedAt).ToString());

    [Fact]
    public void A_pause_that_ends_with_the_resolve_is_not_lost()
    {
        var stream = new StreamOf("2026-05-03 09:00").Pause("2026-05-03 10:00").Resolve("2026-05-04 10:00");

        var reading = stream.Read("2026-05-06 09:00", Deducting);

        Assert.Equal((25 * 3_600, 24 * 3_600, 3_600), (reading.GrossElapsedSec, reading.PausedSec, reading.OfficialElapsedSec));
        Assert.Equal(Outcome.OnTime, reading.Outcome);
        Assert.Equal(Outcome.Breached, stream.Read("2026-05-06 09:00").Outcome);
    }

    [Fact]
    public void A_change_of_policy_loses_no_pause_time()
    {
        var stream = new StreamOf("2026-05-03 09:00").Pause("2026-05-03 10:00").Resume("2026-05-03 13:00").Pause("2026-05-03 14:00");

        var before = stream.Read("2026-05-03 15:00");
        var after = stream.Read("2026-05-03 15:00", Deducting with { Version = 2, ResolutionLimitSec = 7_200 });

        Assert.Equal(4 * 3_600, before.PausedSec);
        Assert.Equal(before.PausedSec, after.PausedSec);
        Assert.Equal((6 * 3_600, 2 * 3_600), (before.OfficialElapsedSec, after.OfficialElapsedSec));
    }

    [Fact]
    public void A_stopped_clock_cannot_breach_and_has_no_due_time_until_it_runs_again()
    {
        var paused = new StreamOf("2026-05-03 09:00").Pause("2026-05-03 10:00");

        var stopped = paused.Read("2026-06-03 10:00", Deducting);
        Assert.Equal(Outcome.Pending, stopped.Outcome);
        Assert.True(stopped.PausedNow);
        Assert.Null(stopped.EffectiveDueAt);
        Assert.Null(stopped.BreachesAt);
        Assert.Equal(At("2026-05-04 09:00"), stopped.DueAt);

        var running = paused.Resume("2026-06-03 10:00").Read("2026-06-03 10:00", Deducting);
        Assert.False(running.PausedNow);
        Assert.Equal(At("2026-06-04 09:00"), running.EffectiveDueAt);
    }

    [Fact]
    public void A_pause_after_the_breach_hides_the_due_time_and_not_the_breach()
    {
        var reading = new StreamOf("2026-05-03 09:00").Pause("2026-05-04 10:00").Read("2026-05-04 12:00", Deducting);

        Assert.Null(reading.EffectiveDueAt);
        Assert.Equal(At("2026-05-04 09:00:01"), reading.BreachesAt);
        Assert.Equal((Outcome.Breached, 3_600), (reading.Outcome, (int)reading.OverdueSec));
    }

    [Fact]
    public void A_pause_under_none_is_disclosed_and_stops_nothing()
    {
        var reading = new StreamOf("2026-05-03 09:00").Pause("2026-05-03 10:00").Read("2026-05-04 09:00:01");

        Assert.Equal(Outcome.Breached, reading.Outcome);
        Assert.True(reading.PausedNow);
        Assert.Equal(23 * 3_600 + 1, reading.PausedSec);
        Assert.Equal(At("2026-05-04 09:00"), reading.EffectiveDueAt);
    }

    [Fact]
    public void The_time_between_resolve_and_reopen_is_not_a_pause()
    {
        var stream = new StreamOf("2026-05-03 09:00").Resolve("2026-05-03 10:00").Reopen("2026-05-03 20:00", Reopened.Recurred).Resolve("2026-05-03 21:00");

        var cumulative = stream.Read("2026-05-06 09:00", Deducting);
        var continuous = stream.Read("2026-05-06 09:00", Deducting with { ReopenMode = ReopenMode.Continuous });

        Assert.Equal((2 * 3_600, 0, 12 * 3_600), (cumulative.GrossElapsedSec, cumulative.PausedSec, cumulative.ContinuousElapsedSec));
        Assert.Equal((12 * 3_600, 0, 12 * 3_600), (continuous.GrossElapsedSec, continuous.PausedSec, continuous.ContinuousElapsedSec));
        Assert.Equal(At("2026-05-04 19:00"), cumulative.EffectiveDueAt);
        Assert.Equal(At("2026-05-04 09:00"), cumulative.DueAt);
    }

    [Fact]
    public void What_never_was_fixed_counts_through_the_gap()
    {
        var reading = new StreamOf("2026-05-03 09:00").Resolve("2026-05-03 10:00").Reopen("2026-05-04 09:00:01", Reopened.NotFixed).Read("2026-05-04 09:00:01");

        Assert.Equal(Outcome.Breached, reading.Outcome);
        Assert.Equal(At("2026-05-04 09:00:01"), reading.BreachesAt);
        Assert.Equal([new Interval(At("2026-05-03 09:00"), At("2026-05-04 09:00:01"))], reading.Active);
    }

    [Fact]
    public void Work_that_waits_over_the_night_is_on_time_until_the_next_morning()
    {
        var policy = SlaPolicy.Strict with { Calendar = "office7h", ResolutionLimitSec = 7 * 3_600 };

        Assert.Equal(Outcome.OnTime, new StreamOf("2026-05-08 08:30").Resolve("2026-05-09 08:30:00").Read("2026-05-12 09:00", policy, Office7h).Outcome);
        Assert.Equal(Outcome.Breached, new StreamOf("2026-05-08 08:30").Resolve("2026-05-09 08:30:01").Read("2026-05-12 09:00", policy, Office7h).Outcome);
    }

    [Fact]
    public void Automatic_replies_are_no_response_and_the_response_limit_is_inclusive()
    {
        var auto = new StreamOf("2026-05-03 09:00").Respond("2026-05-03 09:00:05", auto: true);

        Assert.Null(auto.Read("2026-05-03 09:30:00").FirstResponseAt);
        Assert.False(auto.Read("2026-05-03 09:30:00").ResponseBreached);
        Assert.True(auto.Read("2026-05-03 09:30:01").ResponseBreached);
        Assert.False(auto.Respond("2026-05-03 09:30:00").Read("2026-05-06 09:00").ResponseBreached);
        Assert.True(new StreamOf("2026-05-03 09:00").Respond("2026-05-03 09:30:01").Read("2026-05-06 09:00").ResponseBreached);
    }

    [Fact]
    public void Pauses_never_shorten_the_response()
    {
        var reading = new StreamOf("2026-05-03 09:00").Pause("2026-05-03 09:10").Resume("2026-05-03 11:00").Respond("2026-05-03 11:05")
            .Read("2026-05-03 12:00", Deducting);

        Assert.Equal(125 * 60, reading.ResponseElapsedSec);
        Assert.True(reading.ResponseBreached);
    }

    [Fact]
    public void A_merge_pulls_the_start_back_to_the_earliest_report_and_follows_it()
    {
        var stream = new StreamOf("2026-05-03 09:00").Absorb("2026-05-03 12:00", "2026-05-01 20:00").Absorb("2026-05-03 12:30", "2026-05-03 11:00", other: 2);
        Assert.Equal(At("2026-05-01 20:00"), stream.Read("2026-05-03 13:00").StartAt);
        Assert.Equal(At("2026-05-03 09:00"), stream.Read("2026-05-03 11:59:59").StartAt);

        stream.Absorb("2026-05-03 14:00", "2026-05-03 08:00");
        Assert.Equal(At("2026-05-03 08:00"), stream.Read("2026-05-03 15:00").StartAt);
    }

    [Fact]
    public void The_correction_recorded_last_wins_and_moves_the_start()
    {
        var late = new StreamOf("2026-05-01 23:59:59", logged: "2026-05-03 09:00").Resolve("2026-05-03 10:00")
            .Correct("2026-05-03 11:00", Corrected.Reported, "2026-05-02T01:00:00Z")
            .Correct("2026-05-03 11:00", Corrected.Reported, "2026-05-02T02:00:00Z");

        Assert.Equal(Outcome.Breached, late.Read("2026-05-03 10:59:59").Outcome);
        Assert.Equal(At("2026-05-02 10:00"), late.Read("2026-05-03 11:00").StartAt);
        Assert.Equal(Outcome.OnTime, late.Read("2026-05-03 11:00").Outcome);
    }

    [Fact]
    public void A_merge_still_pulls_back_a_start_that_was_corrected()
    {
        var reading = new StreamOf("2026-05-03 09:00", logged: "2026-05-03 12:00").Absorb("2026-05-03 12:00", "2026-05-03 08:00")
            .Correct("2026-05-03 13:00", Corrected.Reported, "2026-05-03T02:00:00Z").Read("2026-05-03 14:00");

        Assert.Equal(At("2026-05-03 08:00"), reading.StartAt);
    }

    [Fact]
    public void An_extension_moves_no_due_time_of_the_indicator()
    {
        var stream = new StreamOf("2026-05-03 09:00");
        stream.Add(At("2026-05-03 10:00"), new Extended(At("2026-05-09 09:00"), StreamOf.Approved));

        Assert.Equal(At("2026-05-04 09:00"), stream.Read("2026-05-04 09:00:01").EffectiveDueAt);
        Assert.Equal(Outcome.Breached, stream.Read("2026-05-04 09:00:01").Outcome);
        Assert.Equal(At("2026-05-09 09:00"), ClockFacts.Of(stream.Entries, stream.Last, DateTimeOffset.MaxValue)!.ExtendedTo);
    }

    [Fact]
    public void A_request_moves_no_clock()
    {
        var stream = new StreamOf("2026-05-03 09:00");
        stream.Add(At("2026-05-03 10:00"), new Requested("R1", new PauseSubject(new Coded("absent", "租客外出"))));
        stream.Add(At("2026-05-03 10:00"), new Requested("R2", new VoidSubject(new Coded("test", "测试"))));

        AssertSame(new StreamOf("2026-05-03 09:00").Read("2026-05-04 09:00:01", Deducting), stream.Read("2026-05-04 09:00:01", Deducting));
    }

    [Fact]
    public void Void_and_merged_tickets_are_excluded_from_their_approval_on()
    {
        foreach (var stream in new[] { new StreamOf("2026-05-03 09:00").Void("2026-05-04 10:00"), new StreamOf("2026-05-03 09:00").Merge("2026-05-04 10:00") })
        {
            Assert.Equal(Outcome.Breached, stream.Read("2026-05-04 09:59:59").Outcome);
            Assert.Equal((Outcome.Excluded, false), (stream.Read("2026-05-04 10:00").Outcome, stream.Read("2026-05-04 10:00").Open));
        }
    }

    [Fact]
    public void A_ticket_does_not_exist_before_its_report_or_its_record()
    {
        var stream = new StreamOf("2026-05-03 09:00", logged: "2026-05-03 09:20");

        Assert.Null(ClockFacts.Of(stream.Entries, At("2026-05-03 08:59:59"), DateTimeOffset.MaxValue));
        Assert.Null(ClockFacts.Of(stream.Entries, At("2026-05-04 09:00"), At("2026-05-03 09:20").ToUtc()));
        Assert.NotNull(ClockFacts.Of(stream.Entries, At("2026-05-03 09:00"), At("2026-05-03 09:20:01").ToUtc()));
    }

    [Fact]
    public void A_clock_that_met_a_year_without_a_list_is_marked()
    {
        var policy = SlaPolicy.Strict with { Calendar = "workday24" };

        Assert.Equal([2027], new StreamOf("2026-12-31 09:00").Read("2026-12-31 10:00", policy, Workday24).YearsWithoutList);
        Assert.Empty(new StreamOf("2026-12-30 09:00").Read("2026-12-31 10:00", policy, Workday24).YearsWithoutList);
        Assert.Equal([2027], new StreamOf("2026-12-01 09:00").Read("2027-01-05 10:00", policy, Workday24).YearsWithoutList);
        Assert.Equal([2027], new StreamOf("2026-12-01 09:00").Resolve("2027-01-05 10:00").Read("2029-01-05 10:00", policy, Workday24).YearsWithoutList);
        Assert.Empty(new StreamOf("2026-12-01 09:00").Resolve("2026-12-05 10:00").Read("2029-01-05 10:00", policy, Workday24).YearsWithoutList);
        Assert.Empty(new StreamOf("2026-12-31 09:00").Read("2026-12-31 10:00").YearsWithoutList);
    }

    [Fact]
    public void A_due_time_that_a_pause_or_a_night_carries_into_a_year_without_a_list_is_marked_too()
    {
        var whole = Deducting with { Calendar = "workday24" };
        var hours = SlaPolicy.Strict with { Calendar = "office7h", ResolutionLimitSec = 7 * 3_600 };
        var paused = new StreamOf("2026-12-29 09:00").Pause("2026-12-29 10:00").Resume("2026-12-31 10:00");
        var untilTheEvening = new StreamOf("2026-12-31 08:30");

        Assert.Equal([2027], paused.Read("2026-12-31 11:00", whole, Workday24).YearsWithoutList);
        Assert.Empty(paused.Read("2026-12-31 11:00", SlaPolicy.Strict, Workday24).YearsWithoutList);
        Assert.Equal(At("2026-12-31 17:30"), untilTheEvening.Read("2026-12-31 09:00", hours, Office7h).DueAt);
        Assert.Equal([2027], untilTheEvening.Read("2026-12-31 09:00", hours, Office7h).YearsWithoutList);
    }

    [Fact]
    public void A_budget_that_ran_out_before_a_reopen_stays_run_out()
    {
        var reading = new StreamOf("2026-05-03 09:00").Resolve("2026-05-04 10:00").Reopen("2026-05-06 10:00", Reopened.Recurred)
            .Pause("2026-05-06 11:00").Resume("2026-05-06 12:00").Read("2026-05-07 09:00", Deducting);

        Assert.Equal(At("2026-05-04 09:00"), reading.EffectiveDueAt);
        Assert.Equal(At("2026-05-04 09:00:01"), reading.BreachesAt);
        Assert.Equal(Outcome.Breached, reading.Outcome);
    }

    [Fact]
    public void The_due_time_of_a_resolved_ticket_is_read_as_if_it_still_ran()
    {
        var reading = new StreamOf("2026-05-03 09:00").Resolve("2026-05-03 10:00").Reopen("2026-05-03 12:00").Resolve("2026-05-03 13:00").Read("2026-05-07 09:00");

        Assert.Equal(At("2026-05-04 11:00"), reading.EffectiveDueAt);
        Assert.Null(reading.BreachesAt);
    }

    [Fact]
    public void Acts_that_do_not_fit_the_state_change_nothing()
    {
        var plain = new StreamOf("2026-05-03 09:00").Pause("2026-05-03 10:00").Resume("2026-05-03 11:00").Resolve("2026-05-03 12:00");
        var odd = new StreamOf("2026-05-03 09:00").Resume("2026-05-03 09:10").Reopen("2026-05-03 09:20").Pause("2026-05-03 10:00").Pause("2026-05-03 10:30")
            .Resume("2026-05-03 11:00").Resume("2026-05-03 11:30").Resolve("2026-05-03 12:00").Pause("2026-05-03 13:00").Resolve("2026-05-03 14:00");

        AssertSame(plain.Read("2026-05-03 15:00", Deducting), odd.Read("2026-05-03 15:00", Deducting));
        Assert.Equal([new PauseStretch(At("2026-05-03 10:00"), At("2026-05-03 11:00"))], ClockFacts.Of(odd.Entries, odd.Last, DateTimeOffset.MaxValue)!.Pauses);
    }

    private static SlaReading Read(StreamOf stream, (SlaPolicy Policy, WorkCalendar Calendar) terms, Instant asOf) =>
        SlaClock.Read(stream.Entries, terms.Policy, terms.Calendar, asOf, DateTimeOffset.MaxValue)!;

    private static void AssertSame(SlaReading expected, SlaReading actual)
    {
        Assert.Equal(expected.Active, actual.Active);
        Assert.Equal(expected.Pauses, actual.Pauses);
        Assert.Equal(expected.YearsWithoutList, actual.YearsWithoutList);
        Assert.Equal(Bare(expected), Bare(actual));

        static SlaReading Bare(SlaReading reading) => reading with { Active = [], Pauses = [], YearsWithoutList = [] };
    }

    /// <summary>Walks from second to second and asks each time what state the ticket is in.</summary>
    private sealed class Witness
    {
        public Witness(StreamOf stream, SlaPolicy policy, WorkCalendar calendar, Instant asOf)
        {
            var acts = stream.Entries.Where(e => e.At <= asOf).Skip(1).ToList();
            var own = acts.Select(e => e.What).OfType<Corrected>().LastOrDefault() is { } c ? Iso.ToInstant(c.Value) : RandomStreams.Reported;
            var absorbed = acts.Select(e => e.What).OfType<DuplicateAbsorbed>().Reverse().DistinctBy(a => a.Duplicate).Select(a => a.ReportedAt.Seconds);
            Start = new Instant(absorbed.Append(own.Seconds).Min());

            // What each second was only shows once the reopen after it is known, so the gap is kept and added then.
            Open = true;
            var (gap, breachInGap) = (0L, (Instant?)null);
            var next = 0;
            for (var s = Start; ; s = s.Plus(1))
            {
                for (; next < acts.Count && acts[next].At <= s; next++)
                {
                    switch (acts[next].What)
                    {
                        case Resolved when Open:
                            (Open, PausedNow, gap, breachInGap) = (false, false, 0, null);
                            break;
                        case Reopened reopened when !Open:
                            Open = true;
                            if (policy.ReopenMode == ReopenMode.Continuous || reopened.Reason?.Code == Reopened.NotFixed)
                            {
                                Gross += gap;
                                Official += gap;
                                BreachedAt ??= breachInGap;
                            }

                            break;
                        case Paused when Open:
                            PausedNow = true;
                            break;
                        case Resumed:
                            PausedNow = false;
                            break;
                    }
                }

                if (s == asOf)
                {
                    break;
                }

                if (!Counts(calendar, s))
                {
                    continue;
                }

                if (!Open)
                {
                    gap++;
                    breachInGap ??= Official + gap > policy.ResolutionLimitSec ? s.Plus(1) : null;
                    continue;
                }

                Gross++;
                PausedSec += PausedNow ? 1 : 0;
                Official += PausedNow && policy.PauseMode == PauseMode.Approved ? 0 : 1;
                BreachedAt ??= Official > policy.ResolutionLimitSec ? s.Plus(1) : null;
            }

            Outcome = Official > policy.ResolutionLimitSec ? Outcome.Breached : Open ? Outcome.Pending : Outcome.OnTime;
        }

        public Instant Start { get; }

        public long Gross { get; }

        public long PausedSec { get; }

        public long Official { get; }

        public Instant? BreachedAt { get; }

        public bool Open { get; }

        public bool PausedNow { get; }

        public Outcome Outcome { get; }

        private static bool Counts(WorkCalendar calendar, Instant second)
        {
            if (calendar == Always)
            {
                return true;
            }

            // 8 and 9 May 2026 are a Friday and a make-up Saturday: both work.
            var minute = (second.Seconds + (8 * 3_600)) % 86_400 / 60;
            return minute is (>= 710 and < 718) or (>= 720 and < 723) or 730 or (>= 735 and < 760) or (>= 761 and < 1_380);
        }
    }
}
