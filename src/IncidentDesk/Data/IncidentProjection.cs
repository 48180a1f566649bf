using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Data;

/// <summary>
/// Today's state of an incident's row from all its entries: the fold that the journal writes by, that the nightly run compares with, and that verify recomputes.
/// </summary>
public static class IncidentProjection
{
    /// <summary>The row of a new incident, before the first fold.</summary>
    public static IncidentRow New(IncidentNumber number, IReadOnlyList<Entry> entries)
    {
        var details = ((FaultLogged)entries[0].What).Details;
        return new IncidentRow
        {
            Key = number.Key, Source = details.Source, ExternalNo = details.ExternalNo, Kind = details.Kind.Code(), Category = "", Severity = "",
            Scope = "", Active = "", FirstRecordedAt = entries[0].RecordedAt,
        };
    }

    /// <summary>Writes everything that the entries decide.</summary>
    public static void Write(IncidentRow row, IReadOnlyList<Entry> entries, Rules rules)
    {
        var facts = IncidentFacts.Of(entries, Instant.Never, DateTimeOffset.MaxValue)!;
        var (clock, details) = (facts.Clock, facts.Details);
        var last = entries.Max(e => e.At);
        var reading = rules.Read(clock, last);
        var open = clock.Open;
        var months = MonthsEver(entries, rules.Zone);

        row.Category = details.Category.Code;
        row.Severity = details.Severity.Code;
        row.Town = details.Town?.Code;
        row.Building = details.Building;
        row.ServicePoint = details.ServicePoint;
        row.Handler = entries.Aggregate((string?)null, (handler, e) => e.What switch { Assigned a => a.HandlerId, AssignmentReturned => null, _ => handler });
        row.Scope = rules.ScopeOf(details.Kind, details.Category.Code, clock.ReportedAt);
        row.Month = rules.Zone.MonthOf(clock.ReportedAt).Number;
        row.MovedFromMonth = months.Count > 1 ? months.Min() : null;
        row.MovedToMonth = months.Count > 1 ? months.Max() : null;
        row.ReportedAt = clock.ReportedAt;
        row.DueAt = reading.DueAt;
        row.EffectiveDueAt = reading.EffectiveDueAt;
        row.BreachesAt = reading.BreachesAt;
        row.FirstResponseAt = clock.FirstResponseAt;
        row.ResponseBreachesAt = reading.ResponseBreachesAt;
        row.ResolvedAt = clock.Work[^1].To;
        row.ExcludedAs = facts.ExcludedAs;
        row.GrossSec = open ? null : reading.GrossElapsedSec;
        row.PausedSec = open ? null : reading.PausedSec;
        row.OfficialSec = open ? null : reading.OfficialElapsedSec;
        row.Active = string.Join(' ', reading.Active.Select((stretch, i) =>
            $"{stretch.From}/{(open && i == reading.Active.Count - 1 ? "" : stretch.To.ToString())}"));
        row.LastSeq = entries[^1].Seq;
        row.LastEffectiveAt = last;
        row.LastRecordedAt = entries[^1].RecordedAt;
    }

    /// <summary>Every month the ticket stood in at any time: what its own report, each correction and each merge made of it.</summary>
    private static HashSet<int> MonthsEver(IReadOnlyList<Entry> entries, Zone zone)
    {
        var months = new HashSet<int>();
        foreach (var entry in entries)
        {
            Instant? reported = entry.What switch
            {
                FaultLogged logged => logged.ReportedAt,
                DuplicateAbsorbed absorbed => absorbed.ReportedAt,
                Corrected { Field: Corrected.Reported } corrected => Iso.ToInstant(corrected.Value),
                _ => null,
            };
            if (reported is { } at)
            {
                months.Add(zone.MonthOf(at).Number);
            }
        }

        return months;
    }
}
