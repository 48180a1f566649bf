using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using IncidentDesk.Keeping;

namespace IncidentDesk.Reports;

/// <summary>A report ready to be written or shown: what it was asked for, by which rules, and what was counted.</summary>
public sealed record Report(
    ReportInputs Inputs, Desk Desk, Rules Rules, ReportSummary Summary, IReadOnlyList<NumberDay> Continuity, IReadOnlyList<InstallationEvent> Befell, ClockSummary Clocks,
    bool Settled, bool Disputed)
{
    /// <summary>A unit of work that began before known-at may still be committing; after this it is settled (D19).</summary>
    internal static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>The counts with rate and scores.</summary>
    public MonthFigures Figures => new(Summary.Total, Inputs.Weight(Rules));

    /// <summary>
    /// Folds the period's tickets from their events. <paramref name="see"/> is told of each, of any scope, those too that may once have stood in the period and stand in
    /// another one now, and whether it belongs to the report. Where today's rows may answer too, their figures must be the same, or the report is disputed.
    /// </summary>
    public static async Task<Report> Read(
        DeskDb db, Desk desk, ReportInputs inputs, DateTimeOffset now, Action<ReportTicket, bool> see, CancellationToken cancellationToken)
    {
        var summary = new ReportSummary(inputs, desk.Zone);
        var fromRows = await RowFigures.Read(db, desk.Reference.Rules, inputs, cancellationToken);
        await foreach (var ticket in ReportFold.Ever(db, desk, inputs, cancellationToken))
        {
            see(ticket, ticket.BelongsTo(inputs.Period, desk.Zone) && summary.Take(ticket));
        }

        var befell = await InstallationEvent.Read(db, inputs.KnownAt, cancellationToken);
        List<InstallationEvent> touching =
        [
            .. befell.Where(e => e.Touches(desk.Zone.StartOf(inputs.Period.First), desk.Zone.StartOf(inputs.Period.Last.Next))
                && (e.Kind != InstallationEventRow.ClockJumped || Instant.Of(e.Since) <= inputs.AsOf)),
        ];
        return new Report(
            inputs, desk, desk.Reference.Rules.KnownAt(inputs.KnownAt), summary,
            await Reports.Continuity.Read(db, desk.Installation.NumberPrefix, inputs, befell, cancellationToken),
            touching, await ClockSummary.Read(db, desk.Zone, inputs, touching, cancellationToken),
            Settled: now - inputs.KnownAt >= Settling, Disputed: Differ(fromRows, summary));
    }

    private static bool Differ(IReadOnlyDictionary<Month, Tally>? rows, ReportSummary summary) =>
        rows is not null && summary.Tallies.Any(t => rows.GetValueOrDefault(t.Key) != t.Value);
}
