using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>Who has the job, and what was noted. No clock depends on any of it (D3): giving a job back does not stop one.</summary>
public static class PeopleDecisions
{
    /// <summary>Gives the job to a person or a unit, or to another one (派单/改派).</summary>
    public static Decision Assign(Incident incident, Actor handler, Instant now) =>
        incident.Closed ? Decision.No(Refusals.IncidentClosed)
        : !incident.Open ? Decision.No(Refusals.NotOpen)
        : incident.Handler?.Id == handler.Id ? Decision.No(Refusals.AlreadyAssigned)
        : Decision.Of(now, new Assigned(handler.Id, handler.Name));

    /// <summary>The handler accepts the job (签收).</summary>
    public static Decision AcceptAssignment(Incident incident, Instant now) =>
        Refused(incident) is { } refused ? Decision.No(refused)
        : incident.Accepted ? Decision.No(Refusals.AlreadyAccepted)
        : Decision.Of(now, new AssignmentAccepted());

    /// <summary>The handler gives the job back (退单); the reason is a text beside the event.</summary>
    public static Decision ReturnAssignment(Incident incident, Instant now) =>
        Refused(incident) is { } refused ? Decision.No(refused) : Decision.Of(now, new AssignmentReturned());

    /// <summary>Notes something; the words are a text beside the event. A closed incident takes notes too: an evaluator may ask about it.</summary>
    public static Decision Note(Instant now) => Decision.Of(now, new Noted());

    /// <summary>Explains a breach (超时说明), open or resolved; a ticket that is not breached now has nothing to explain.</summary>
    public static Decision ExplainBreach(Incident incident, ClockRules rules, Instant now) =>
        incident.Closed ? Decision.No(Refusals.IncidentClosed)
        : rules.Read(incident.Facts, now).Outcome != Outcome.Breached ? Decision.No(Refusals.NotBreached)
        : Decision.Of(now, new BreachExplained());

    private static Refusal? Refused(Incident incident) =>
        incident.Closed ? Refusals.IncidentClosed
        : !incident.Open ? Refusals.NotOpen
        : incident.Handler is null ? Refusals.NotAssigned
        : null;
}
