using System.Runtime.CompilerServices;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Reports;

/// <summary>A ticket of a report: its facts, as they were logged too, its reading at as-of, and the policy that read it.</summary>
public sealed record ReportTicket(
    IncidentNumber Number, IncidentFacts Facts, FaultDetails AsLogged, Instant ReportedAsLogged, SlaReading Reading, SlaPolicy Policy, WorkCalendar Calendar, string Scope, string LoggedScope, Instant AsOf)
{
    /// <summary>The arithmetic of the verdict.</summary>
    public Arithmetic Arithmetic { get; } = Arithmetic.Of(Facts.Clock, Reading, Policy, Calendar, AsOf);

    /// <summary>Whether its effective reportedAt falls in the period (D13).</summary>
    public bool BelongsTo(Period period, Zone zone) => period.Contains(zone.MonthOf(Reading.ReportedAt));

    /// <summary>On time only because approved pauses were deducted (D8).</summary>
    public bool OnlyByPauses => Reading.Outcome == Outcome.OnTime && Reading.GrossElapsedSec > Reading.LimitSec;

    /// <summary>On time only because a late completion was approved (D21).</summary>
    public bool OnlyByLateCompletion => Reading.Outcome == Outcome.OnTime && Facts.Clock.Work.Any(w => w.Late);

    /// <summary>On time only because the time between resolve and reopen does not count (D9).</summary>
    public bool OnlyByReopenRule => Reading.Outcome == Outcome.OnTime && Reading.ContinuousElapsedSec > Reading.LimitSec;

    /// <summary>Why it is in or out: <c>counted</c>, <c>void:false_alarm</c>, <c>duplicate:BY20260503-0001</c>.</summary>
    public string Reason => Facts.Void is { } v ? "void:" + v.Reason.Code : Facts.Merge is { } m ? "duplicate:" + m.Into : "counted";
}

/// <summary>The fold: tickets of a period from their events, as they stood at an as-of and known-at (D19).</summary>
public static class ReportFold
{
    /// <summary>
    /// Tickets whose effective reportedAt falls in the period, of every scope, in order of their numbers. Names of corrected codes come from the reference data.
    /// </summary>
    public static IAsyncEnumerable<ReportTicket> Tickets(DeskDb db, Desk desk, ReportInputs inputs, CancellationToken cancellationToken) =>
        Ever(db, desk, inputs, cancellationToken).Where(t => t.BelongsTo(inputs.Period, desk.Zone));

    /// <summary>The same with those that may once have stood in the period and stand in another one now.</summary>
    public static async IAsyncEnumerable<ReportTicket> Ever(
        DeskDb db, Desk desk, ReportInputs inputs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rules = desk.Reference.Rules.KnownAt(inputs.KnownAt);
        await foreach (var stream in db.Streams(inputs.Period, cancellationToken))
        {
            if (Read(new IncidentNumber(desk.Installation.NumberPrefix, stream.Key), stream.Entries(), desk, rules, inputs.AsOf, inputs.KnownAt) is { } ticket)
            {
                yield return ticket;
            }
        }
    }

    /// <summary>Reads one incident as a report would; null where it does not exist at that as-of and known-at.</summary>
    public static ReportTicket? Read(
        IncidentNumber number, IReadOnlyList<Entry> entries, Desk desk, Rules rules, Instant asOf, DateTimeOffset knownAt)
    {
        if (IncidentFacts.Of(entries, asOf, knownAt) is not { } facts)
        {
            return null;
        }

        var logged = entries.Select(e => e.What).OfType<FaultLogged>().First();
        var asLogged = logged.Details;
        var day = desk.Zone.DayOf(facts.Clock.ReportedAt);
        if (facts.Details != asLogged)
        {
            var category = desk.Reference.FindCategory(facts.Details.Kind, facts.Details.Category.Code, day);
            facts = facts with
            {
                Details = facts.Details with
                {
                    Category = category?.Category ?? facts.Details.Category,
                    Nature = category?.Nature ?? facts.Details.Nature,
                    Severity = desk.Reference.Find(Reference.ReferenceList.Severity, facts.Details.Severity.Code, day) ?? facts.Details.Severity,
                },
            };
        }

        var policy = rules.PolicyFor(facts.Clock.ReportedAt);
        var calendar = rules.CalendarOf(policy);
        return new ReportTicket(
            number, facts, asLogged, logged.ReportedAt, SlaClock.Read(facts.Clock, policy, calendar, asOf), policy, calendar,
            rules.ScopeOf(facts.Details.Kind, facts.Details.Category.Code, facts.Clock.ReportedAt),
            rules.ScopeOf(asLogged.Kind, asLogged.Category.Code, facts.Clock.ReportedAt), asOf);
    }
}
