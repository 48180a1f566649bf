using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;

namespace IncidentDesk.Tests.Reports;

/// <summary>Figures by the rows and by the fold of the events, side by side.</summary>
public static class BothRoads
{
    /// <summary>Counts by scope and month, folded from the events.</summary>
    public static async Task<Dictionary<(string Scope, Month Month), Tally>> Fold(DeskDb db, Desk desk, Period period, Instant asOf, DateTimeOffset knownAt)
    {
        var summaries = Scope.All.ToDictionary(s => s, s => new ReportSummary(new ReportInputs(period, s, asOf, knownAt), desk.Zone));
        await foreach (var ticket in ReportFold.Tickets(db, desk, new ReportInputs(period, "", asOf, knownAt), CancellationToken.None))
        {
            Assert.Equal(1, summaries.Values.Count(s => s.Take(ticket)));
        }

        return summaries.SelectMany(s => s.Value.Tallies.Where(t => t.Value != default).Select(t => ((s.Key, t.Key), t.Value))).ToDictionary();
    }

    /// <summary>
    /// Reads a period both ways and holds them equal. Tells whether the rows answered; where they may not, there is nothing to hold.
    /// </summary>
    public static async Task<bool> Agree(TestDesk on, Desk desk, Period period, Instant asOf, DateTimeOffset knownAt) => await on.Read(async db =>
    {
        var fold = await Fold(db, desk, period, asOf, knownAt);
        var answered = new List<bool>();
        foreach (var scope in Scope.All)
        {
            var rows = await RowFigures.Read(db, desk.Reference.Rules, new ReportInputs(period, scope, asOf, knownAt), CancellationToken.None);
            answered.Add(rows is not null);
            if (rows is not null)
            {
                Assert.Equal(fold.Where(f => f.Key.Scope == scope).OrderBy(f => f.Key.Month.Number).Select(f => (f.Key.Month, f.Value)),
                    rows.OrderBy(r => r.Key.Number).Select(r => (r.Key, r.Value)));
            }
        }

        return Assert.Single(answered.Distinct());
    });
}
