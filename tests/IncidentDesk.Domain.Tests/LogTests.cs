using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class LogTests
{
    private static readonly Instant Now = At(3, 10, 0);

    [Fact]
    public void A_log_is_effective_when_it_was_reported_and_logged_now_whatever_anybody_wishes()
    {
        var logged = Expect.One<FaultLogged>(Log(At(3, 9, 0), At(3, 8, 0)), At(3, 9, 0));

        Assert.Equal(new FaultLogged(At(3, 9, 0), At(3, 8, 0), Now, logged.Details), logged);
    }

    [Fact]
    public void All_of_the_first_three_times_may_be_the_same_second() =>
        Expect.One<FaultLogged>(Log(Now, Now), Now);

    [Fact]
    public void The_time_of_occurrence_may_be_unknown() =>
        Assert.Null(Expect.One<FaultLogged>(Log(Now, null), Now).OccurredAt);

    [Fact]
    public void A_fault_cannot_occur_a_second_after_it_was_reported() =>
        Expect.Refused(Log(At(3, 9, 0), At(3, 9, 0, 1)), "occurred_after_reported", "occurredAt");

    [Fact]
    public void A_report_from_the_next_second_is_refused_and_not_clipped()
    {
        var decision = Log(Now.Plus(1), null);

        Expect.Refused(decision, "reported_after_logged", "reportedAt");
        Assert.Contains("2026-05-03 10:00:00", decision.Refused!.Zh, StringComparison.Ordinal);
        Assert.Contains("2026-05-03 10:00:00", decision.Refused.En, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_occurrence_and_report_is_told_before_the_future() =>
        Expect.Refused(Log(Now.Plus(1), Now.Plus(2)), "occurred_after_reported", "occurredAt");

    [Fact]
    public void A_ticket_without_the_basis_of_its_report_is_refused() =>
        Expect.Refused(ClockDecisions.Log(Details() with { Basis = null }, Now, null, Zone.Shanghai, Now), "basis_required", "basis");

    [Fact]
    public void A_fault_entered_after_its_limit_is_born_overdue()
    {
        var born = new Story(Number(1), []).Append(ClockDecisions.Log(Details(), Reported, null, Zone.Shanghai, Breach), Breach);

        Assert.Equal(Outcome.Breached, born.Outcome(Breach));
    }

    private static Decision Log(Instant reported, Instant? occurred) => ClockDecisions.Log(Details(), reported, occurred, Zone.Shanghai, Now);
}
