using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// One side of a merge: the incident, its scope of figures (one of <see cref="Domain.Incidents.Scope"/>, D23) and the rules of its clock. For the master
/// both as they are at the earlier of the two reportedAts, where the merge would pull it back to (D7).
/// </summary>
public sealed record MergeSide(Incident Incident, string Scope, ClockRules Rules);

/// <summary>A duplicate and the master it is to be merged into (D10).</summary>
public sealed record MergePair(MergeSide Duplicate, MergeSide Master);

/// <summary>
/// The guards of a merge (D10), the same when it is asked for and when it is approved: a merge must not take a late ticket, or one that may become late,
/// out of the figures.
/// </summary>
public static class MergeRules
{
    /// <summary>Why the pair cannot be merged at that instant, or null.</summary>
    public static Refusal? Refuse(MergePair pair, Instant now)
    {
        var (duplicate, master) = (pair.Duplicate.Incident, pair.Master.Incident);
        return duplicate.Closed ? Refusals.IncidentClosed
            : duplicate.Number == master.Number || duplicate.Absorbed.Contains(master.Number) ? Refusals.MergeCycle
            : master.Closed ? Refusals.MergeIntoDuplicate
            : (pair.Duplicate.Scope == Scope.System) != (pair.Master.Scope == Scope.System) ? Refusals.MergeOtherKind
            : pair.Duplicate.Scope == Scope.Rental && pair.Master.Scope != Scope.Rental ? Refusals.MergeOutOfIndicator
            : ResolvedAt(master.Facts, duplicate.Facts.ReportedAt) ? Refusals.MergeAfterResolve
            : HidesBreach(pair, now) ? Refusals.MergeHidesBreach
            : null;
    }

    /// <summary>The event on the master's stream: the duplicate's effective reportedAt, chains included.</summary>
    public static NewEvent Absorb(MergePair pair, Instant now)
    {
        var duplicate = pair.Duplicate.Incident;
        return new NewEvent(now, new DuplicateAbsorbed(duplicate.Number, duplicate.Facts.ReportedAt), pair.Master.Incident.Number);
    }

    /// <summary>
    /// Whether the fault was over at that instant: after a resolve, and not yet opened again. A reopen as not fixed says that it never was (D9), so
    /// that gap counts and what was received in it may be merged.
    /// </summary>
    private static bool ResolvedAt(ClockFacts facts, Instant at)
    {
        var last = facts.Work.Where(w => w.Began == Began.Started || w.From <= at).Last();
        var next = facts.Work.SkipWhile(w => !ReferenceEquals(w, last)).Skip(1).FirstOrDefault();
        return last.To < at && next?.Began != Began.ReopenedNotFixed;
    }

    /// <summary>
    /// A duplicate that is resolved or overdue has its verdict. It may leave the figures only for a master that, pulled back to the start they then share,
    /// reads breached at this instant itself: so the late ticket stays in the figures, as the master.
    /// </summary>
    private static bool HidesBreach(MergePair pair, Instant now)
    {
        var (duplicate, master) = (pair.Duplicate, pair.Master);
        var carriesVerdict = !duplicate.Incident.Open || duplicate.Rules.Read(duplicate.Incident.Facts, now).Outcome == Outcome.Breached;
        return carriesVerdict
            && master.Rules.Read(master.Incident.FactsWith(now, Absorb(pair, now).What), now).Outcome != Outcome.Breached;
    }
}
