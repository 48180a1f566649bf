using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class AssignmentTests
{
    private static readonly Instant Now = At(3, 9, 30);

    private static Story AssignedFault => OpenFault.Then(i => PeopleDecisions.Assign(i, Electrician, Now), Now, Lead);

    private static Story AcceptedFault => AssignedFault.Then(i => PeopleDecisions.AcceptAssignment(i, Now), Now, Electrician);

    [Fact]
    public void The_job_is_given_to_a_handler_and_to_another_one()
    {
        Assert.Equal(new Assigned("li", "李师傅"), Expect.One<Assigned>(PeopleDecisions.Assign(OpenFault.Incident, Electrician, Now), Now));
        var other = AcceptedFault.Then(i => PeopleDecisions.Assign(i, Clerk, Now), Now, Lead);

        Assert.Equal((Electrician, true), (AcceptedFault.Incident.Handler, AcceptedFault.Incident.Accepted));
        Assert.Equal((Clerk, false), (other.Incident.Handler, other.Incident.Accepted));
    }

    [Fact]
    public void The_same_handler_is_not_given_it_twice() =>
        Expect.Refused(PeopleDecisions.Assign(AssignedFault.Incident, Electrician with { Name = "李工" }, Now), "already_assigned", "handler");

    [Fact]
    public void It_is_accepted_once_and_only_when_given()
    {
        Expect.Refused(PeopleDecisions.AcceptAssignment(OpenFault.Incident, Now), "not_assigned", "incident");
        Expect.One<AssignmentAccepted>(PeopleDecisions.AcceptAssignment(AssignedFault.Incident, Now), Now);
        Expect.Refused(PeopleDecisions.AcceptAssignment(AcceptedFault.Incident, Now), "already_accepted", "incident");
    }

    [Fact]
    public void Given_back_it_has_no_handler_and_may_be_given_to_the_same_again()
    {
        Expect.One<AssignmentReturned>(PeopleDecisions.ReturnAssignment(AssignedFault.Incident, Now), Now);
        var returned = AcceptedFault.Then(i => PeopleDecisions.ReturnAssignment(i, Now), Now, Electrician);

        Assert.Null(returned.Incident.Handler);
        Expect.Refused(PeopleDecisions.ReturnAssignment(returned.Incident, Now), "not_assigned", "incident");
        Expect.One<Assigned>(PeopleDecisions.Assign(returned.Incident, Electrician, Now), Now);
    }

    [Fact]
    public void Neither_accepting_nor_giving_back_stops_the_clock()
    {
        var returned = AcceptedFault.Then(i => PeopleDecisions.ReturnAssignment(i, At(3, 18, 0)), At(3, 18, 0), Electrician);

        Assert.Equal((Reported, Due), (returned.Read(Strict, Breach).StartAt, returned.Read(Strict, Breach).EffectiveDueAt!.Value));
        Assert.Equal(Outcome.Breached, returned.Outcome(Breach));
    }

    [Fact]
    public void A_resolved_incident_changes_no_hands() => RefusesAll(ResolvedFault, "not_open");

    [Fact]
    public void A_closed_incident_changes_no_hands() => RefusesAll(VoidedFault, "incident_closed");

    [Fact]
    public void Notes_are_taken_at_any_time() => Expect.One<Noted>(PeopleDecisions.Note(Now), Now);

    private static void RefusesAll(Story given, string code)
    {
        Expect.Refused(PeopleDecisions.Assign(given.Incident, Electrician, Now), code, "incident");
        Expect.Refused(PeopleDecisions.AcceptAssignment(given.Incident, Now), code, "incident");
        Expect.Refused(PeopleDecisions.ReturnAssignment(given.Incident, Now), code, "incident");
    }

    [Fact]
    public void A_breach_is_explained_and_nothing_else_is()
    {
        var rules = new ClockRules(SlaPolicy.Strict, OfficialCalendars.Always);
        var due = OpenFault.Incident.Facts.ReportedAt.Plus(86_400);

        Expect.Refused(PeopleDecisions.ExplainBreach(OpenFault.Incident, rules, due), "not_breached", "incident");
        Expect.One<BreachExplained>(PeopleDecisions.ExplainBreach(OpenFault.Incident, rules, due.Plus(1)), due.Plus(1));

        var explained = OpenFault.Then(i => PeopleDecisions.ExplainBreach(i, rules, due.Plus(1)), due.Plus(1), Clerk);
        Assert.Equal(rules.Read(OpenFault.Incident.Facts, due.Plus(9)).OfficialElapsedSec, rules.Read(explained.Incident.Facts, due.Plus(9)).OfficialElapsedSec);
        Expect.One<BreachExplained>(PeopleDecisions.ExplainBreach(explained.Incident, rules, due.Plus(2)), due.Plus(2));
    }
}
