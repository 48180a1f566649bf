using IncidentDesk.Domain.Incidents;

namespace IncidentDesk.Domain.Sla;

/// <summary>How a stretch of work began (D9).</summary>
public enum Began
{
    /// <summary>With the clock.</summary>
    Started,

    /// <summary>Reopened, no reason given: the policy's mode decides about the gap.</summary>
    ReopenedUnstated,

    /// <summary>Reopened because it never was fixed: the gap counts.</summary>
    ReopenedNotFixed,

    /// <summary>Reopened because it happened again: the policy's mode decides here too (R13).</summary>
    ReopenedRecurred,
}

/// <summary>
/// A stretch in which the incident was open, up to its resolve (null: still open). <paramref name="Late"/>: the resolve stands on an approved late completion (D21).
/// </summary>
public sealed record WorkStretch(Began Began, Instant From, Instant? To, bool Late = false);

/// <summary>An approved pause, up to its resume or the resolve (null: still paused).</summary>
public sealed record PauseStretch(Instant From, Instant? To);

/// <summary>
/// Everything of an incident's stream that a clock needs, before any policy or calendar: instants only, no verdict, no flag. What an incident row keeps
/// is this, folded from all its entries; what a report at another as-of or known-at reads is this, folded from the entries that existed then.
/// </summary>
public sealed record ClockFacts
{
    /// <summary>Effective reportedAt: corrected, and pulled back by merges (R10, R17). Decides month, policy and scope.</summary>
    public required Instant ReportedAt { get; init; }

    /// <summary>The incident's own effective reportedAt: corrected, not pulled back (R16).</summary>
    public required Instant OwnReportedAt { get; init; }

    /// <summary>When the fault occurred, where known.</summary>
    public Instant? OccurredAt { get; init; }

    /// <summary>When it was entered; null where no log is known.</summary>
    public Instant? LoggedAt { get; init; }

    /// <summary>When the handler first accepted it.</summary>
    public Instant? AcceptedAt { get; init; }

    /// <summary>First human response (D4).</summary>
    public Instant? FirstResponseAt { get; init; }

    /// <summary>Whether that response stands on an approved late entry (D21).</summary>
    public bool LateResponse { get; init; }

    /// <summary>Stretches of work in order; the first begins with the clock, whatever its From says.</summary>
    public required IReadOnlyList<WorkStretch> Work { get; init; }

    /// <summary>Approved pauses in order.</summary>
    public IReadOnlyList<PauseStretch> Pauses { get; init; } = [];

    /// <summary>The internal due time of the last approved extension (D12).</summary>
    public Instant? ExtendedTo { get; init; }

    /// <summary>When a void was approved (D11).</summary>
    public Instant? VoidedAt { get; init; }

    /// <summary>When a merge was approved (D10).</summary>
    public Instant? MergedAt { get; init; }

    /// <summary>Fields of the approved corrections, in order of recording (R8).</summary>
    public IReadOnlyList<string> Corrections { get; init; } = [];

    /// <summary>Whether the last stretch of work has no end.</summary>
    public bool Open => Work[^1].To is null;

    /// <summary>How often it was opened again.</summary>
    public int ReopenCount => Work.Count - 1;

    /// <summary>补录: entered later after it was learned of than the policy allows, on the wall clock; a merge's pull-back does not make it late (R16).</summary>
    public bool LateLogged(SlaPolicy policy) => LoggedAt is { } logged && logged.Since(OwnReportedAt) > policy.LateLogFlagSec;

    /// <summary>
    /// Folds the entries that exist at <paramref name="asOf"/> and <paramref name="knownAt"/>, in order of their effective time, equal ones as
    /// given (R2, R3). An entry that does not fit the state changes nothing (R6). Null where the report itself does not exist yet.
    /// </summary>
    public static ClockFacts? Of(IEnumerable<Entry> entries, Instant asOf, DateTimeOffset knownAt)
    {
        var known = entries.Where(e => e.Exists(asOf, knownAt)).OrderBy(e => e.At).ToList();
        if (known.Select(e => e.What).OfType<FaultLogged>().FirstOrDefault() is not { } logged)
        {
            return null;
        }

        var corrections = known.Where(e => e.What is Corrected).OrderBy(e => e.RecordedAt).ThenBy(e => e.Seq)
            .Select(e => (Corrected)e.What).ToList();
        var own = CorrectedTo(corrections, Corrected.Reported) ?? logged.ReportedAt;
        var absorbed = known.Select(e => e.What).OfType<DuplicateAbsorbed>().GroupBy(a => a.Duplicate).Select(g => g.Last().ReportedAt);
        var facts = new ClockFacts
        {
            OwnReportedAt = own,
            ReportedAt = absorbed.Append(own).Min(),
            OccurredAt = CorrectedTo(corrections, Corrected.Occurred) ?? logged.OccurredAt,
            LoggedAt = logged.LoggedAt <= asOf ? logged.LoggedAt : null,
            Corrections = [.. corrections.Select(c => c.Field)],
            Work = [],
        };

        var work = new List<WorkStretch> { new(Began.Started, logged.ReportedAt, null) };
        var pauses = new List<PauseStretch>();
        foreach (var (at, what) in known.Select(e => (e.At, e.What)))
        {
            var open = work[^1].To is null;
            var paused = pauses.Count > 0 && pauses[^1].To is null;
            switch (what)
            {
                case AssignmentAccepted:
                    facts = facts with { AcceptedAt = facts.AcceptedAt ?? at };
                    break;
                case Responded { Auto: false } response when facts.FirstResponseAt is null:
                    facts = facts with { FirstResponseAt = at, LateResponse = response.Late is not null };
                    break;
                case Resolved resolve when open:
                    work[^1] = work[^1] with { To = at, Late = resolve.Late is not null };
                    if (paused)
                    {
                        pauses[^1] = pauses[^1] with { To = at };
                    }

                    break;
                case Reopened reopen when !open:
                    work.Add(new WorkStretch(BeganBy(reopen), at, null));
                    break;
                case Paused when open && !paused:
                    pauses.Add(new PauseStretch(at, null));
                    break;
                case Resumed when paused:
                    pauses[^1] = pauses[^1] with { To = at };
                    break;
                case Extended extension:
                    facts = facts with { ExtendedTo = extension.To };
                    break;
                case Voided:
                    facts = facts with { VoidedAt = facts.VoidedAt ?? at };
                    break;
                case Merged:
                    facts = facts with { MergedAt = facts.MergedAt ?? at };
                    break;
            }
        }

        return facts with { Work = work, Pauses = pauses };
    }

    private static Began BeganBy(Reopened reopen) => reopen.Reason?.Code switch
    {
        Reopened.NotFixed => Began.ReopenedNotFixed,
        Reopened.Recurred => Began.ReopenedRecurred,
        _ => Began.ReopenedUnstated,
    };

    private static Instant? CorrectedTo(List<Corrected> corrections, string field) =>
        corrections.FindLast(c => c.Field == field) is { } last && Iso.TryInstant(last.Value, out var value) ? value : null;
}
