using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class LateCompletionTests
{
    [Fact]
    public void Within_the_limit_but_entered_after_it_a_resolve_is_a_request_and_the_ticket_stays_open_and_late()
    {
        var contained = new Resolution(Contained, new DateOnly(2026, 5, 9));
        var asked = Expect.One<Requested>(ClockDecisions.Resolve(RespondedFault.Incident, contained, Due, Strict, "l", Breach), Breach);

        Assert.Equal(new Requested("l", new LateResolveSubject(Due, Contained, new DateOnly(2026, 5, 9))), asked);
        Assert.True(LateResolveAsked.Incident.Open);
        Assert.Equal(Outcome.Breached, LateResolveAsked.Outcome(At(4, 10, 0)));
    }

    [Fact]
    public void Entered_in_the_last_second_of_the_limit_it_stands_at_once() =>
        Expect.One<Resolved>(ClockDecisions.Resolve(RespondedFault.Incident, Fixed, At(3, 20, 0), Strict, "l", Due), At(3, 20, 0));

    [Fact]
    public void A_resolve_one_second_over_the_limit_needs_nobody() =>
        Expect.One<Resolved>(ClockDecisions.Resolve(RespondedFault.Incident, Fixed, Breach, Strict, "l", At(4, 10, 0)), Breach);

    [Fact]
    public void Approved_it_stands_at_the_instant_entered_and_says_on_what_it_stands()
    {
        var resolved = Expect.One<Resolved>(SecondPersonDecisions.Approve(LateResolveAsked.Incident, "l-1", Lead, At(4, 11, 0)), At(3, 20, 0));

        Assert.Equal(
            new Resolved(FixedOnSite, null, new Approval("l-1", "chen", "陈工", At(4, 10, 0), "zhou", "周值班长", At(4, 11, 0))), resolved);
        var approved = LateResolveAsked.Then(i => SecondPersonDecisions.Approve(i, "l-1", Lead, At(4, 11, 0)), At(4, 11, 0), Lead);
        Assert.Equal(Outcome.OnTime, approved.Outcome(At(4, 11, 0)));
        Assert.True(approved.Incident.Facts.Work[^1].Late);
        Assert.Empty(approved.Incident.Pending);
    }

    [Fact]
    public void Known_before_the_approval_it_was_late()
    {
        var approved = LateResolveAsked.Then(i => SecondPersonDecisions.Approve(i, "l-1", Lead, At(4, 11, 0)), At(4, 11, 0), Lead);

        Assert.Equal(
            Outcome.Breached,
            SlaClock.Read(approved.Entries, Strict.Policy, Strict.Calendar, At(4, 12, 0), At(4, 10, 59).ToUtc())!.Outcome);
    }

    [Fact]
    public void Rejected_it_leaves_the_ticket_open_and_late_and_a_resolve_after_the_limit_may_follow()
    {
        var rejected = LateResolveAsked.Then(i => SecondPersonDecisions.Reject(i, "l-1", Lead, At(4, 11, 0)), At(4, 11, 0), Lead);
        var resolved = rejected.Then(i => ClockDecisions.Resolve(i, Fixed, At(4, 9, 30), Strict, "l-2", At(4, 12, 0)), At(4, 12, 0));

        Assert.True(rejected.Incident.Open);
        Assert.Equal(Outcome.Breached, resolved.Outcome(At(4, 12, 0)));
    }

    [Fact]
    public void While_one_waits_nothing_else_is_entered_in_its_place()
    {
        Expect.Refused(
            ClockDecisions.Resolve(LateResolveAsked.Incident, Fixed, At(4, 10, 30), Strict, "l-2", At(4, 10, 30)), "request_pending", "incident");
        Expect.Refused(ClockDecisions.Respond(LateResponseAsked.Incident, Phone, At(3, 10, 30), Strict, "l-2", At(3, 10, 30)), "request_pending", "incident");
    }

    [Fact]
    public void After_a_reopen_the_limit_is_what_is_left_of_it()
    {
        // Three hours were used up to noon; opened again at 08:00 the next day, the other twenty-one run out at 05:00 on the 5th.
        var reopened = ResolvedFault.Then(i => ClockDecisions.Reopen(i, Recurred, At(4, 8, 0), Zone.Shanghai, At(4, 8, 0)), At(4, 8, 0));

        Expect.One<Resolved>(ClockDecisions.Resolve(reopened.Incident, Fixed, At(4, 20, 0), Strict, "l", At(5, 5, 0)), At(4, 20, 0));
        Expect.One<Requested>(ClockDecisions.Resolve(reopened.Incident, Fixed, At(5, 5, 0), Strict, "l", At(5, 5, 0, 1)), At(5, 5, 0, 1));
        Expect.One<Resolved>(ClockDecisions.Resolve(reopened.Incident, Fixed, At(5, 5, 0, 1), Strict, "l", At(5, 5, 0, 1)), At(5, 5, 0, 1));
    }

    [Fact]
    public void The_limit_is_read_in_the_calendar_that_rules()
    {
        // Seven counted hours a day from Monday the 4th, 08:30: twenty-four of them end on Thursday the 7th at 11:30.
        var (limit, now) = (At(7, 11, 30), At(7, 11, 30, 1));

        Expect.One<Requested>(ClockDecisions.Resolve(RespondedFault.Incident, Fixed, limit, OfficeHours, "l", now), now);
        Expect.One<Resolved>(ClockDecisions.Resolve(RespondedFault.Incident, Fixed, limit, OfficeHours, "l", limit), limit);
        Expect.One<Resolved>(ClockDecisions.Resolve(RespondedFault.Incident, Fixed, now, OfficeHours, "l", now), now);
    }

    [Fact]
    public void At_approval_the_start_may_have_moved_past_it()
    {
        var moved = LateResolveAsked.And(At(4, 10, 30), new Corrected(Corrected.Reported, At(3, 20, 0, 1).ToString(), MergeTests.Ok));

        Expect.Refused(SecondPersonDecisions.Approve(moved.Incident, "l-1", Lead, At(4, 11, 0)), "resolved_before_start", "at");
    }

    [Fact]
    public void At_approval_a_void_may_have_come_first()
    {
        var voided = LateResolveAsked.And(At(4, 10, 30), new Voided(FalseAlarm, MergeTests.Ok));
        var response = LateResponseAsked.And(At(3, 10, 30), new Voided(FalseAlarm, MergeTests.Ok));

        Expect.Refused(SecondPersonDecisions.Approve(voided.Incident, "l-1", Lead, At(4, 11, 0)), "incident_closed", "incident");
        Expect.Refused(SecondPersonDecisions.Approve(response.Incident, "l-1", Lead, At(4, 11, 0)), "incident_closed", "incident");
    }

    [Fact]
    public void Within_its_limit_but_entered_after_it_a_response_is_a_request()
    {
        var asked = Expect.One<Requested>(
            ClockDecisions.Respond(OpenFault.Incident, OnSite, At(3, 9, 30), Strict, "l", At(3, 9, 30, 1)), At(3, 9, 30, 1));

        Assert.Equal(new Requested("l", new LateResponseSubject(At(3, 9, 30), OnSite)), asked);
        Assert.True(LateResponseAsked.Read(Strict, At(3, 10, 0)).ResponseBreached);
    }

    [Fact]
    public void An_approved_late_response_stands_at_the_instant_entered()
    {
        var approved = LateResponseAsked.Then(i => SecondPersonDecisions.Approve(i, "l-1", Lead, At(3, 11, 0)), At(3, 11, 0), Lead);

        Assert.Equal(At(3, 9, 20), approved.Incident.Facts.FirstResponseAt);
        Assert.True(approved.Incident.Facts.LateResponse);
        Assert.False(approved.Read(Strict, At(3, 11, 0)).ResponseBreached);
        Assert.Equal("zhou", Assert.IsType<Responded>(approved.Entries[^1].What).Late!.ApprovedById);
    }

    [Fact]
    public void A_late_response_is_not_approved_beside_another_nor_before_the_start()
    {
        var other = LateResponseAsked.And(At(3, 9, 40), new Responded(Phone));
        var moved = LateResponseAsked.And(At(3, 10, 30), new Corrected(Corrected.Reported, At(3, 9, 20, 1).ToString(), MergeTests.Ok));

        Expect.Refused(SecondPersonDecisions.Approve(other.Incident, "l-1", Lead, At(3, 11, 0)), "already_responded", "at");
        Expect.Refused(SecondPersonDecisions.Approve(moved.Incident, "l-1", Lead, At(3, 11, 0)), "responded_before_start", "at");
    }

    private static Story LateResponseAsked =>
        OpenFault.Then(i => ClockDecisions.Respond(i, Phone, At(3, 9, 20), Strict, "l-1", At(3, 10, 0)), At(3, 10, 0));
}
