using IncidentDesk.Domain.Incidents;

namespace IncidentDesk.Domain.Sla;

/// <summary>A stretch in which the clock was running, with its counted seconds; that of an open ticket ends at as-of.</summary>
public sealed record CountedStretch(Instant From, Instant To, long CountedSec);

/// <summary>
/// An approved pause with its counted seconds. <paramref name="To"/> is null while it lasts, its seconds are then those up to as-of. <paramref name="Deducted"/>:
/// whether the policy takes it off (D8).
/// </summary>
public sealed record CountedPause(Instant From, Instant? To, long CountedSec, bool Deducted);

/// <summary>A resolve that did not last, and the reopen after it (D9). <paramref name="GapCounts"/>: whether the time between them counts (R13).</summary>
public sealed record Reopening(Instant ResolvedAt, Instant ReopenedAt, Began Began, bool GapCounts);

/// <summary>
/// The arithmetic of a verdict as facts, and as one plain zh-CN sentence and its English: what an evaluator needs to work out the verdict by hand.
/// Seconds are counted seconds of the calendar; instants carry no zone, it is an argument of the sentences.
/// </summary>
public sealed record Arithmetic
{
    /// <summary>Effective reportedAt (R10).</summary>
    public required Instant ReportedAt { get; init; }

    /// <summary>The incident's own effective reportedAt, before a merge pulled it back (R16).</summary>
    public required Instant OwnReportedAt { get; init; }

    /// <summary>Where the clock started; effective reportedAt under every policy of the product (D3).</summary>
    public required Instant StartAt { get; init; }

    /// <summary>When it was logged, where that is known.</summary>
    public required Instant? LoggedAt { get; init; }

    /// <summary>The instant the clock was read at.</summary>
    public required Instant AsOf { get; init; }

    /// <summary>The limit in counted seconds, inclusive (D6).</summary>
    public required long LimitSec { get; init; }

    /// <summary>Start + limit (R11); null where the calendar never counts that much.</summary>
    public required Instant? DueAt { get; init; }

    /// <summary>Where the official budget runs out (R12); null while a pause stops the clock.</summary>
    public required Instant? EffectiveDueAt { get; init; }

    /// <summary>Every reopen with the resolve before it, in order.</summary>
    public required IReadOnlyList<Reopening> Reopens { get; init; }

    /// <summary>The last resolve; null while it is open.</summary>
    public required Instant? ResolvedAt { get; init; }

    /// <summary>补录办结: the last resolve stands on an approved late completion (D21).</summary>
    public required bool LateCompletion { get; init; }

    /// <summary>The stretches the time was counted in; their seconds add up to <see cref="GrossSec"/>.</summary>
    public required IReadOnlyList<CountedStretch> Active { get; init; }

    /// <summary>The approved pauses inside them; their seconds add up to <see cref="PausedSec"/>.</summary>
    public required IReadOnlyList<CountedPause> Pauses { get; init; }

    /// <summary>Open and inside an approved pause (R14).</summary>
    public required bool PausedNow { get; init; }

    /// <summary>总历时 (R13).</summary>
    public required long GrossSec { get; init; }

    /// <summary>Approved pauses' counted seconds, deducted or not (R13).</summary>
    public required long PausedSec { get; init; }

    /// <summary>计时时长: what is measured against the limit (R13).</summary>
    public required long OfficialSec { get; init; }

    /// <summary>Seconds over the limit; null unless breached (R8).</summary>
    public required long? OverdueSec { get; init; }

    /// <summary>The verdict.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary><c>void</c> or <c>duplicate</c>, void before duplicate (R9); null for a ticket that counts.</summary>
    public required string? ExcludedAs { get; init; }

    /// <summary>When the void or merge was approved.</summary>
    public required Instant? ExcludedAt { get; init; }

    /// <summary>Whether that was after the official due time (D11, D22): such a one is listed apart.</summary>
    public required bool ExcludedAfterDue { get; init; }

    /// <summary>登记时已超时: at logging its own clock, before any merge, was over the limit (D3).</summary>
    public required bool BornOverdue { get; init; }

    /// <summary>Whether a merge pulled its start back (D10).</summary>
    public bool PulledBack => ReportedAt < OwnReportedAt;

    /// <summary>Fields that approved corrections changed, each once, in order of recording (D18).</summary>
    public required IReadOnlyList<string> CorrectedFields { get; init; }

    /// <summary>The code of the calendar that counted (D7).</summary>
    public required string Calendar { get; init; }

    /// <summary>Years met without an official list: the due time may move once there is one (D7).</summary>
    public required IReadOnlyList<int> YearsWithoutList { get; init; }

    /// <summary>
    /// The arithmetic behind <paramref name="reading"/>, which must have been read from the same facts, policy, calendar and instant.
    /// </summary>
    public static Arithmetic Of(ClockFacts facts, SlaReading reading, SlaPolicy policy, WorkCalendar calendar, Instant asOf)
    {
        var excludedAt = facts.VoidedAt ?? facts.MergedAt;
        var ownStart = reading.StartAt < facts.OwnReportedAt ? facts.OwnReportedAt : reading.StartAt;
        return new Arithmetic
        {
            ReportedAt = reading.ReportedAt,
            OwnReportedAt = facts.OwnReportedAt,
            StartAt = reading.StartAt,
            LoggedAt = facts.LoggedAt,
            AsOf = asOf,
            LimitSec = reading.LimitSec,
            DueAt = reading.DueAt,
            EffectiveDueAt = reading.EffectiveDueAt,
            Reopens = [.. facts.Work.Zip(facts.Work.Skip(1), (before, after) => new Reopening(
                before.To!.Value, after.From, after.Began, policy.ReopenMode == ReopenMode.Continuous || after.Began == Began.ReopenedNotFixed))],
            ResolvedAt = facts.Work[^1].To,
            LateCompletion = facts.Work[^1].Late,
            Active = [.. reading.Active.Select(a => new CountedStretch(a.From, a.To, calendar.Counted(a.From, a.To)))],
            Pauses = [.. facts.Pauses.Select(Pause).Where(p => p.To is null || p.To > p.From)],
            PausedNow = reading.PausedNow,
            GrossSec = reading.GrossElapsedSec,
            PausedSec = reading.PausedSec,
            OfficialSec = reading.OfficialElapsedSec,
            OverdueSec = reading.Outcome == Outcome.Breached ? reading.OverdueSec : null,
            Outcome = reading.Outcome,
            ExcludedAs = facts.VoidedAt is not null ? "void" : facts.MergedAt is not null ? "duplicate" : null,
            ExcludedAt = excludedAt,
            ExcludedAfterDue = excludedAt > (reading.EffectiveDueAt ?? reading.DueAt),
            BornOverdue = facts.LoggedAt is { } logged && calendar.Counted(ownStart, logged) > reading.LimitSec,
            CorrectedFields = [.. facts.Corrections.Distinct()],
            Calendar = calendar.Code,
            YearsWithoutList = reading.YearsWithoutList,
        };

        // Nothing before the start counts, so a pause that a correction left before it is cut there.
        CountedPause Pause(PauseStretch pause)
        {
            var from = Instant.Max(pause.From, reading.StartAt);
            return new CountedPause(from, pause.To, calendar.Counted(from, pause.To ?? asOf), policy.PauseMode == PauseMode.Approved);
        }
    }

    /// <summary>The arithmetic as one sentence in zh-CN, on the wall clock of <paramref name="zone"/>; seconds and years stand only where they matter.</summary>
    public string SentenceZh(Zone zone) => ArithmeticWords.Zh(this, zone);

    /// <summary>The same sentence in English.</summary>
    public string SentenceEn(Zone zone) => ArithmeticWords.En(this, zone);
}
