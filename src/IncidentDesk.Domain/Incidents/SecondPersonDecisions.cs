using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// What needs a second person (D8, D10–D12, D18, D21, D22): one asks, another one approves or rejects. A request changes nothing until it is approved, and
/// every guard is asked again then, because the incident went on meanwhile. A pause works from the instant it was requested, a late completion at the
/// instant entered, all else from approval.
/// </summary>
public static class SecondPersonDecisions
{
    /// <summary>Asks for a pause with a listed reason (D8).</summary>
    public static Decision AskPause(Incident incident, string requestId, Coded? reason, Instant now) =>
        Ask(incident, requestId, reason is null ? null : new PauseSubject(reason), now, CannotPause(incident, now));

    /// <summary>Asks for a void with a listed reason (D11). Until it is approved the incident keeps counting.</summary>
    public static Decision AskVoid(Incident incident, string requestId, Coded? reason, Instant now) =>
        Ask(incident, requestId, reason is null ? null : new VoidSubject(reason), now, CannotVoid(incident));

    /// <summary>Asks to merge the duplicate into the master (D10); the request stands on the duplicate.</summary>
    public static Decision AskMerge(MergePair pair, string requestId, Instant now) =>
        Ask(pair.Duplicate.Incident, requestId, new MergeSubject(pair.Master.Incident.Number), now, MergeRules.Refuse(pair, now));

    /// <summary>Asks for a later internal due time (D12).</summary>
    public static Decision AskExtension(Incident incident, string requestId, Instant to, ClockRules rules, Instant now) =>
        Ask(incident, requestId, new ExtendSubject(to), now,
            incident.Closed ? Refusals.IncidentClosed
            : !incident.Open ? Refusals.NotOpen
            : to <= now || to <= (incident.Facts.ExtendedTo ?? rules.Read(incident.Facts, now).DueAt) ? Refusals.ExtensionNotLater
            : null);

    /// <summary>Asks for a correction (D18); <paramref name="masters"/> as in <see cref="CorrectionRules"/>.</summary>
    public static Decision AskCorrection(
        Incident incident, string requestId, CorrectSubject subject, IReadOnlyList<Incident> masters, Instant now) =>
        Ask(incident, requestId, subject, now, CorrectionRules.Refuse(incident, subject, masters, now));

    /// <summary>
    /// Approves a request. A merge needs <paramref name="merge"/>, the pair as it is now, a correction of a duplicate its <paramref name="masters"/>.
    /// </summary>
    public static Decision Approve(
        Incident incident, string requestId, Actor approver, Instant now, MergePair? merge = null, IReadOnlyList<Incident>? masters = null)
    {
        var (request, refused) = Find(incident, requestId, approver);
        if (request is null)
        {
            return Decision.No(refused!);
        }

        var approval = new Approval(request.Id, request.By.Id, request.By.Name, request.At, approver.Id, approver.Name, now);
        return request.Subject switch
        {
            PauseSubject pause => Unless(CannotPause(incident, request.At), request.At, new Paused(pause.Reason, approval)),
            VoidSubject @void => Unless(CannotVoid(incident), now, new Voided(@void.Reason, approval)),
            ExtendSubject extend => Unless(incident.Closed ? Refusals.IncidentClosed : null, now, new Extended(extend.To, approval)),
            CorrectSubject correct => CorrectionRules.Decide(incident, correct, approval, masters ?? [], now),
            LateResponseSubject late => Unless(
                ClockDecisions.CannotRespond(incident, late.At), late.At, new Responded(late.Way, Late: approval)),
            LateResolveSubject late => Unless(
                ClockDecisions.CannotResolve(incident, late.At), late.At, new Resolved(late.Manner, late.FollowUpOn, approval)),
            MergeSubject into => Merge(incident, into, merge, approval, now),
            _ => throw new InvalidOperationException($"No decision is made for {request.Subject.GetType().Name}."),
        };
    }

    /// <summary>Rejects a request; it is over and nothing else changes. Open to closed incidents too, so that no request waits for ever.</summary>
    public static Decision Reject(Incident incident, string requestId, Actor approver, Instant now) =>
        Unless(Find(incident, requestId, approver).Refused, now, new RequestRejected(requestId));

    private static Decision Ask(Incident incident, string requestId, RequestSubject? subject, Instant now, Refusal? refused) =>
        Unless(
            refused ?? (subject is null ? Refusals.ReasonRequired : incident.Pending.Any(r => Same(r.Subject, subject)) ? Refusals.RequestPending : null),
            now, new Requested(requestId, subject!));

    /// <summary>One request of a type at a time; corrections of different fields may wait side by side.</summary>
    private static bool Same(RequestSubject a, RequestSubject b) =>
        a.GetType() == b.GetType() && (a as CorrectSubject)?.Field == (b as CorrectSubject)?.Field;

    private static (PendingRequest? Request, Refusal? Refused) Find(Incident incident, string requestId, Actor approver) =>
        incident.Pending.FirstOrDefault(r => r.Id == requestId) is not { } request ? (null, Refusals.RequestNotFound)
        : string.Equals(request.By.Id, approver.Id, StringComparison.Ordinal) ? (null, Refusals.ApproverIsRequester)
        : (request, null);

    /// <summary>Whether a pause can begin at that instant: asked for now, or approved later for the instant it was requested.</summary>
    private static Refusal? CannotPause(Incident incident, Instant at) =>
        incident.Closed ? Refusals.IncidentClosed
        : !incident.Facts.Work.Any(stretch => stretch.From <= at && !(stretch.To <= at)) ? Refusals.NotOpen
        : incident.Facts.Pauses.Any(pause => pause.From <= at && !(pause.To <= at)) ? Refusals.AlreadyPaused
        : null;

    private static Refusal? CannotVoid(Incident incident) => incident.Closed ? Refusals.NotCounted : null;

    private static Decision Merge(Incident duplicate, MergeSubject subject, MergePair? pair, Approval approval, Instant now)
    {
        if (pair?.Duplicate.Incident.Number != duplicate.Number || pair.Master.Incident.Number != subject.Into)
        {
            throw new ArgumentException($"The pair given is not {duplicate.Number} into {subject.Into}.", nameof(pair));
        }

        return MergeRules.Refuse(pair, now) is { } refused
            ? Decision.No(refused)
            : new Decision([new NewEvent(now, new Merged(subject.Into, approval)), MergeRules.Absorb(pair, now)], null);
    }

    private static Decision Unless(Refusal? refused, Instant at, IncidentEvent what) =>
        refused is null ? Decision.Of(at, what) : Decision.No(refused);
}
