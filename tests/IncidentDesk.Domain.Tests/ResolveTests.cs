using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class ResolveTests
{
    private static readonly Instant Noon = At(3, 12, 0);

    [Fact]
    public void A_resolve_keeps_its_manner_and_the_time_it_happened() =>
        Assert.Equal(new Resolved(FixedOnSite), Expect.One<Resolved>(Resolve(RespondedFault, At(3, 11, 0), now: Noon), At(3, 11, 0)));

    [Fact]
    public void How_it_ended_is_required() =>
        Expect.Refused(Resolve(RespondedFault, Noon, how: new Resolution(null)), "manner_required", "manner");

    [Fact]
    public void A_temporary_measure_names_the_day_of_the_follow_up()
    {
        Expect.Refused(Resolve(RespondedFault, Noon, how: new Resolution(Contained)), "follow_up_required", "followUpOn");
        Expect.Refused(
            Resolve(RespondedFault, Noon, how: new Resolution(Contained, new DateOnly(2026, 5, 2))), "follow_up_before_resolve", "followUpOn");

        var sameDay = new Resolution(Contained, new DateOnly(2026, 5, 3));
        Assert.Equal(new DateOnly(2026, 5, 3), Expect.One<Resolved>(Resolve(RespondedFault, Noon, how: sameDay), Noon).FollowUpOn);
    }

    [Fact]
    public void The_day_of_the_follow_up_is_read_in_the_zone_of_the_desk() =>
        Expect.Refused(
            Resolve(RespondedFault, At(4, 0, 30), how: new Resolution(Contained, new DateOnly(2026, 5, 3))), "follow_up_before_resolve", "followUpOn");

    [Theory]
    [InlineData("RNT-FIRE-01")]
    [InlineData("RNT-SEC-01")]
    public void A_handover_with_receipt_ends_fire_and_police_matters(string category)
    {
        var given = Fault(1, Reported, category: category);

        Expect.Refused(Resolve(given, Noon, how: new Resolution(HandedOver)), "receipt_required", "receipt");
        Assert.Equal(HandedOver, Expect.One<Resolved>(Resolve(given, Noon, how: new Resolution(HandedOver, Receipt: true)), Noon).Manner);
    }

    [Theory]
    [InlineData("RNT-WATER-02")]
    [InlineData("RNT-GAS-01")]
    [InlineData("FLT-SEC")]
    public void A_handover_ends_nothing_else_unless_the_policy_says_so(string category)
    {
        var given = Fault(1, Reported, category: category);

        Expect.Refused(Resolve(given, Noon, how: new Resolution(HandedOver, Receipt: true)), "handed_over_not_final", "manner");
        Expect.Refused(Resolve(given, Noon, how: new Resolution(HandedOver, HandoverEnds: true)), "receipt_required", "receipt");
        Expect.One<Resolved>(Resolve(given, Noon, how: new Resolution(HandedOver, Receipt: true, HandoverEnds: true)), Noon);
    }

    [Fact]
    public void A_handover_goes_by_the_corrected_category()
    {
        var corrected = RespondedFault.And(At(3, 10, 0), new Corrected(Corrected.Category, "RNT-FIRE-04", new Approval(null, null, null, null, null, "周", default)));

        Expect.One<Resolved>(Resolve(corrected, Noon, how: new Resolution(HandedOver, Receipt: true)), Noon);
    }

    [Fact]
    public void It_may_fall_into_the_second_of_the_report_but_not_before_it()
    {
        Expect.One<Resolved>(Resolve(OpenFault, Reported, now: At(3, 9, 10)), Reported);
        Expect.Refused(Resolve(OpenFault, Reported.Plus(-1), now: At(3, 9, 10)), "resolved_before_start", "at");
    }

    [Fact]
    public void The_start_is_the_one_that_a_merge_pulled_back()
    {
        var master = RespondedFault.And(At(3, 9, 30), new DuplicateAbsorbed(Number(2), At(3, 8, 0)));

        Expect.One<Resolved>(Resolve(master, At(3, 8, 0), now: Noon), At(3, 8, 0));
        Expect.Refused(Resolve(master, At(3, 7, 59, 59), now: Noon), "resolved_before_start", "at");
    }

    [Fact]
    public void It_cannot_lie_a_second_in_the_future() =>
        Expect.Refused(Resolve(RespondedFault, Noon.Plus(1), now: Noon), "in_future", "at");

    [Fact]
    public void After_a_reopen_it_may_fall_into_the_second_of_the_reopen_but_not_before_it()
    {
        Expect.One<Resolved>(Resolve(ReopenedFault, At(3, 15, 0), now: At(3, 16, 0)), At(3, 15, 0));
        Expect.Refused(Resolve(ReopenedFault, At(3, 14, 59, 59), now: At(3, 16, 0)), "resolved_before_reopen", "at");
    }

    [Fact]
    public void A_resolved_incident_is_not_resolved_again() =>
        Expect.Refused(Resolve(ResolvedFault, At(3, 13, 0)), "not_open", "incident");

    [Fact]
    public void A_closed_incident_is_not_resolved() =>
        Expect.Refused(Resolve(VoidedFault, At(3, 13, 0)), "incident_closed", "incident");

    [Fact]
    public void Resolving_ends_a_pause()
    {
        var resolved = PausedFault.Then(i => ClockDecisions.Resolve(i, Fixed, Noon, PausesCount, "r", Noon), Noon);

        Assert.False(resolved.Incident.Paused);
        Assert.Equal((10_800L, 7_200L, 3_600L), Seconds(resolved.Read(PausesCount, At(3, 18, 0))));
    }

    [Theory]
    [InlineData(0, Outcome.OnTime)]
    [InlineData(1, Outcome.Breached)]
    public void The_limit_is_inclusive_to_the_second(int after, Outcome expected)
    {
        var now = Due.Plus(after);

        Assert.Equal(expected, RespondedFault.Then(i => ClockDecisions.Resolve(i, Fixed, now, Strict, "r", now), now).Outcome(now));
    }

    private static (long Gross, long Paused, long Official) Seconds(SlaReading r) => (r.GrossElapsedSec, r.PausedSec, r.OfficialElapsedSec);

    private static Decision Resolve(Story given, Instant at, Instant? now = null, Resolution? how = null) =>
        ClockDecisions.Resolve(given.Incident, how ?? Fixed, at, Strict, "r", now ?? at);
}
