using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class CorrectTests
{
    private static readonly Instant Now = At(4, 10, 0);

    [Fact]
    public void Approved_it_works_from_approval_and_the_earlier_value_stays_visible()
    {
        var corrected = Correct(RespondedFault, Corrected.Reported, At(3, 8, 0).ToString());

        Assert.Equal(At(3, 8, 0), corrected.Incident.Facts.ReportedAt);
        Assert.Equal(Reported, corrected.Read(Strict, Now.Plus(-1)).ReportedAt);
        Assert.Equal(Reported, ((FaultLogged)corrected.Entries[0].What).ReportedAt);
        var (at, what) = (corrected.Entries[^1].At, Assert.IsType<Corrected>(corrected.Entries[^1].What));
        Assert.Equal((Now, Corrected.Reported, "2026-05-03T00:00:00Z"), (at, what.Field, what.Value));
        Assert.Equal(new Approval("c", "chen", "陈工", Now, "zhou", "周值班长", Now), what.Approval);
    }

    [Fact]
    public void Asked_for_it_moves_nothing()
    {
        var asked = RespondedFault.Then(i => Ask(i, Corrected.Reported, At(3, 8, 0).ToString()), Now);

        Assert.Equal(Reported, asked.Incident.Facts.ReportedAt);
        Assert.Equal(new CorrectSubject(Corrected.Reported, "2026-05-03T00:00:00Z"), Assert.Single(asked.Incident.Pending).Subject);
    }

    [Fact]
    public void It_alone_may_make_a_late_ticket_on_time_and_a_second_one_takes_it_back()
    {
        var onTime = Correct(LateFault, Corrected.Reported, At(3, 9, 0, 1).ToString());
        var late = Correct(onTime, Corrected.Reported, Reported.ToString());

        Assert.Equal((Outcome.Breached, Outcome.OnTime, Outcome.Breached), (LateFault.Outcome(Now), onTime.Outcome(Now), late.Outcome(Now)));
    }

    [Fact]
    public void The_report_stays_between_occurrence_and_log()
    {
        var given = Fault(1, Reported, occurred: At(3, 8, 0));

        Expect.Refused(Ask(given, Corrected.Reported, At(3, 7, 59, 59)), "occurred_after_reported", "occurredAt");
        Expect.One<Requested>(Ask(given, Corrected.Reported, At(3, 8, 0)), Now);
        Expect.One<Requested>(Ask(given, Corrected.Reported, At(3, 9, 10)), Now);
        Expect.Refused(Ask(given, Corrected.Reported, At(3, 9, 10, 1)), "reported_after_logged", "reportedAt");
    }

    [Fact]
    public void The_occurrence_stays_before_the_report()
    {
        Expect.One<Requested>(Ask(OpenFault, Corrected.Occurred, Reported), Now);
        Expect.Refused(Ask(OpenFault, Corrected.Occurred, Reported.Plus(1)), "occurred_after_reported", "occurredAt");
    }

    [Fact]
    public void An_imported_ticket_without_a_log_is_bounded_by_now()
    {
        var logged = (FaultLogged)OpenFault.Entries[0].What;
        var imported = new Story(Number(1), []).And(Reported, logged with { LoggedAt = null });

        Expect.One<Requested>(Ask(imported, Corrected.Reported, Now), Now);
        Expect.Refused(Ask(imported, Corrected.Reported, Now.Plus(1)), "reported_after_logged", "reportedAt");
    }

    [Fact]
    public void No_response_is_left_before_the_start()
    {
        var given = Fault(1, Reported).And(At(3, 9, 5), new Responded(Phone));

        Expect.One<Requested>(Ask(given, Corrected.Reported, At(3, 9, 5)), Now);
        Expect.Refused(Ask(given, Corrected.Reported, At(3, 9, 5, 1)), "responded_before_start", "at");
    }

    [Fact]
    public void No_resolve_is_left_before_the_start_not_even_one_that_was_opened_again()
    {
        var resolved = Fault(1, Reported).And(At(3, 9, 5), new Resolved(FixedOnSite));
        var reopened = resolved.And(At(3, 9, 8), new Reopened(NotFixed));

        Expect.One<Requested>(Ask(resolved, Corrected.Reported, At(3, 9, 5)), Now);
        Expect.Refused(Ask(resolved, Corrected.Reported, At(3, 9, 5, 1)), "resolved_before_start", "at");
        Expect.Refused(Ask(reopened, Corrected.Reported, At(3, 9, 5, 1)), "resolved_before_start", "at");
    }

    [Fact]
    public void The_guards_are_asked_again_at_approval()
    {
        var asked = OpenFault.Then(i => Ask(i, Corrected.Reported, At(3, 9, 5).ToString()), Now);
        var responded = asked.And(At(3, 9, 2), new Responded(Phone), Now);

        Expect.Refused(SecondPersonDecisions.Approve(responded.Incident, "c", Lead, Now), "responded_before_start", "at");
        Expect.One<Corrected>(SecondPersonDecisions.Approve(asked.Incident, "c", Lead, Now), Now);
    }

    [Fact]
    public void Category_and_severity_take_their_new_code()
    {
        var corrected = Correct(Correct(OpenFault, Corrected.Category, "RNT-FIRE-04"), Corrected.Severity, "P1");

        Assert.Equal(("RNT-FIRE-04", "P1"), (corrected.Incident.Category, corrected.Incident.Severity));
        Assert.Equal(["category", "severity"], corrected.Incident.Facts.Corrections);
    }

    [Theory]
    [InlineData("loggedAt", "2026-05-03T00:00:00Z", "unknown_field", "field")]
    [InlineData(Corrected.Reported, "2026-05-03T08:00:00+08:00", "bad_time", "value")]
    [InlineData(Corrected.Occurred, "昨天", "bad_time", "value")]
    [InlineData(Corrected.Reported, "2026-05-03T01:00:00Z", "nothing_to_correct", "value")]
    [InlineData(Corrected.Category, "RNT-WATER-02", "nothing_to_correct", "value")]
    [InlineData(Corrected.Severity, "P3", "nothing_to_correct", "value")]
    public void What_cannot_be_read_or_changes_nothing_is_refused(string field, string value, string code, string about) =>
        Expect.Refused(Ask(OpenFault.Incident, field, value), code, about);

    [Fact]
    public void The_same_occurrence_again_changes_nothing() =>
        Expect.Refused(Ask(Fault(1, Reported, At(3, 8, 0)), Corrected.Occurred, At(3, 8, 0)), "nothing_to_correct", "value");

    [Fact]
    public void Corrections_of_different_fields_wait_side_by_side_and_of_one_field_in_turn()
    {
        var asked = OpenFault.Then(i => Ask(i, Corrected.Severity, "P1"), Now);

        Expect.Refused(Ask(asked.Incident, Corrected.Severity, "P2"), "request_pending", "incident");
        Expect.One<Requested>(Ask(asked.Incident, Corrected.Category, "RNT-FIRE-04"), Now);
    }

    [Fact]
    public void A_ticket_whose_times_are_out_of_order_may_still_have_its_severity_corrected()
    {
        var imported = OpenFault.And(At(3, 8, 59), new Responded(null));

        Expect.One<Requested>(Ask(imported.Incident, Corrected.Severity, "P1"), Now);
        Expect.Refused(Ask(imported, Corrected.Occurred, At(3, 8, 0)), "responded_before_start", "at");
    }

    [Fact]
    public void A_void_is_not_corrected() =>
        Expect.Refused(Ask(VoidedFault.Incident, Corrected.Severity, "P1"), "incident_closed", "incident");

    [Fact]
    public void A_duplicates_new_start_is_written_to_its_master_and_up_the_chain()
    {
        var (duplicate, middle) = MergeTests.Merged;
        var top = Fault(3, At(3, 9, 20)).And(At(3, 9, 45), new DuplicateAbsorbed(Number(1), At(3, 8, 30)));
        middle = middle.And(At(3, 9, 45), new Merged(Number(3), MergeTests.Ok));
        Incident[] masters = [middle.Incident, top.Incident];

        var decision = Approved(duplicate, Corrected.Reported, At(3, 8, 0), masters);

        Assert.Equal(
            [
                new NewEvent(Now, new DuplicateAbsorbed(Number(2), At(3, 8, 0)), Number(1)),
                new NewEvent(Now, new DuplicateAbsorbed(Number(1), At(3, 8, 0)), Number(3)),
            ],
            decision.Events.Skip(1));
        Assert.IsType<Corrected>(decision.Events[0].What);
        Assert.Equal(At(3, 8, 0), MergeTests.OnlyTo(top, decision, Now).Incident.Facts.ReportedAt);
    }

    [Fact]
    public void The_chain_ends_where_a_start_does_not_move()
    {
        var (duplicate, middle) = MergeTests.Merged;
        middle = middle.And(At(3, 9, 40), new DuplicateAbsorbed(Number(4), At(3, 8, 0))).And(At(3, 9, 45), new Merged(Number(3), MergeTests.Ok));
        var top = Fault(3, At(3, 9, 20)).And(At(3, 9, 45), new DuplicateAbsorbed(Number(1), At(3, 8, 0)));

        var decision = Approved(duplicate, Corrected.Reported, At(3, 8, 35), [middle.Incident, top.Incident]);

        Assert.Equal(new NewEvent(Now, new DuplicateAbsorbed(Number(2), At(3, 8, 35)), Number(1)), Assert.Single(decision.Events.Skip(1)));
    }

    [Fact]
    public void What_moves_no_start_is_not_written_to_the_master()
    {
        var (duplicate, master) = MergeTests.Merged;

        Assert.Single(Approved(duplicate, Corrected.Severity, "P1", [master.Incident]).Events);
    }

    [Fact]
    public void A_duplicates_correction_leaves_no_response_of_the_master_before_its_start()
    {
        var (duplicate, master) = MergeTests.Merged;
        var responded = master.And(At(3, 8, 34), new Responded(Phone));

        Expect.Refused(
            SecondPersonDecisions.AskCorrection(
                duplicate.Incident, "c", new CorrectSubject(Corrected.Reported, At(3, 8, 35).ToString()), [responded.Incident], Now),
            "responded_before_start", "at");
    }

    [Fact]
    public void A_duplicate_without_its_master_is_a_mistake_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => Ask(MergeTests.Merged.Duplicate.Incident, Corrected.Severity, "P1"));
        Assert.Throws<ArgumentException>(() => SecondPersonDecisions.AskCorrection(
            OpenFault.Incident, "c", new CorrectSubject(Corrected.Severity, "P1"), [VoidedFault.Incident], Now));
    }

    private static Decision Ask(Story given, string field, Instant value) => Ask(given.Incident, field, value.ToString());

    private static Decision Ask(Incident given, string field, string value) =>
        SecondPersonDecisions.AskCorrection(given, "c", new CorrectSubject(field, value), [], Now);

    private static Story Correct(Story given, string field, string value) => given
        .Then(i => Ask(i, field, value), Now)
        .Then(i => SecondPersonDecisions.Approve(i, "c", Lead, Now), Now, Lead);

    private static Decision Approved(Story given, string field, Instant value, Incident[] masters) => Approved(given, field, value.ToString(), masters);

    private static Decision Approved(Story given, string field, string value, Incident[] masters)
    {
        var asked = given.Then(i => SecondPersonDecisions.AskCorrection(i, "c", new CorrectSubject(field, value), masters, Now), Now);
        var decision = SecondPersonDecisions.Approve(asked.Incident, "c", Lead, Now, masters: masters);
        Assert.Null(decision.Refused);
        return decision;
    }
}
