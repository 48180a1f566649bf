using CsCheck;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

/// <summary>What a desk may try, in any order and at any time, and what it must never reach.</summary>
public sealed class DecisionProperties
{
    private const int Correction = 11;

    // A command, hours since the last one, how far back its time is entered (minutes), and a pick among what it could mean.
    private static readonly Gen<(int What, int Hours, int Back, int Pick)[]> Commands =
        Gen.Select(Gen.Int[0, 14], Gen.Int[0, 9], Gen.Int[0, 1_600], Gen.Int[0, 3]).Array[1, 25];

    public static TheoryData<string> Policies => ["strict", "pauses count", "office hours"];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_breach_is_undone_by_a_correction_an_approved_late_completion_or_a_pause_asked_for_before_it_and_by_nothing_else(string policy)
    {
        var rules = Rules(policy);
        Commands.Sample(
            commands =>
            {
                var (story, now) = (OpenFault, At(3, 9, 10));
                foreach (var (what, hours, back, pick) in commands)
                {
                    now = now.Plus(hours * 3_600);
                    var before = story.Read(rules, now);
                    var decision = Decide(story.Incident, what, now.Plus(-back * 60), pick, rules, now);
                    Assert.Equal(decision.Refused is null, decision.Events.Count > 0);
                    var known = story.Entries.Count;
                    story = story.Append(decision, now, what == 10 ? Lead : Clerk);
                    if (before.Outcome == Outcome.Breached && story.Outcome(now, rules) is Outcome.OnTime or Outcome.Pending)
                    {
                        Assert.Contains(story.Entries.Skip(known), e => Undoes(e.What, before));
                    }
                }
            },
            iter: 400);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void What_was_decided_is_what_the_clock_reads(string policy)
    {
        var rules = Rules(policy);
        Commands.Sample(
            commands =>
            {
                var (story, now) = (OpenFault, At(3, 9, 10));
                foreach (var (what, hours, back, pick) in commands)
                {
                    now = now.Plus(hours * 3_600);
                    var decision = Decide(story.Incident, what, now.Plus(-back * 60), pick, rules, now);
                    story = story.Append(decision, now, what == 10 ? Lead : Clerk);
                    foreach (var e in decision.Events)
                    {
                        Assert.True(e.At <= now, "effective in the future");
                        Assert.True(IsRead(story.Incident, e), $"{e.What} at {e.At} is not what the clock reads");
                    }
                }
            },
            iter: 400);
    }

    [Fact]
    public void No_approved_merge_leaves_fewer_than_one_of_two_tickets_late()
    {
        var side = Gen.Select(Gen.Int[0, 30], Gen.Int[0, 60], Gen.Int[0, 60], Gen.Bool);
        Gen.Select(side, side, Gen.Int[0, 80]).Sample(
            (d, m, hour) =>
            {
                var (duplicate, master) = (Ticket(2, d), Ticket(1, m));
                var now = Instant.Max(At(3, 0, 0).Plus(hour * 3_600), Instant.Max(duplicate.Entries.Max(e => e.At), master.Entries.Max(e => e.At)));
                var asked = duplicate.And(now, new Requested("m", new MergeSubject(Number(1))), now);
                var decision = SecondPersonDecisions.Approve(asked.Incident, "m", Lead, now, MergeTests.Pair(asked, master));
                if (decision.Refused is not null)
                {
                    return;
                }

                var late = duplicate.Outcome(now) == Outcome.Breached || master.Outcome(now) == Outcome.Breached;
                var merged = MergeTests.OnlyTo(master, decision, now);
                Assert.True(!late || merged.Outcome(now) == Outcome.Breached, "a breach is gone");
                Assert.Equal(
                    Instant.Min(duplicate.Incident.Facts.ReportedAt, master.Incident.Facts.ReportedAt), merged.Incident.Facts.ReportedAt);
                Assert.Equal(Outcome.Excluded, asked.Append(decision, now, Lead).Outcome(now));
            },
            iter: 1_000);

        // Reported, resolved some hours later, reopened some hours after that.
        static Story Ticket(int n, (int Reported, int Resolved, int Reopened, bool NotFixed) at)
        {
            var fault = Fault(n, At(3, 0, 0).Plus(at.Reported * 3_600));
            if (at.Resolved > 40)
            {
                return fault;
            }

            var end = At(3, 0, 0).Plus((at.Reported + at.Resolved) * 3_600);
            var resolved = fault.And(end, new Resolved(FixedOnSite));
            return at.Reopened > 20 ? resolved : resolved.And(end.Plus(at.Reopened * 3_600), new Reopened(at.NotFixed ? NotFixed : Recurred));
        }
    }

    private static bool Undoes(IncidentEvent what, SlaReading before) => what switch
    {
        Corrected { Field: Corrected.Reported } => true,
        Resolved { Late: not null } => true,
        Paused pause => pause.Approval.RequestedAt < before.BreachesAt,
        _ => false,
    };

    /// <summary>No event that a decision lets through may be one that the clock then passes over (R6).</summary>
    private static bool IsRead(Incident after, NewEvent e) => e.What switch
    {
        Resolved => !after.Facts.Open && after.ResolvedAt == e.At && !after.Paused,
        Reopened => after.Facts.Open && after.LastReopenedAt == e.At,
        Paused => after.Facts.Pauses.Any(p => p.From == e.At),
        Resumed => !after.Paused && after.Facts.Pauses.Any(p => p.To == e.At),
        Responded { Auto: false } => after.Facts.FirstResponseAt == e.At,
        Voided => after.Closed && after.Pending.All(r => r.Subject is not VoidSubject),
        Extended x => after.Facts.ExtendedTo == x.To,
        Corrected { Field: Corrected.Reported } c => after.Facts.OwnReportedAt == Iso.ToInstant(c.Value),
        Requested r => after.Pending[^1].Id == r.RequestId,
        RequestRejected r => after.Pending.All(p => p.Id != r.RequestId),
        Assigned a => after.Handler?.Id == a.HandlerId,
        AssignmentAccepted => after.Accepted,
        AssignmentReturned => after.Handler is null,
        _ => e.What is Responded { Auto: true } or Corrected,
    };

    private static Decision Decide(Incident incident, int what, Instant at, int pick, ClockRules rules, Instant now)
    {
        var id = $"q-{incident.LastSeq}";
        var oldest = incident.Pending.Count > 0 ? incident.Pending[pick % incident.Pending.Count].Id : "none";
        return what switch
        {
            0 => ClockDecisions.Respond(incident, Phone, at, rules, id, now),
            1 => ClockDecisions.Resolve(incident, Fixed, now, rules, id, now),
            2 => ClockDecisions.Resolve(incident, Fixed, at, rules, id, now),
            3 => ClockDecisions.Reopen(incident, pick % 2 == 0 ? NotFixed : Recurred, pick < 2 ? now : at, rules.Zone, now),
            4 => ClockDecisions.Resume(incident, pick < 2 ? now : at, rules.Zone, now),
            5 or 6 => SecondPersonDecisions.AskPause(incident, id, AbsentTenant, now),
            7 => pick == 0 ? SecondPersonDecisions.AskVoid(incident, id, FalseAlarm, now) : ClockDecisions.ReplyAutomatically(incident, now),
            8 => SecondPersonDecisions.AskExtension(incident, id, now.Plus((pick + 1) * 43_200), rules, now),
            9 or 10 or 14 => SecondPersonDecisions.Approve(incident, oldest, Lead, now),
            Correction => SecondPersonDecisions.AskCorrection(
                incident, id,
                pick < 3 ? new CorrectSubject(Corrected.Reported, Reported.Plus(pick * 240).ToString()) : new CorrectSubject(Corrected.Severity, "P1"),
                [], now),
            12 => SecondPersonDecisions.Reject(incident, oldest, Lead, now),
            _ => pick switch
            {
                0 => PeopleDecisions.Assign(incident, Electrician, now),
                1 => PeopleDecisions.AcceptAssignment(incident, now),
                2 => PeopleDecisions.ReturnAssignment(incident, now),
                _ => PeopleDecisions.Assign(incident, Lead, now),
            },
        };
    }

    private static ClockRules Rules(string policy) => policy switch
    {
        "strict" => Strict,
        "pauses count" => PausesCount,
        _ => OfficeHours,
    };
}
