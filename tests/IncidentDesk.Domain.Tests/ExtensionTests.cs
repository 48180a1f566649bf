using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class ExtensionTests
{
    [Fact]
    public void It_moves_the_internal_due_time_and_the_indicator_does_not_follow()
    {
        var extended = Extended(At(5, 9, 0));

        Assert.Equal(At(5, 9, 0), extended.Incident.Facts.ExtendedTo);
        Assert.Equal(Due, extended.Read(Strict, Breach).EffectiveDueAt);
        Assert.Equal(Outcome.Breached, extended.Outcome(Breach));
        var what = Assert.IsType<Extended>(extended.Entries[^1].What);
        Assert.Equal((At(3, 11, 0), "chen", "zhou"), (extended.Entries[^1].At, what.Approval.RequestedById, what.Approval.ApprovedById));
    }

    [Fact]
    public void It_leads_past_the_present_due_time_and_past_now()
    {
        Expect.Refused(Ask(RespondedFault, Due, At(3, 10, 0)), "extension_not_later", "to");
        Expect.One<Requested>(Ask(RespondedFault, Due.Plus(1), At(3, 10, 0)), At(3, 10, 0));
        Expect.Refused(Ask(RespondedFault, At(4, 12, 0), At(4, 12, 0)), "extension_not_later", "to");
        Expect.One<Requested>(Ask(RespondedFault, At(4, 12, 0, 1), At(4, 12, 0)), At(4, 12, 0));
    }

    [Fact]
    public void A_second_one_leads_past_the_first()
    {
        Expect.Refused(Ask(Extended(At(5, 9, 0)), At(5, 9, 0), At(3, 12, 0)), "extension_not_later", "to");
        Expect.One<Requested>(Ask(Extended(At(5, 9, 0)), At(5, 9, 0, 1), At(3, 12, 0)), At(3, 12, 0));
    }

    [Fact]
    public void Neither_a_resolved_nor_a_closed_incident_is_extended()
    {
        Expect.Refused(Ask(ResolvedFault, At(5, 9, 0), At(3, 13, 0)), "not_open", "incident");
        Expect.Refused(Ask(VoidedFault, At(5, 9, 0), At(3, 13, 0)), "incident_closed", "incident");
    }

    [Fact]
    public void What_was_voided_meanwhile_is_not_extended()
    {
        var given = VoidedFault.And(At(3, 11, 0), new Requested("e", new ExtendSubject(At(5, 9, 0))));

        Expect.Refused(SecondPersonDecisions.Approve(given.Incident, "e", Lead, At(3, 12, 0)), "incident_closed", "incident");
    }

    private static Story Extended(Instant to) => RespondedFault
        .Then(i => SecondPersonDecisions.AskExtension(i, "e", to, Strict, At(3, 10, 0)), At(3, 10, 0))
        .Then(i => SecondPersonDecisions.Approve(i, "e", Lead, At(3, 11, 0)), At(3, 11, 0), Lead);

    private static Decision Ask(Story given, Instant to, Instant now) => SecondPersonDecisions.AskExtension(given.Incident, "e", to, Strict, now);
}
