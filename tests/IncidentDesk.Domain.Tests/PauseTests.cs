using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class PauseTests
{
    [Fact]
    public void Asking_is_recorded_and_moves_no_clock()
    {
        var asked = Expect.One<Requested>(Ask(RespondedFault, At(3, 10, 0)), At(3, 10, 0));

        Assert.Equal(new Requested("p", new PauseSubject(AbsentTenant)), asked);
        Assert.Equal(Due, PauseAsked.Read(PausesCount, At(3, 18, 0)).EffectiveDueAt);
        Assert.False(PauseAsked.Incident.Paused);
    }

    [Fact]
    public void Approved_it_works_from_the_instant_it_was_requested_and_never_earlier()
    {
        var paused = Expect.One<Paused>(Approve(PauseAsked, At(3, 11, 0)), At(3, 10, 0));

        Assert.Equal(AbsentTenant, paused.Reason);
        Assert.Equal(new Approval("p-1", "chen", "陈工", At(3, 10, 0), "zhou", "周值班长", At(3, 11, 0)), paused.Approval);
        Assert.True(PausedFault.Incident.Paused);
        Assert.Empty(PausedFault.Incident.Pending);
    }

    [Fact]
    public void Pausing_for_an_absent_tenant_moves_the_due_time()
    {
        var resumed = Resumed(At(3, 12, 0));

        Assert.Null(PausedFault.Read(PausesCount, At(3, 11, 30)).EffectiveDueAt);
        Assert.Equal(Due.Plus(7_200), resumed.Read(PausesCount, At(3, 18, 0)).EffectiveDueAt);
        Assert.Equal(Outcome.Pending, resumed.Outcome(Due.Plus(7_200), PausesCount));
        Assert.Equal(Outcome.Breached, resumed.Outcome(Due.Plus(7_201), PausesCount));
    }

    [Fact]
    public void Under_the_default_policy_it_is_disclosed_and_moves_nothing()
    {
        var resumed = Resumed(At(3, 12, 0));

        Assert.Equal((Due, 7_200L), (resumed.Read(Strict, Due).EffectiveDueAt!.Value, resumed.Read(Strict, Due).PausedSec));
        Assert.Equal(Outcome.Breached, resumed.Outcome(Breach));
    }

    [Fact]
    public void It_ends_when_what_was_waited_for_came_not_when_somebody_remembered()
    {
        var resumed = PausedFault.Then(i => ClockDecisions.Resume(i, At(3, 10, 30), Zone.Shanghai, At(3, 16, 0)), At(3, 16, 0));

        Assert.Equal(1_800, resumed.Read(PausesCount, At(3, 16, 0)).PausedSec);
    }

    [Fact]
    public void It_cannot_end_before_it_began_nor_in_the_future()
    {
        Expect.One<Resumed>(ClockDecisions.Resume(PausedFault.Incident, At(3, 10, 0), Zone.Shanghai, At(3, 12, 0)), At(3, 10, 0));
        Expect.Refused(ClockDecisions.Resume(PausedFault.Incident, At(3, 9, 59, 59), Zone.Shanghai, At(3, 12, 0)), "resumed_before_pause", "at");
        Expect.Refused(ClockDecisions.Resume(PausedFault.Incident, At(3, 12, 0, 1), Zone.Shanghai, At(3, 12, 0)), "in_future", "at");
    }

    [Fact]
    public void Only_a_paused_incident_is_resumed()
    {
        Expect.Refused(Resume(OpenFault), "not_paused", "incident");
        Expect.Refused(Resume(PauseAsked), "not_paused", "incident");
        Expect.Refused(Resume(Resumed(At(3, 12, 0))), "not_paused", "incident");
        Expect.Refused(Resume(VoidedFault), "incident_closed", "incident");
    }

    [Fact]
    public void It_needs_a_reason() =>
        Expect.Refused(SecondPersonDecisions.AskPause(RespondedFault.Incident, "p", null, At(3, 10, 0)), "reason_required", "reason");

    [Fact]
    public void Only_one_is_asked_for_at_a_time() => Expect.Refused(Ask(PauseAsked, At(3, 10, 30)), "request_pending", "incident");

    [Fact]
    public void A_paused_incident_is_not_paused_again() => Expect.Refused(Ask(PausedFault, At(3, 11, 30)), "already_paused", "incident");

    [Fact]
    public void A_second_pause_may_begin_in_the_second_in_which_the_first_ended() =>
        Expect.One<Requested>(Ask(Resumed(At(3, 12, 0)), At(3, 12, 0)), At(3, 12, 0));

    [Fact]
    public void Neither_a_resolved_nor_a_closed_incident_is_paused()
    {
        Expect.Refused(Ask(ResolvedFault, At(3, 13, 0)), "not_open", "incident");
        Expect.Refused(Ask(VoidedFault, At(3, 13, 0)), "incident_closed", "incident");
    }

    [Fact]
    public void Approved_after_the_resolve_it_still_covers_the_time_it_was_asked_for()
    {
        var resolved = PauseAsked.Then(i => ClockDecisions.Resolve(i, Fixed, At(3, 12, 0), PausesCount, "r", At(3, 12, 0)), At(3, 12, 0));
        var approved = resolved.Then(i => SecondPersonDecisions.Approve(i, "p-1", Lead, At(3, 14, 0)), At(3, 14, 0), Lead);

        Assert.False(approved.Incident.Paused);
        Assert.Equal((7_200L, 3_600L), (approved.Read(PausesCount, At(3, 14, 0)).PausedSec, approved.Read(PausesCount, At(3, 14, 0)).OfficialElapsedSec));
    }

    [Fact]
    public void Approval_is_refused_where_a_resolve_entered_since_lies_before_the_request()
    {
        var resolved = PauseAsked.Then(i => ClockDecisions.Resolve(i, Fixed, At(3, 10, 0), Strict, "r", At(3, 10, 30)), At(3, 10, 30));

        Expect.Refused(Approve(resolved, At(3, 11, 0)), "not_open", "incident");
    }

    [Fact]
    public void Asked_for_after_the_due_time_it_leaves_the_breach_and_tells_when_it_was_asked_for()
    {
        var asked = RespondedFault.Then(i => SecondPersonDecisions.AskPause(i, "p", AbsentTenant, Breach), Breach);
        var paused = asked.Then(i => SecondPersonDecisions.Approve(i, "p", Lead, Breach.Plus(60)), Breach.Plus(60), Lead);

        Assert.Equal(Outcome.Breached, paused.Outcome(Breach.Plus(60), PausesCount));
        Assert.Equal(Breach, ((Paused)paused.Entries[^1].What).Approval.RequestedAt);
    }

    private static Story Resumed(Instant now) => PausedFault.Then(i => ClockDecisions.Resume(i, now, Zone.Shanghai, now), now);

    private static Decision Ask(Story given, Instant now) => SecondPersonDecisions.AskPause(given.Incident, "p", AbsentTenant, now);

    private static Decision Approve(Story given, Instant now) => SecondPersonDecisions.Approve(given.Incident, "p-1", Lead, now);

    private static Decision Resume(Story given) => ClockDecisions.Resume(given.Incident, At(3, 13, 0), Zone.Shanghai, At(3, 13, 0));
}
