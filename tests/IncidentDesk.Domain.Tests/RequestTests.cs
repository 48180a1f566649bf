using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class RequestTests
{
    private static readonly Instant Now = At(3, 9, 45);

    public static TheoryData<string> Subjects => ["pause", "void", "merge", "extend", "correct", "late resolve", "late response"];

    [Theory]
    [MemberData(nameof(Subjects))]
    public void The_approver_is_never_the_requester(string subject)
    {
        var asked = Asked(subject);

        Expect.Refused(Approve(asked, Clerk), "approver_is_requester", "approver");
        Expect.Refused(Approve(asked, Clerk with { Name = "另一个名字" }), "approver_is_requester", "approver");
        Expect.Refused(SecondPersonDecisions.Reject(asked.Incident, "q", Clerk, Now), "approver_is_requester", "approver");
        Assert.Null(Approve(asked, Lead with { Name = Clerk.Name }).Refused);
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public void Rejected_it_is_over_and_nothing_else_has_changed(string subject)
    {
        var asked = Asked(subject);
        Assert.Equal(new RequestRejected("q"), Expect.One<RequestRejected>(SecondPersonDecisions.Reject(asked.Incident, "q", Lead, Now), Now));
        var rejected = asked.Then(i => SecondPersonDecisions.Reject(i, "q", Lead, Now), Now, Lead);

        Assert.Empty(rejected.Incident.Pending);
        Assert.Equivalent(asked.Incident.Facts, rejected.Incident.Facts, strict: true);
        Expect.Refused(Approve(rejected, Lead), "request_not_found", "requestId");
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public void Approved_it_is_over_and_is_not_approved_twice(string subject)
    {
        var approved = Asked(subject).Append(Approve(Asked(subject), Lead), Now, Lead);

        Assert.Empty(approved.Incident.Pending);
        Expect.Refused(Approve(approved, Lead), "request_not_found", "requestId");
        Expect.Refused(SecondPersonDecisions.Reject(approved.Incident, "q", Lead, Now), "request_not_found", "requestId");
    }

    [Theory]
    [MemberData(nameof(Subjects))]
    public void Pending_it_moves_no_clock(string subject) =>
        Assert.Equivalent(OpenFault.Incident.Facts, Asked(subject).Incident.Facts, strict: true);

    [Fact]
    public void Nobody_decides_what_was_never_asked_for()
    {
        Expect.Refused(Approve(OpenFault, Lead), "request_not_found", "requestId");
        Expect.Refused(SecondPersonDecisions.Reject(OpenFault.Incident, "q", Lead, Now), "request_not_found", "requestId");
    }

    [Fact]
    public void Requests_of_several_types_wait_side_by_side_and_are_decided_one_by_one()
    {
        var both = Asked("pause").And(Now, new Requested("v", new VoidSubject(FalseAlarm)));

        var left = Assert.Single(both.Append(Approve(both, Lead), Now, Lead).Incident.Pending);
        Assert.Equal(new PendingRequest("v", new VoidSubject(FalseAlarm), Clerk, Now), left);
    }

    [Fact]
    public void A_request_left_on_a_void_can_be_rejected_and_not_approved()
    {
        var left = Asked("pause").And(Now, new Voided(FalseAlarm, MergeTests.Ok));

        Expect.Refused(Approve(left, Lead), "incident_closed", "incident");
        Expect.One<RequestRejected>(SecondPersonDecisions.Reject(left.Incident, "q", Lead, Now), Now);
    }

    private static Story Asked(string subject) => OpenFault.And(Now, new Requested("q", subject switch
    {
        "pause" => new PauseSubject(AbsentTenant),
        "void" => new VoidSubject(FalseAlarm),
        "merge" => new MergeSubject(Number(9)),
        "extend" => new ExtendSubject(At(5, 9, 0)),
        "correct" => new CorrectSubject(Corrected.Severity, "P1"),
        "late resolve" => new LateResolveSubject(At(3, 9, 30), FixedOnSite, null),
        _ => new LateResponseSubject(At(3, 9, 20), Phone),
    }));

    private static Decision Approve(Story asked, Actor approver) => SecondPersonDecisions.Approve(
        asked.Incident, "q", approver, Now, MergeTests.Pair(asked, Fault(9, Reported)),
        asked.Incident.MergedInto is null ? [] : [Fault(9, Reported).Incident]);
}
