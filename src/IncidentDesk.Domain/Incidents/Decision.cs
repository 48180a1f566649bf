using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// An event to append, effective at <paramref name="At"/>. It belongs to the incident decided on, unless <paramref name="Elsewhere"/> names
/// another one: a merge and a duplicate's correction write to the master's stream too (D10).
/// </summary>
public sealed record NewEvent(Instant At, IncidentEvent What, IncidentNumber? Elsewhere = null);

/// <summary>
/// What a command comes to: events to append, or a refusal and no event at all. Nothing is stored yet, and no clock was read: now is an argument.
/// </summary>
public sealed record Decision(IReadOnlyList<NewEvent> Events, Refusal? Refused)
{
    /// <summary>One event, effective at that instant.</summary>
    public static Decision Of(Instant at, IncidentEvent what) => new([new NewEvent(at, what)], null);

    /// <summary>No.</summary>
    public static Decision No(Refusal refused) => new([], refused);
}

/// <summary>The policy and the calendar that rule an incident: chosen by its effective reportedAt (D7).</summary>
public sealed record ClockRules(SlaPolicy Policy, WorkCalendar Calendar)
{
    /// <summary>The zone in which people read and write times.</summary>
    public Zone Zone => Calendar.Zone;

    /// <summary>The clock at that instant; right at or after the last entry folded into the facts.</summary>
    public SlaReading Read(ClockFacts facts, Instant asOf) => SlaClock.Read(facts, Policy, Calendar, asOf);
}
