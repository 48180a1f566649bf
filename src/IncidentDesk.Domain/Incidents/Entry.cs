using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// One entry of an incident's stream: what happened, from when it counts (<paramref name="At"/>, whole seconds) and when it was recorded
/// (milliseconds, UTC, never going back within one incident) (D1, D19). <paramref name="By"/> is who entered it; a clock never asks.
/// </summary>
public sealed record Entry(int Seq, Instant At, DateTimeOffset RecordedAt, IncidentEvent What, Actor? By = null)
{
    /// <summary>Whether the entry exists for a report: effective by <paramref name="asOf"/> and recorded by <paramref name="knownAt"/> (D19).</summary>
    public bool Exists(Instant asOf, DateTimeOffset knownAt) => At <= asOf && RecordedAt <= knownAt;
}

/// <summary>A person or a unit by id, with the name as it was on the day.</summary>
public sealed record Actor(string Id, string Name);
