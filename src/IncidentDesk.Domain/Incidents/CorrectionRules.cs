using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// What a correction may say (D18), the same when it is asked for and when it is approved. Times keep the order of D2 against occur, log, the first response
/// and every resolve; the product refuses a correction that leaves one of those before the start. Whether a code exists is reference data's to say.
/// </summary>
public static class CorrectionRules
{
    // Only to see what a clock would read before anybody has approved; it is never written.
    private static readonly Approval NotYet = new(null, null, null, null, null, "", default);

    /// <summary>
    /// Why the value cannot stand, or null. <paramref name="masters"/>: the masters above the incident, nearest first; empty unless it is a duplicate.
    /// </summary>
    public static Refusal? Refuse(Incident incident, CorrectSubject subject, IReadOnlyList<Incident> masters, Instant now) =>
        Decide(incident, subject, NotYet, masters, now).Refused;

    /// <summary>
    /// The correction, effective now. A duplicate's start that moves is written anew to its master, and on up the chain, so that each master's clock
    /// reads one stream (D10).
    /// </summary>
    public static Decision Decide(
        Incident incident, CorrectSubject subject, Approval approval, IReadOnlyList<Incident> masters, Instant now)
    {
        if (incident.MergedInto != (masters.Count == 0 ? null : masters[0].Number))
        {
            throw new ArgumentException($"The masters given are not those of {incident.Number}.", nameof(masters));
        }

        var corrected = new Corrected(subject.Field, subject.Value, approval);
        var after = incident.FactsWith(now, corrected);
        if ((Unreadable(incident, subject) ?? OutOfOrder(subject.Field, after, now)) is { } refused)
        {
            return Decision.No(refused);
        }

        var events = new List<NewEvent> { new(now, corrected) };
        var (below, before) = (incident, incident.Facts);
        foreach (var master in masters)
        {
            if (after.ReportedAt == before.ReportedAt)
            {
                break;
            }

            var absorbed = new DuplicateAbsorbed(below.Number, after.ReportedAt);
            events.Add(new NewEvent(now, absorbed, master.Number));
            (below, before, after) = (master, master.Facts, master.FactsWith(now, absorbed));
            if (BeforeStart(after) is { } early)
            {
                return Decision.No(early);
            }
        }

        return new Decision(events, null);
    }

    private static Refusal? Unreadable(Incident incident, CorrectSubject subject)
    {
        if (incident.Facts.VoidedAt is not null)
        {
            return Refusals.IncidentClosed;
        }

        var readable = Iso.TryInstant(subject.Value, out var instant);
        return (subject.Field, readable) switch
        {
            (Corrected.Reported or Corrected.Occurred, false) => Refusals.BadTime,
            (Corrected.Reported, _) => instant == incident.Facts.OwnReportedAt ? Refusals.NothingToCorrect : null,
            (Corrected.Occurred, _) => instant == incident.Facts.OccurredAt ? Refusals.NothingToCorrect : null,
            (Corrected.Category, _) => subject.Value == incident.Category ? Refusals.NothingToCorrect : null,
            (Corrected.Severity, _) => subject.Value == incident.Severity ? Refusals.NothingToCorrect : null,
            _ => Refusals.UnknownField,
        };
    }

    /// <summary>Occurred and log are measured against the incident's own reportedAt, contacts and resolves against the start of its clock.</summary>
    private static Refusal? OutOfOrder(string field, ClockFacts after, Instant now) =>
        field is not (Corrected.Reported or Corrected.Occurred) ? null
        : after.OccurredAt > after.OwnReportedAt ? Refusals.OccurredAfterReported
        : after.OwnReportedAt > (after.LoggedAt ?? now) ? Refusals.ReportedAfterLogged
        : BeforeStart(after);

    private static Refusal? BeforeStart(ClockFacts after) =>
        after.FirstResponseAt < after.ReportedAt ? Refusals.RespondedBeforeStart
        : after.Work.Any(stretch => stretch.To < after.ReportedAt) ? Refusals.ResolvedBeforeStart
        : null;
}
