using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class RespondTests
{
    [Fact]
    public void A_response_keeps_its_way_and_the_time_it_happened() =>
        Assert.Equal(new Responded(OnSite), Expect.One<Responded>(Respond(OpenFault, At(3, 9, 12), now: At(3, 9, 25), OnSite), At(3, 9, 12)));

    [Fact]
    public void Without_a_way_it_is_no_response() =>
        Expect.Refused(ClockDecisions.Respond(OpenFault.Incident, null, At(3, 9, 12), Strict, "r", At(3, 9, 12)), "way_required", "way");

    [Fact]
    public void It_may_fall_into_the_second_of_the_report_and_lie_before_the_log() =>
        Expect.One<Responded>(Respond(OpenFault, Reported, now: At(3, 9, 10)), Reported);

    [Fact]
    public void It_cannot_lie_a_second_before_the_report() =>
        Expect.Refused(Respond(OpenFault, Reported.Plus(-1), now: At(3, 9, 10)), "responded_before_start", "at");

    [Fact]
    public void It_cannot_lie_a_second_in_the_future()
    {
        var decision = Respond(OpenFault, At(3, 9, 12, 1), now: At(3, 9, 12));

        Expect.Refused(decision, "in_future", "at");
        Assert.Contains("2026-05-03 09:12:00", decision.Refused!.Zh, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_response_is_entered() =>
        Expect.Refused(Respond(RespondedFault, At(3, 9, 15), now: At(3, 9, 30)), "already_responded", "at");

    [Fact]
    public void An_automatic_reply_is_no_response()
    {
        var replied = OpenFault.Then(i => ClockDecisions.ReplyAutomatically(i, At(3, 9, 11)), At(3, 9, 11));

        Assert.Null(replied.Incident.Facts.FirstResponseAt);
        Expect.One<Responded>(Respond(replied, At(3, 9, 20), now: At(3, 9, 20)), At(3, 9, 20));
    }

    [Fact]
    public void A_response_in_the_last_second_of_its_limit_entered_in_that_second_stands() =>
        Expect.One<Responded>(Respond(OpenFault, At(3, 9, 30), now: At(3, 9, 30)), At(3, 9, 30));

    [Fact]
    public void A_response_that_was_late_stands_as_late_and_needs_nobody() =>
        Expect.One<Responded>(Respond(OpenFault, At(3, 9, 30, 1), now: At(3, 11, 0)), At(3, 9, 30, 1));

    [Fact]
    public void A_response_of_a_resolved_incident_may_still_be_entered()
    {
        var resolved = OpenFault.Then(i => ClockDecisions.Resolve(i, Fixed, At(3, 9, 25), Strict, "r", At(3, 9, 26)), At(3, 9, 26));

        Expect.One<Responded>(Respond(resolved, At(3, 9, 20), now: At(3, 9, 27)), At(3, 9, 20));
    }

    [Fact]
    public void A_closed_incident_takes_neither_response_nor_reply()
    {
        Expect.Refused(Respond(VoidedFault, At(3, 9, 20), now: At(3, 12, 0)), "incident_closed", "incident");
        Expect.Refused(ClockDecisions.ReplyAutomatically(VoidedFault.Incident, At(3, 12, 0)), "incident_closed", "incident");
    }

    private static Decision Respond(Story given, Instant at, Instant now, Coded? way = null) =>
        ClockDecisions.Respond(given.Incident, way ?? Phone, at, Strict, "r", now);
}
