using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class MergeTests
{
    internal static readonly Approval Ok = new(null, null, null, null, null, "周值班长", At(3, 9, 30));

    /// <summary>A second call about the same fault, received at 08:30, merged into the fault of 09:00 at 09:30.</summary>
    internal static (Story Duplicate, Story Master) Merged => Merge(Fault(2, At(3, 8, 30)), OpenFault, At(3, 9, 30));

    [Fact]
    public void Asking_stands_on_the_duplicate_and_moves_no_clock()
    {
        var asked = Expect.One<Requested>(Ask(Fault(2, At(3, 8, 30)), OpenFault, At(3, 9, 20)), At(3, 9, 20));

        Assert.Equal(new Requested("m", new MergeSubject(Number(1))), asked);
    }

    [Fact]
    public void Approved_it_writes_to_both_streams_and_the_master_starts_with_the_earlier_report()
    {
        var (duplicate, master) = (Asked(Fault(2, At(3, 8, 30)), OpenFault, At(3, 9, 20)), OpenFault);
        var decision = SecondPersonDecisions.Approve(duplicate.Incident, "m", Lead, At(3, 9, 30), Pair(duplicate, master));

        Assert.Equal(
            [
                new NewEvent(At(3, 9, 30), new Merged(Number(1), new Approval("m", "chen", "陈工", At(3, 9, 20), "zhou", "周值班长", At(3, 9, 30)))),
                new NewEvent(At(3, 9, 30), new DuplicateAbsorbed(Number(2), At(3, 8, 30)), Number(1)),
            ],
            decision.Events);
        Assert.Equal(At(3, 8, 30), Merged.Master.Incident.Facts.ReportedAt);
        Assert.Equal([Number(2)], Merged.Master.Incident.Absorbed);
        Assert.Equal((true, Number(1)), (Merged.Duplicate.Incident.Closed, Merged.Duplicate.Incident.MergedInto!.Value));
        Assert.Equal(Outcome.Pending, Merged.Duplicate.Outcome(At(3, 9, 29, 59)));
        Assert.Equal(Outcome.Excluded, Merged.Duplicate.Outcome(At(3, 9, 30)));
    }

    [Fact]
    public void A_duplicate_received_later_leaves_the_masters_start_alone() =>
        Assert.Equal(Reported, Merge(Fault(2, At(3, 9, 15)), OpenFault, At(3, 9, 40)).Master.Incident.Facts.ReportedAt);

    [Fact]
    public void A_chain_passes_the_earliest_report_on()
    {
        var (_, top) = Merge(Merged.Master, Fault(3, At(3, 9, 20)), At(3, 9, 45));

        Assert.Equal(At(3, 8, 30), top.Incident.Facts.ReportedAt);
    }

    [Theory]
    [InlineData(Scope.Rental, Scope.System, "merge_other_kind")]
    [InlineData(Scope.System, Scope.Rental, "merge_other_kind")]
    [InlineData(Scope.RentalOther, Scope.System, "merge_other_kind")]
    [InlineData(Scope.System, Scope.RentalOther, "merge_other_kind")]
    [InlineData(Scope.Rental, Scope.RentalOther, "merge_out_of_indicator")]
    [InlineData(Scope.RentalOther, Scope.Rental, null)]
    [InlineData(Scope.RentalOther, Scope.RentalOther, null)]
    [InlineData(Scope.Rental, Scope.Rental, null)]
    [InlineData(Scope.System, Scope.System, null)]
    public void It_stays_within_the_kind_and_never_leads_out_of_the_indicator(string from, string into, string? code)
    {
        var sides = Pair(Fault(2, Reported), OpenFault);
        var pair = new MergePair(sides.Duplicate with { Scope = from }, sides.Master with { Scope = into });

        Assert.Equal(code, SecondPersonDecisions.AskMerge(pair, "m", At(3, 9, 30)).Refused?.Code);
    }

    [Fact]
    public void What_was_received_after_the_resolve_is_no_duplicate()
    {
        Expect.Refused(Ask(Fault(2, At(3, 12, 0, 1)), ResolvedFault, At(3, 12, 30)), "merge_after_resolve", "into");
        Expect.One<Requested>(Ask(Fault(2, At(3, 12, 0)), ResolvedFault, At(3, 12, 30)), At(3, 12, 30));
    }

    [Fact]
    public void What_was_received_while_it_was_fixed_is_no_duplicate_of_what_happened_again_later()
    {
        var recurred = ResolvedFault.And(At(3, 15, 0), new Reopened(Recurred));

        Expect.Refused(Ask(Fault(2, At(3, 14, 59, 59)), recurred, At(3, 16, 0)), "merge_after_resolve", "into");
        Expect.One<Requested>(Ask(Fault(2, At(3, 15, 0)), recurred, At(3, 16, 0)), At(3, 16, 0));
        Expect.One<Requested>(Ask(Fault(2, At(3, 11, 0)), recurred, At(3, 16, 0)), At(3, 16, 0));
    }

    [Fact]
    public void What_was_received_before_a_reopen_as_not_fixed_is_the_same_fault() =>
        Expect.One<Requested>(Ask(Fault(2, At(3, 14, 0)), ReopenedFault, At(3, 16, 0)), At(3, 16, 0));

    [Fact]
    public void A_resolved_duplicate_stays_unless_the_master_reads_late_too()
    {
        var resolved = Fault(2, At(3, 9, 30)).And(At(3, 12, 0), new Resolved(FixedOnSite));

        Expect.Refused(Ask(resolved, OpenFault, Due), "merge_hides_breach", "into");
        Expect.One<Requested>(Ask(resolved, OpenFault, Breach), Breach);
    }

    [Fact]
    public void An_overdue_duplicate_hides_in_no_master_on_time()
    {
        var resolvedOnTime = Fault(1, At(3, 11, 0)).And(At(4, 9, 0), new Resolved(FixedOnSite));
        var earlier = Fault(2, Reported);

        // At its due time the duplicate is not late and the master, pulled back, is just on time; a second later both are late.
        Expect.One<Requested>(Ask(earlier, resolvedOnTime, Due), Due);
        Expect.Refused(Ask(earlier, resolvedOnTime, Breach), "merge_hides_breach", "into");
    }

    [Fact]
    public void A_master_that_its_new_start_makes_late_takes_an_overdue_duplicate()
    {
        var master = Fault(1, At(3, 11, 0)).And(Breach, new Resolved(FixedOnSite));

        Assert.Equal(Outcome.OnTime, master.Outcome(At(4, 10, 0)));
        var (duplicate, after) = Merge(Fault(2, Reported), master, At(4, 10, 0));
        Assert.Equal((Outcome.Excluded, Outcome.Breached), (duplicate.Outcome(At(4, 10, 0)), after.Outcome(At(4, 10, 0))));
    }

    [Fact]
    public void The_guards_are_asked_again_at_approval()
    {
        var duplicate = Asked(Fault(2, Reported), Fault(1, At(3, 11, 0)), At(3, 12, 0));
        var pair = Pair(duplicate, Fault(1, At(3, 11, 0)).And(At(4, 8, 0), new Resolved(FixedOnSite)));

        Expect.Refused(SecondPersonDecisions.Approve(duplicate.Incident, "m", Lead, Breach, pair), "merge_hides_breach", "into");
        Assert.Null(SecondPersonDecisions.Approve(duplicate.Incident, "m", Lead, Due, pair).Refused);
    }

    [Fact]
    public void Nothing_is_merged_into_itself_or_its_own_duplicate()
    {
        Expect.Refused(Ask(OpenFault, OpenFault, At(3, 10, 0)), "merge_cycle", "into");
        Expect.Refused(Ask(Merged.Master, Merged.Duplicate, At(3, 10, 0)), "merge_cycle", "into");
    }

    [Fact]
    public void Neither_a_duplicate_nor_a_void_is_a_master()
    {
        Expect.Refused(Ask(Fault(3, Reported), Merged.Duplicate, At(3, 10, 0)), "merge_into_duplicate", "into");
        Expect.Refused(Ask(Fault(3, Reported), VoidedFault, At(3, 12, 0)), "merge_into_duplicate", "into");
    }

    [Fact]
    public void What_is_closed_is_not_merged_again()
    {
        Expect.Refused(Ask(VoidedFault, Fault(3, Reported), At(3, 12, 0)), "incident_closed", "incident");
        Expect.Refused(Ask(Merged.Duplicate, Fault(3, Reported), At(3, 12, 0)), "incident_closed", "incident");
    }

    [Fact]
    public void Only_one_merge_is_asked_for_at_a_time()
    {
        var asked = Asked(Fault(2, Reported), OpenFault, At(3, 9, 20));

        Expect.Refused(Ask(asked, Fault(3, Reported), At(3, 9, 30)), "request_pending", "incident");
    }

    [Fact]
    public void Approving_with_another_pair_than_asked_for_is_a_mistake_of_the_caller()
    {
        var asked = Asked(Fault(2, Reported), OpenFault, At(3, 9, 20));

        Assert.Throws<ArgumentException>(() => SecondPersonDecisions.Approve(asked.Incident, "m", Lead, At(3, 9, 30)));
        Assert.Throws<ArgumentException>(
            () => SecondPersonDecisions.Approve(asked.Incident, "m", Lead, At(3, 9, 30), Pair(asked, Fault(3, Reported))));
        Assert.Throws<ArgumentException>(
            () => SecondPersonDecisions.Approve(asked.Incident, "m", Lead, At(3, 9, 30), Pair(Fault(4, Reported), OpenFault)));
    }

    internal static MergePair Pair(Story duplicate, Story master, ClockRules? rules = null) => new(
        new MergeSide(duplicate.Incident, Scope.Rental, rules ?? Strict), new MergeSide(master.Incident, Scope.Rental, rules ?? Strict));

    private static Decision Ask(Story duplicate, Story master, Instant now) => SecondPersonDecisions.AskMerge(Pair(duplicate, master), "m", now);

    private static Story Asked(Story duplicate, Story master, Instant now) => duplicate.Then(_ => Ask(duplicate, master, now), now);

    private static (Story Duplicate, Story Master) Merge(Story duplicate, Story master, Instant now)
    {
        var asked = Asked(duplicate, master, now);
        var decision = SecondPersonDecisions.Approve(asked.Incident, "m", Lead, now, Pair(asked, master));
        Assert.Null(decision.Refused);
        return (asked.Append(decision, now, Lead), OnlyTo(master, decision, now));
    }

    internal static Story OnlyTo(Story master, Decision decision, Instant now) =>
        decision.Events.Where(e => e.Elsewhere == master.Number).Aggregate(master, (story, e) => story.And(e.At, e.What, now, Lead));
}
