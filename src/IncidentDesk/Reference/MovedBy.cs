using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Reference;

/// <summary>Which incidents a version can move, by their rows alone.</summary>
internal static class MovedBy
{
    /// <summary>
    /// Those whose row can change by it; null where none can. Policy, ladder and scope go by the effective reportedAt (D7, D23): nothing that was reported before moves. A calendar
    /// is a line of days: whatever instant lies before its valid-from stays, everything from there on may move, of a ticket that is over too, whose due time still stands in the row.
    /// </summary>
    public static IQueryable<IncidentRow>? Incidents(IQueryable<IncidentRow> incidents, ReferenceRow version, ReferenceBook book, Rules rules)
    {
        var (from, code) = (rules.Zone.StartOf(version.ValidFrom), version.Code);
        return version.List switch
        {
            ReferenceList.Policy or ReferenceList.Ladder => incidents.Where(i => i.ReportedAt >= from),
            ReferenceList.RentalType => incidents.Where(i => i.ReportedAt >= from && i.Category == code),
            ReferenceList.Calendar or ReferenceList.OfficialDays when rules.Policies.Any(p => Counts(p.What.Calendar)) => incidents.Where(i =>
                i.DueAt == null || i.DueAt >= from || i.EffectiveDueAt == null || i.EffectiveDueAt >= from || i.BreachesAt >= from || i.ResponseBreachesAt >= from
                || (i.BreachesAt == null && i.ResolvedAt == null)),
            _ => null,
        };

        // A calendar that counts every day asks no list of days.
        bool Counts(string calendar) => version.List == ReferenceList.Calendar
            ? calendar == code
            : book.Versions(ReferenceList.Calendar, calendar).Any(c => Domain.Evidence.Payload.Read(c.Content).Text("mode") != "calendar");
    }
}
