using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// How a fault ended (D5): the manner, the day of the follow-up of a temporary measure, whether the unit it was handed to gave a receipt, and
/// whether the policy lets a handover end other matters than fire and police.
/// </summary>
public sealed record Resolution(Coded? Manner, DateOnly? FollowUpOn = null, bool Receipt = false, bool HandoverEnds = false)
{
    /// <summary>临时措施已控险: needs a day for the follow-up.</summary>
    public const string TemporaryMeasure = "temporary_measure";

    /// <summary>移交责任单位: needs a receipt.</summary>
    public const string HandedOver = "handed_over";
}

/// <summary>
/// What moves a clock and needs one person only: log, respond, resolve, reopen, resume (D2–D5, D9, D21). Times that people enter lie in the past or are
/// now; one that breaks the order of the five times is refused, never clipped (D2).
/// </summary>
public static class ClockDecisions
{
    private static readonly string[] FireAndPolice = ["RNT-FIRE-", "RNT-SEC-"];

    /// <summary>Logs a fault: occurredAt ≤ reportedAt ≤ now, which is its loggedAt and nobody's to choose (D2, D3).</summary>
    public static Decision Log(FaultDetails details, Instant reportedAt, Instant? occurredAt, Zone zone, Instant now)
    {
        var refused =
            details.Basis is null ? Refusals.BasisRequired
            : occurredAt > reportedAt ? Refusals.OccurredAfterReported
            : reportedAt > now ? Refusals.ReportedAfterNow(zone, now)
            : null;
        return refused is null ? Decision.Of(reportedAt, new FaultLogged(reportedAt, occurredAt, now, details)) : Decision.No(refused);
    }

    /// <summary>
    /// Enters the first human contact (D4). Where its limit had passed and the entered time lies within it, it becomes a request (D21).
    /// </summary>
    public static Decision Respond(Incident incident, Coded? way, Instant at, ClockRules rules, string requestId, Instant now)
    {
        var refused =
            incident.Closed ? Refusals.IncidentClosed
            : Waits<LateResponseSubject>(incident) ? Refusals.RequestPending
            : way is null ? Refusals.WayRequired
            : at > now ? Refusals.InFuture(rules.Zone, now)
            : CannotRespond(incident, at);
        if (refused is not null)
        {
            return Decision.No(refused);
        }

        var responded = new Responded(way);
        return rules.Read(incident.Facts, now).ResponseBreached && !rules.Read(incident.FactsWith(at, responded), now).ResponseBreached
            ? Decision.Of(now, new Requested(requestId, new LateResponseSubject(at, way!)))
            : Decision.Of(at, responded);
    }

    /// <summary>Records an automatic reply. It is no response (D4).</summary>
    public static Decision ReplyAutomatically(Incident incident, Instant now) =>
        incident.Closed ? Decision.No(Refusals.IncidentClosed) : Decision.Of(now, new Responded(null, Auto: true));

    /// <summary>
    /// Resolves (D5). Where the limit had passed when it was entered and the entered time lies within it, it becomes a request: the incident stays open
    /// and breached until a second person approves (D21).
    /// </summary>
    public static Decision Resolve(Incident incident, Resolution how, Instant at, ClockRules rules, string requestId, Instant now)
    {
        var refused =
            incident.Closed ? Refusals.IncidentClosed
            : !incident.Open ? Refusals.NotOpen
            : Waits<LateResolveSubject>(incident) ? Refusals.RequestPending
            : CannotEnd(incident, how, at, rules.Zone)
            ?? (at > now ? Refusals.InFuture(rules.Zone, now) : CannotResolve(incident, at));
        if (refused is not null)
        {
            return Decision.No(refused);
        }

        var resolved = new Resolved(how.Manner, how.FollowUpOn);
        return rules.Read(incident.Facts, now).Outcome == Outcome.Breached
            && rules.Read(incident.FactsWith(at, resolved), now).Outcome == Outcome.OnTime
            ? Decision.Of(now, new Requested(requestId, new LateResolveSubject(at, how.Manner!, how.FollowUpOn)))
            : Decision.Of(at, resolved);
    }

    /// <summary>
    /// Opens a resolved incident again within 7 days, inclusive, and says why (D9). <paramref name="at"/> is when we learned of it, not when it was entered:
    /// an hour between the two must not leave the clock.
    /// </summary>
    public static Decision Reopen(Incident incident, Coded? reason, Instant at, Zone zone, Instant now)
    {
        var refused =
            incident.Closed ? Refusals.IncidentClosed
            : reason?.Code is not (Reopened.NotFixed or Reopened.Recurred) ? Refusals.ReopenReasonRequired
            : at > now ? Refusals.InFuture(zone, now)
            : incident.ResolvedAt is not { } resolved || at < resolved ? Refusals.ReopenedWhileOpen
            : at.Since(resolved) > ReopenRules.WindowSec ? Refusals.ReopenWindowPassed
            : null;
        return refused is null ? Decision.Of(at, new Reopened(reason)) : Decision.No(refused);
    }

    /// <summary>Ends the pause, now or at the earlier instant at which what was waited for came (D8).</summary>
    public static Decision Resume(Incident incident, Instant at, Zone zone, Instant now)
    {
        var refused =
            incident.Closed ? Refusals.IncidentClosed
            : !incident.Paused ? Refusals.NotPaused
            : at > now ? Refusals.InFuture(zone, now)
            : at < incident.Facts.Pauses[^1].From ? Refusals.ResumedBeforePause
            : null;
        return refused is null ? Decision.Of(at, new Resumed()) : Decision.No(refused);
    }

    /// <summary>Why no first response can stand at that instant; asked at entry and again when a late one is approved.</summary>
    internal static Refusal? CannotRespond(Incident incident, Instant at) =>
        incident.Closed ? Refusals.IncidentClosed
        : incident.Facts.FirstResponseAt is not null ? Refusals.AlreadyResponded
        : at < incident.Facts.ReportedAt ? Refusals.RespondedBeforeStart
        : null;

    /// <summary>Why no resolve can stand at that instant; asked at entry and again when a late one is approved.</summary>
    internal static Refusal? CannotResolve(Incident incident, Instant at) =>
        incident.Closed ? Refusals.IncidentClosed
        : !incident.Open ? Refusals.NotOpen
        : at < incident.Facts.ReportedAt ? Refusals.ResolvedBeforeStart
        : at < incident.LastReopenedAt ? Refusals.ResolvedBeforeReopen
        : null;

    private static Refusal? CannotEnd(Incident incident, Resolution how, Instant at, Zone zone) => how switch
    {
        { Manner: null } => Refusals.MannerRequired,
        { Manner.Code: Resolution.TemporaryMeasure, FollowUpOn: null } => Refusals.FollowUpRequired,
        { FollowUpOn: { } day } when day < zone.DayOf(at) => Refusals.FollowUpBeforeResolve,
        { Manner.Code: Resolution.HandedOver, Receipt: false } => Refusals.ReceiptRequired,
        { Manner.Code: Resolution.HandedOver, HandoverEnds: false }
            when !FireAndPolice.Any(group => incident.Category.StartsWith(group, StringComparison.Ordinal)) => Refusals.HandedOverNotFinal,
        _ => null,
    };

    private static bool Waits<T>(Incident incident)
        where T : RequestSubject => incident.Pending.Any(r => r.Subject is T);
}
