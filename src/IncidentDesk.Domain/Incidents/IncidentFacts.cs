using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// What a report or a row needs of an incident: the clock's facts, and kind, category, severity and exclusion as they stand after the approved corrections.
/// </summary>
public sealed record IncidentFacts(ClockFacts Clock, FaultDetails Details, Voided? Void, Merged? Merge)
{
    /// <summary>
    /// Folds the entries that exist at <paramref name="asOf"/> and <paramref name="knownAt"/>; null where the ticket does not exist then. The code of a corrected
    /// category or severity is what was approved; its name is left to who has the reference data.
    /// </summary>
    public static IncidentFacts? Of(IReadOnlyList<Entry> entries, Instant asOf, DateTimeOffset knownAt)
    {
        if (ClockFacts.Of(entries, asOf, knownAt) is not { } clock)
        {
            return null;
        }

        var existing = entries.Where(e => e.Exists(asOf, knownAt)).ToList();
        var details = existing.Select(e => e.What).OfType<FaultLogged>().First().Details;
        foreach (var corrected in existing.OrderBy(e => e.RecordedAt).ThenBy(e => e.Seq).Select(e => e.What).OfType<Corrected>())
        {
            details = corrected.Field switch
            {
                Corrected.Category => details with { Category = new Coded(corrected.Value, "") },
                Corrected.Severity => details with { Severity = new Coded(corrected.Value, "") },
                _ => details,
            };
        }

        return new IncidentFacts(
            clock, details, existing.Select(e => e.What).OfType<Voided>().FirstOrDefault(), existing.Select(e => e.What).OfType<Merged>().FirstOrDefault());
    }

    /// <summary><c>void</c>, <c>duplicate</c>, or null where it counts; void outranks duplicate (R9).</summary>
    public string? ExcludedAs => Void is not null ? "void" : Merge is not null ? "duplicate" : null;
}
