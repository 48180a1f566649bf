using CsCheck;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

/// <summary>When somebody must be told, and never twice. The fault of every story was received on 3 May 2026 at 09:00 and responded to at 09:20.</summary>
public sealed class LadderTests
{
    private static readonly EscalationLadder Ladder = EscalationLadder.Default;

    public static TheoryData<string, int, int, int, int> Steps => new()
    {
        { "before-21600", 4, 3, 0, 0 },
        { "before-7200", 4, 7, 0, 0 },
        { "breach", 4, 9, 0, 1 },
        { "repeat-1", 5, 9, 0, 1 },
        { "repeat-20", 24, 9, 0, 1 },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_is_owed_from_its_second_on_and_not_one_earlier(string step, int day, int hour, int minute, int second)
    {
        var at = At(day, hour, minute, second);
        var before = Names(Tick(Watch(RespondedFault), [], at.Plus(-1)).Owed);

        Assert.DoesNotContain(step, before);
        Assert.Contains(step, Names(Tick(Watch(RespondedFault), [], at).Owed));
        Assert.Equal(at, Ladder.NextAt(Watch(RespondedFault), Raised(before), at.Plus(-1)));
    }

    [Theory]
    [InlineData("percent-80", 24, 0)]
    [InlineData("breach", 30, 1)]
    public void A_response_is_asked_for_at_four_fifths_of_its_limit_and_at_its_breach(string step, int minute, int second)
    {
        var at = At(3, 9, minute, second);

        Assert.DoesNotContain(step, Names(Tick(Watch(OpenFault), [], at.Plus(-1)).Owed));
        Assert.Equal((LadderTimer.Response, step, at), Tick(Watch(OpenFault), [], at).Owed!.Head is var head ? (head.Timer, head.Step, head.At) : default);
    }

    [Fact]
    public void Nobody_is_asked_for_a_response_that_was_given() =>
        Assert.Null(Tick(Watch(RespondedFault), [], At(3, 9, 40)).Owed);

    [Fact]
    public void Reminders_go_to_the_handler_the_breach_to_whom_is_on_duty_too_and_the_repeats_to_the_department()
    {
        var (first, raised) = Tick(Watch(RespondedFault), [], At(4, 3, 0));
        var (second, breached) = Tick(Watch(RespondedFault), [.. raised, .. Raised(["before-7200"])], Breach);
        var (third, _) = Tick(Watch(RespondedFault), breached, At(5, 9, 0, 1));

        Assert.Equal([Audience.Handler], first!.To);
        Assert.Equal([Audience.Handler, Audience.OnDuty], second!.To);
        Assert.Equal([Audience.Department], third!.To);
    }

    [Fact]
    public void After_an_outage_of_six_hours_one_alert_says_what_was_missed()
    {
        var (owed, raised) = Tick(Watch(RespondedFault), [], At(4, 9, 0, 1));

        Assert.Equal("breach", owed!.Head.Step);
        Assert.Equal(["before-21600", "before-7200"], owed.Missed.Select(s => s.Step));
        Assert.Equal(
            "工单 BY20260503-0001 已超时：应于 5月4日 09:00 前处理完成，至今未办结，请立即处理。另有 2 项提醒的时点已过，现一并告知：到期前6小时提醒(5月4日 03:00)、到期前2小时提醒(5月4日 07:00)。",
            AlertWords.Of(owed, "BY20260503-0001", Zone.Shanghai, paused: false).Zh);
        Assert.Null(Tick(Watch(RespondedFault), raised, At(4, 9, 0, 2)).Owed);
    }

    [Fact]
    public void A_breach_speaks_for_what_was_missed_with_it_and_the_repeats_after_it_for_the_breach()
    {
        var unanswered = Tick(Watch(OpenFault), [], At(6, 10, 0)).Owed!;

        Assert.Equal("repeat-2", unanswered.Head.Step);
        Assert.Equal(["percent-80", "breach", "before-21600", "before-7200", "breach", "repeat-1"], unanswered.Missed.Select(s => s.Step));
        Assert.Equal([Audience.Handler, Audience.OnDuty, Audience.Department], unanswered.To);
    }

    [Fact]
    public void A_new_due_time_is_alerted_anew_and_its_old_one_no_more()
    {
        var (_, raised) = Tick(Watch(RespondedFault), [], At(4, 7, 0));
        var corrected = RespondedFault.And(At(4, 8, 0), new Corrected(Corrected.Reported, At(3, 10, 0).ToString(), new Approval("c", "a", "a", At(4, 7, 30), "b", "b", At(4, 8, 0))));
        var watched = Watch(corrected, version: 2);

        Assert.Equal(["before-7200"], Names(Tick(watched, [.. raised, .. Raised(["before-21600"], 2)], At(4, 8, 0)).Owed));
        Assert.Equal(At(4, 10, 0, 1), Ladder.NextAt(watched, Raised(["before-21600", "before-7200"], 2), At(4, 8, 0)));
    }

    [Fact]
    public void A_ticket_that_is_over_owes_nothing()
    {
        Assert.All([ResolvedFault, VoidedFault, LateFault], story =>
        {
            Assert.Null(Tick(Watch(story), [], At(10, 9, 0)).Owed);
            Assert.Null(Ladder.NextAt(Watch(story), [], At(3, 13, 0)));
        });
    }

    [Fact]
    public void What_was_not_fixed_is_alerted_again_where_it_stopped()
    {
        var (_, raised) = Tick(Watch(RespondedFault), [], At(3, 11, 0));

        Assert.Equal(["before-21600"], Names(Tick(Watch(ReopenedFault), raised, At(4, 3, 0)).Owed));
    }

    [Fact]
    public void A_pause_that_is_not_deducted_goes_on_alerting_and_says_so()
    {
        var owed = Tick(Watch(PausedFault), [], At(4, 3, 0)).Owed;

        Assert.Equal(["before-21600"], Names(owed));
        Assert.Contains("暂停不扣时", AlertWords.Of(owed!, "BY20260503-0001", Zone.Shanghai, paused: true).Zh, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pause_that_stops_the_clock_owes_nothing_until_it_ends()
    {
        Assert.Null(Tick(Watch(PausedFault, PausesCount), [], At(6, 9, 0)).Owed);

        // Paused from 10:00 to 16:00: six hours later in everything.
        var resumed = PausedFault.Then(i => ClockDecisions.Resume(i, At(3, 16, 0), Zone.Shanghai, At(3, 16, 0)), At(3, 16, 0));
        Assert.Equal(At(4, 9, 0), Ladder.NextAt(Watch(resumed, PausesCount), [], At(3, 16, 0)));
    }

    [Fact]
    public void An_extension_adds_a_reminder_and_removes_nothing()
    {
        var extended = RespondedFault.And(At(3, 12, 0), new Extended(At(4, 20, 0), new Approval("e", "a", "a", At(3, 11, 0), "b", "b", At(3, 12, 0))));
        var (owed, raised) = Tick(Watch(extended), [], Breach);

        Assert.Equal(["before-21600", "before-7200", "breach"], Names(owed));
        var reminder = Tick(Watch(extended), raised, At(4, 20, 0)).Owed!;
        Assert.Equal((LadderTimer.Extension, At(4, 20, 0)), (reminder.Head.Timer, reminder.Head.At));
    }

    [Fact]
    public void Known_of_a_breach_the_repeats_stop_until_there_is_a_new_due_time()
    {
        RaisedStep[] known = [.. Raised(["before-21600", "before-7200"]), new RaisedStep(LadderTimer.Resolution, "breach", 1, Acknowledged: true)];

        Assert.Null(Tick(Watch(RespondedFault), known, At(9, 9, 0)).Owed);
        Assert.Null(Ladder.NextAt(Watch(RespondedFault), known, At(4, 9, 0, 1)));
        Assert.Contains("repeat-4", Names(Tick(Watch(RespondedFault, version: 2), known, At(8, 10, 0)).Owed));
        Assert.NotNull(Tick(Watch(RespondedFault), [new RaisedStep(LadderTimer.Resolution, "before-7200", 1, Acknowledged: true)], At(9, 9, 0)).Owed);
    }

    [Fact]
    public void An_imported_ticket_never_alerts_for_what_was_past_when_it_was_imported()
    {
        var imported = Watch(OpenFault) with { AlertsFrom = At(4, 8, 0) };
        var old = Watch(OpenFault) with { AlertsFrom = At(30, 9, 0) };

        Assert.Equal(["breach"], Names(Tick(imported, [], At(4, 10, 0)).Owed));
        Assert.Null(Tick(old, [], At(31, 9, 0)).Owed);
        Assert.Null(Ladder.NextAt(old, [], At(30, 9, 0)));
    }

    [Fact]
    public void A_limit_of_seconds_has_no_reminder_from_before_the_report()
    {
        var brief = Strict with { Policy = Strict.Policy with { ResolutionLimitSec = 30, ResponseLimitSec = 60 } };

        Assert.Equal(["breach"], Names(Tick(Watch(RespondedFault, brief), [], At(3, 9, 21)).Owed));
    }

    [Fact]
    public void The_ladder_reads_back_as_reference_data_keeps_it() =>
        Assert.Equal(Ladder.Steps.Select(s => s.ToString()), Ladder.Steps.Select(s => LadderStep.Read(s.ToString()).ToString()));

    [Fact]
    public void Whenever_ticks_come_each_step_is_raised_once_and_a_gap_gives_one_message() =>
        Gen.Int[0, 30 * 86_400].Array[1, 60].Sample(
            offsets =>
            {
                var watched = Watch(OpenFault);
                var ticks = offsets.Order().Select(o => Reported.Plus(o)).ToList();
                List<RaisedStep> raised = [];
                foreach (var tick in ticks)
                {
                    var next = Ladder.NextAt(watched, raised, tick);
                    var (owed, after) = Tick(watched, raised, tick);
                    Assert.Equal(next <= tick, owed is not null);
                    Assert.All(owed?.Steps ?? [], s => Assert.DoesNotContain(raised, r => (r.Timer, r.Step, r.Version) == (s.Timer, s.Step, s.Version)));
                    raised = [.. after];
                    Assert.Null(Tick(watched, raised, tick).Owed);
                }

                // 80 % and breach of the response, two reminders, the breach, twenty repeats: all whose instant lies at or before the last tick, and no other.
                Instant[] all = [At(3, 9, 24), At(3, 9, 30, 1), At(4, 3, 0), At(4, 7, 0), .. Enumerable.Range(0, 21).Select(n => Breach.Plus(n * 86_400))];
                Assert.Equal(all.Count(at => at <= ticks[^1]), raised.Count);
                Assert.Equal(raised.Count, raised.Distinct().Count());
            },
            iter: 500);

    private static Watched Watch(Story story, ClockRules? rules = null, int version = 1) =>
        new(ClockFacts.Of(story.Entries, Instant.Never, DateTimeOffset.MaxValue)!, rules ?? Strict, version, 1, null);

    private static (OwedAlert? Owed, IReadOnlyList<RaisedStep> Raised) Tick(Watched watched, IReadOnlyList<RaisedStep> raised, Instant now)
    {
        var owed = Ladder.Owed(watched, raised, now);
        return (owed, [.. raised, .. owed?.Steps.Select(s => new RaisedStep(s.Timer, s.Step, s.Version)) ?? []]);
    }

    private static IReadOnlyList<string> Names(OwedAlert? owed) => [.. owed?.Steps.Select(s => s.Step) ?? []];

    private static RaisedStep[] Raised(IReadOnlyList<string> steps, int version = 1) => [.. steps.Select(s => new RaisedStep(LadderTimer.Resolution, s, version))];
}
