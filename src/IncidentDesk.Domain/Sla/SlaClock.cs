using IncidentDesk.Domain.Incidents;

namespace IncidentDesk.Domain.Sla;

/// <summary>What the clock says of a ticket (D14).</summary>
public enum Outcome
{
    /// <summary>Resolved within the limit (按时).</summary>
    OnTime,

    /// <summary>Elapsed is over the limit, open or resolved (超时).</summary>
    Breached,

    /// <summary>Open and not over the limit (未到期).</summary>
    Pending,

    /// <summary>Void or duplicate: out of the denominator (剔除).</summary>
    Excluded,
}

/// <summary>
/// A reading of one incident's clock at an instant, under a policy and a calendar. Seconds are counted seconds of the calendar. For an excluded
/// ticket the reading is what the clock would have shown; only the outcome tells.
/// </summary>
public sealed record SlaReading
{
    /// <summary>Where the clock started (R10).</summary>
    public required Instant StartAt { get; init; }

    /// <summary>Effective reportedAt; its month is the ticket's (D13).</summary>
    public required Instant ReportedAt { get; init; }

    /// <summary>Start + limit, whatever happened since (R11); null where the calendar never counts that much.</summary>
    public required Instant? DueAt { get; init; }

    /// <summary>Where the official budget runs out (R12); null while a pause stops the clock.</summary>
    public required Instant? EffectiveDueAt { get; init; }

    /// <summary>
    /// The first instant at which official elapsed is over the limit; null where it never was, for an open ticket where it will not be as things
    /// stand. Breached ⇔ this instant ≤ as-of, for as-of at or after the last entry (D6): what a row keeps instead of a flag.
    /// </summary>
    public required Instant? BreachesAt { get; init; }

    /// <summary>First human response (D4).</summary>
    public required Instant? FirstResponseAt { get; init; }

    /// <summary>Counted seconds from start to it, 0 when before (R15).</summary>
    public required long? ResponseElapsedSec { get; init; }

    /// <summary>The first instant at which the response is over its limit; null where it came in time.</summary>
    public required Instant? ResponseBreachesAt { get; init; }

    /// <summary>Whether the response was, or by now is, over its limit (R15).</summary>
    public required bool ResponseBreached { get; init; }

    /// <summary>Counted time in the active stretches: 总历时 (R13).</summary>
    public required long GrossElapsedSec { get; init; }

    /// <summary>Approved pauses' counted time inside them, deducted or not (R13).</summary>
    public required long PausedSec { get; init; }

    /// <summary>What is measured against the limit: 计时时长 (R13).</summary>
    public required long OfficialElapsedSec { get; init; }

    /// <summary>Official elapsed if every reopen were read as 未修好; equal to it where the reopen rule made no difference.</summary>
    public required long ContinuousElapsedSec { get; init; }

    /// <summary>The policy's limit in seconds.</summary>
    public required long LimitSec { get; init; }

    /// <summary>Whether it is open at as-of.</summary>
    public required bool Open { get; init; }

    /// <summary>Open and inside an approved pause (R14).</summary>
    public required bool PausedNow { get; init; }

    /// <summary>The verdict.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>The active stretches the time was counted in, the last one of an open ticket up to as-of.</summary>
    public required IReadOnlyList<Interval> Active { get; init; }

    /// <summary>The approved pauses inside them, up to as-of.</summary>
    public required IReadOnlyList<Interval> Pauses { get; init; }

    /// <summary>Years met without an official list (D7): the due time may move once there is one.</summary>
    public required IReadOnlyList<int> YearsWithoutList { get; init; }

    /// <summary>Seconds over the limit, 0 unless breached (R8).</summary>
    public long OverdueSec => Math.Max(0, OfficialElapsedSec - LimitSec);
}

/// <summary>
/// The clock: a pure function of events, policy, calendar and instant. It compares instants, never states seen by a poll (D6).
/// </summary>
public static class SlaClock
{
    /// <summary>
    /// Reads the clock from a stream's entries at <paramref name="asOf"/>, with what was recorded by <paramref name="knownAt"/>; null where the ticket does not exist then.
    /// </summary>
    public static SlaReading? Read(
        IEnumerable<Entry> entries, SlaPolicy policy, WorkCalendar calendar, Instant asOf, DateTimeOffset knownAt) =>
        ClockFacts.Of(entries, asOf, knownAt) is { } facts ? Read(facts, policy, calendar, asOf) : null;

    /// <summary>Reads the clock from folded facts; right for an as-of at or after the last entry folded into them.</summary>
    public static SlaReading Read(ClockFacts facts, SlaPolicy policy, WorkCalendar calendar, Instant asOf)
    {
        var start = policy.ClockStart switch
        {
            ClockStart.Accepted => facts.AcceptedAt ?? facts.ReportedAt,
            ClockStart.Occurred => facts.OccurredAt ?? facts.ReportedAt,
            _ => facts.ReportedAt,
        };
        var limit = policy.ResolutionLimitSec;
        var active = Active(facts, start, asOf, policy.ReopenMode);
        var pauses = Intervals.Union(facts.Pauses.Select(p => new Interval(p.From, p.To ?? asOf)));
        var counted = policy.PauseMode == PauseMode.Approved ? Intervals.Subtract(active, pauses) : active;
        var gross = calendar.Counted(active);
        var official = policy.PauseMode == PauseMode.Approved ? calendar.Counted(counted) : gross;
        var paused = pauses.Count == 0 ? 0 : calendar.Counted([.. Intervals.Intersect(active, pauses)]);
        var pausedNow = facts.Open && facts.Pauses.Count > 0 && facts.Pauses[^1].To is null;
        var stopped = pausedNow && policy.PauseMode == PauseMode.Approved;

        // Where the budget runs out: the same stretches, the last one taken as still running (R12), less the pauses that count.
        var running = Counting(Running(facts, start, policy.ReopenMode), facts, policy, stillPaused: Instant.Never);
        var closed = facts.Open ? running : counted;
        var respondedAfter = facts.FirstResponseAt is { } first ? calendar.Counted(start, first) : (long?)null;
        var responseOver = calendar.Add(start, policy.ResponseLimitSec + 1);
        var excluded = facts.VoidedAt is not null || facts.MergedAt is not null;
        var due = calendar.Add(start, limit);
        var effectiveDue = stopped ? null : calendar.RunOut(running, limit);
        var breaches = calendar.RunOut(closed, limit + 1);
        return new SlaReading
        {
            StartAt = start,
            ReportedAt = facts.ReportedAt,
            DueAt = due,
            EffectiveDueAt = effectiveDue,
            BreachesAt = breaches,
            FirstResponseAt = facts.FirstResponseAt,
            ResponseElapsedSec = respondedAfter,
            ResponseBreachesAt = respondedAfter <= policy.ResponseLimitSec ? null : responseOver,
            ResponseBreached = (respondedAfter ?? calendar.Counted(start, asOf)) > policy.ResponseLimitSec,
            GrossElapsedSec = gross,
            PausedSec = paused,
            OfficialElapsedSec = official,
            ContinuousElapsedSec = facts.ReopenCount == 0
                ? official
                : calendar.Counted(Counting(Active(facts, start, asOf, ReopenMode.Continuous), facts, policy, asOf)),
            LimitSec = limit,
            Open = facts.Open && !excluded,
            PausedNow = pausedNow && !excluded,
            Outcome = excluded ? Outcome.Excluded
                : official > limit ? Outcome.Breached
                : facts.Open ? Outcome.Pending
                : Outcome.OnTime,
            Active = active,
            Pauses = pauses,
            YearsWithoutList = calendar.YearsWithoutList(start, new[] { due, effectiveDue, breaches, facts.Work[^1].To ?? asOf }.Max()!.Value),
        };
    }

    /// <summary>
    /// The active stretches up to <paramref name="asOf"/>: reopened as not fixed, or the mode continuous, joins a stretch to the one before (R13).
    /// Nothing before the start counts.
    /// </summary>
    private static List<Interval> Active(ClockFacts facts, Instant start, Instant asOf, ReopenMode mode)
    {
        var active = new List<Interval>(facts.Work.Count);
        foreach (var stretch in facts.Work)
        {
            var joins = active.Count > 0 && (mode == ReopenMode.Continuous || stretch.Began == Began.ReopenedNotFixed);
            var from = joins ? active[^1].From : Instant.Max(start, stretch.Began == Began.Started ? start : stretch.From);
            var next = new Interval(from, stretch.To ?? asOf);
            if (joins)
            {
                active[^1] = next;
            }
            else
            {
                active.Add(next);
            }
        }

        return active;
    }

    private static List<Interval> Running(ClockFacts facts, Instant start, ReopenMode mode)
    {
        var active = Active(facts, start, Instant.Never, mode);
        active[^1] = active[^1] with { To = Instant.Never };
        return active;
    }

    private static List<Interval> Counting(List<Interval> active, ClockFacts facts, SlaPolicy policy, Instant stillPaused) =>
        policy.PauseMode == PauseMode.None || facts.Pauses.Count == 0
            ? active
            : Intervals.Subtract(active, Intervals.Union(facts.Pauses.Select(p => new Interval(p.From, p.To ?? stillPaused))));
}
