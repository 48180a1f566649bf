using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class VoidTests
{
    [Fact]
    public void Until_a_second_person_approves_the_ticket_keeps_counting()
    {
        var asked = OpenFault.Then(i => SecondPersonDecisions.AskVoid(i, "v", FalseAlarm, At(3, 10, 0)), At(3, 10, 0));

        Assert.Equal(new Requested("v", new VoidSubject(FalseAlarm)), asked.Entries[^1].What);
        Assert.Equal(Outcome.Breached, asked.Outcome(Breach));
        Assert.False(asked.Incident.Closed);
    }

    [Fact]
    public void From_approval_it_is_excluded_and_not_before()
    {
        Assert.Equal(Outcome.Pending, VoidedFault.Outcome(At(3, 10, 59, 59)));
        Assert.Equal(Outcome.Excluded, VoidedFault.Outcome(At(3, 11, 0)));
        var voided = Assert.IsType<Voided>(VoidedFault.Entries[^1].What);
        Assert.Equal(new Voided(FalseAlarm, new Approval("v-1", "chen", "陈工", At(3, 10, 0), "zhou", "周值班长", At(3, 11, 0))), voided);
        Assert.True(VoidedFault.Incident.Closed);
    }

    [Fact]
    public void It_needs_a_reason() =>
        Expect.Refused(SecondPersonDecisions.AskVoid(OpenFault.Incident, "v", null, At(3, 10, 0)), "reason_required", "reason");

    [Fact]
    public void A_resolved_ticket_may_be_void_too() =>
        Expect.One<Requested>(SecondPersonDecisions.AskVoid(ResolvedFault.Incident, "v", FalseAlarm, At(3, 13, 0)), At(3, 13, 0));

    [Fact]
    public void What_is_void_or_a_duplicate_is_not_voided_again()
    {
        Expect.Refused(SecondPersonDecisions.AskVoid(VoidedFault.Incident, "v", FalseAlarm, At(3, 13, 0)), "not_counted", "incident");
        Expect.Refused(SecondPersonDecisions.AskVoid(MergeTests.Merged.Duplicate.Incident, "v", FalseAlarm, At(3, 13, 0)), "not_counted", "incident");
    }

    [Fact]
    public void A_void_asked_for_before_a_merge_is_not_approved_after_it()
    {
        var given = MergeTests.Merged.Duplicate.And(At(3, 9, 31), new Requested("v", new VoidSubject(FalseAlarm)));

        Expect.Refused(SecondPersonDecisions.Approve(given.Incident, "v", Lead, At(3, 13, 0)), "not_counted", "incident");
    }

    [Fact]
    public void One_approved_after_the_due_time_tells_so()
    {
        var asked = OpenFault.Then(i => SecondPersonDecisions.AskVoid(i, "v", FalseAlarm, At(3, 10, 0)), At(3, 10, 0));
        var voided = Expect.One<Voided>(SecondPersonDecisions.Approve(asked.Incident, "v", Lead, Breach), Breach);

        Assert.Equal((At(3, 10, 0), Breach), (voided.Approval.RequestedAt!.Value, voided.Approval.ApprovedAt));
    }
}
