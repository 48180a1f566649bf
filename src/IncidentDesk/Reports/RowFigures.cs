using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using IncidentDesk.Reference;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>
/// Figures by one indexed aggregate over today's rows. Rows may answer only for what is known now, at an as-of not before the last effective entry of any ticket
/// concerned (DESIGN §2), and only while none waits to be projected by a new version; anything else folds the events.
/// </summary>
public static class RowFigures
{
    /// <summary>Counts by month for one scope, or null where rows may not answer.</summary>
    public static async Task<IReadOnlyDictionary<Month, Tally>?> Read(DeskDb db, RuleBook rules, ReportInputs inputs, CancellationToken cancellationToken)
    {
        var (asOf, knownAt, first, last) = (inputs.AsOf, inputs.KnownAt, inputs.Period.First.Number, inputs.Period.Last.Number);
        if (rules.LastRecordedAt > knownAt
            || await ProjectAnew.Waiting(db).AnyAsync(cancellationToken))
        {
            return null;
        }

        var months = await db.Incidents.AsNoTracking().Where(i => i.Month >= first && i.Month <= last)
            .GroupBy(i => new { i.Month, i.Scope })
            .Select(g => new
            {
                g.Key.Month,
                g.Key.Scope,
                Received = g.Count(),
                Excluded = g.Count(i => i.ExcludedAs != null),
                Breached = g.Count(i => i.ExcludedAs == null && i.BreachesAt <= asOf),
                Pending = g.Count(i => i.ExcludedAs == null && i.ResolvedAt == null && (i.BreachesAt == null || i.BreachesAt > asOf)),
                Younger = g.Count(i => i.LastEffectiveAt > asOf || i.LastRecordedAt > knownAt),
            })
            .ToListAsync(cancellationToken);
        var moved = await db.Incidents.AsNoTracking().AnyAsync(
            i => i.MovedFromMonth <= last && i.MovedToMonth >= first && (i.LastEffectiveAt > asOf || i.LastRecordedAt > knownAt), cancellationToken);
        return moved || months.Exists(m => m.Younger > 0)
            ? null
            : months.Where(m => m.Scope == inputs.Scope)
                .ToDictionary(m => new Month(m.Month), m => new Tally(m.Received - m.Breached - m.Pending - m.Excluded, m.Breached, m.Pending, m.Excluded));
    }
}
