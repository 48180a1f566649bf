using System.Reflection;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Data;

/// <summary>
/// Today's state of an incident's row from all its entries: the fold that the journal writes by, that the nightly run compares with, and that verify recomputes.
/// </summary>
public static class IncidentProjection
{
    // What the source sent stands in no event; its hash is only there to know the same line again. Versions tell what the row's own due time was before, and the next step
    // what was raised since: neither is a function of the events, and no verdict reads them.
    private static readonly string[] Beside =
    [
        nameof(IncidentRow.ContentSalt), nameof(IncidentRow.ContentHash), nameof(IncidentRow.DeadlineVersion), nameof(IncidentRow.ResponseVersion),
        nameof(IncidentRow.NextStepAt),
    ];

    private static readonly PropertyInfo[] Folded = [.. typeof(IncidentRow).GetProperties().Where(p => !Beside.Contains(p.Name))];

    /// <summary>The first column that does not stand as the entries decide: its name, what stands, what should; null where the row is right.</summary>
    public static (string Column, object? Stands, object? Should)? Difference(IncidentNumber number, IncidentRow row, IReadOnlyList<Entry> entries, Rules rules)
    {
        var expected = New(number, entries);
        Write(expected, entries, rules);
        return Folded.Select(column => (column.Name, column.GetValue(row), column.GetValue(expected)))
            .Where(c => !Equals(c.Item2, c.Item3)).Select(c => ((string, object?, object?)?)c).FirstOrDefault();
    }

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

        // The deadline before this write still stands in the row; a new row has none.
        row.DeadlineVersion += row.DeadlineVersion == 0 || row.EffectiveDueAt != reading.EffectiveDueAt ? 1 : 0;
        row.ResponseVersion += row.ResponseVersion == 0
            || (row.ResponseBreachesAt is { } was && reading.ResponseBreachesAt is { } becomes && was != becomes) ? 1 : 0;
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
        row.NextStepAt = !open || row.ExcludedAs is not null ? null : rules.LadderFor(clock.ReportedAt).NextAt(Watch(row, entries, clock, rules), [], last);
    }

    /// <summary>The incident as its ladder sees it.</summary>
    public static Watched Watch(IncidentRow row, IReadOnlyList<Entry> entries, ClockFacts clock, Rules rules)
    {
        var policy = rules.PolicyFor(clock.ReportedAt);
        var imported = ((FaultLogged)entries[0].What).Details.Imported;
        return new Watched(
            clock, new ClockRules(policy, rules.CalendarOf(policy)), row.DeadlineVersion, row.ResponseVersion,
            imported ? Instant.Of(entries[0].RecordedAt) : null);
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
