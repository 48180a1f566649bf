using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Reports;

/// <summary>The two forms of a report; both give the same bytes for the same inputs (D19).</summary>
public enum ReportFormat
{
    /// <summary>Header, then one line per ticket.</summary>
    Json,

    /// <summary>Blocks with the name of the block in the first column.</summary>
    Csv,
}

/// <summary>
/// Writes the timeliness report of a period and scope to a stream. As-of and known-at default to now; neither may lie in the future. The tickets are folded from their
/// events; where today's rows may answer too, their figures must be the same, and a difference stands on the report.
/// </summary>
public sealed record WriteReport(Period Period, string Scope, Instant? AsOf, DateTimeOffset? KnownAt, ReportFormat Format, Stream Output, Caller? By = null)
    : IRequest<Outcome<ReportInputs>>;

/// <inheritdoc cref="WriteReport"/>
public sealed class WriteReportHandler(DeskDb db, TimeProvider clock) : IRequestHandler<WriteReport, Outcome<ReportInputs>>
{
    // A unit of work that began before known-at may still be committing; after this it is settled (D19).
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async Task<Outcome<ReportInputs>> Handle(WriteReport request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var inputs = new ReportInputs(request.Period, request.Scope, request.AsOf ?? Instant.Of(now), Iso.ToMilliseconds(request.KnownAt ?? now));
        var desk = await Desk.Load(db, cancellationToken);
        if ((request.By?.LacksEverywhere(Right.Report) ?? Check(inputs, desk.Zone, now)) is { } refused)
        {
            return refused;
        }

        var rules = desk.Reference.Rules.KnownAt(inputs.KnownAt);
        var summary = new ReportSummary(inputs, desk.Zone);
        var fromRows = await RowFigures.Read(db, desk.Reference.Rules, inputs, cancellationToken);
        await using var lines = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await using (IReportLines writer = request.Format == ReportFormat.Json ? new ReportJsonLines(lines, desk.Zone) : new ReportCsvLines(lines, desk.Zone))
        {
            await foreach (var ticket in ReportFold.Tickets(db, desk, inputs, cancellationToken))
            {
                if (summary.Take(ticket))
                {
                    writer.Write(ticket);
                }
            }
        }

        lines.Position = 0;
        var befell = await InstallationEvent.Read(db, inputs.KnownAt, cancellationToken);
        List<InstallationEvent> touching =
        [
            .. befell.Where(e => e.Touches(desk.Zone.StartOf(inputs.Period.First), desk.Zone.StartOf(inputs.Period.Last.Next))
                && (e.Kind != InstallationEventRow.ClockJumped || Instant.Of(e.Since) <= inputs.AsOf)),
        ];
        var report = new Report(
            inputs, desk, rules, summary, await Continuity.Read(db, desk.Installation.NumberPrefix, inputs, befell, cancellationToken),
            touching, await ClockSummary.Read(db, desk.Zone, inputs, touching, cancellationToken),
            Settled: now - inputs.KnownAt >= Settling, Disputed: Differ(fromRows, summary));
        if (request.Format == ReportFormat.Json)
        {
            await ReportJson.Write(report, lines, request.Output, cancellationToken);
        }
        else
        {
            await ReportCsv.Write(report, lines, request.Output, cancellationToken);
        }

        return inputs;
    }

    private static Refusal? Check(ReportInputs inputs, Zone zone, DateTimeOffset now) =>
        !Scope.All.Contains(inputs.Scope) ? new Refusal(
                "unknown_scope", "scope", "口径应为 rental、rental-other 或 system。", "The scope must be rental, rental-other or system.")
        : inputs.AsOf > Instant.Of(now) ? new Refusal(
                "as_of_in_future", "asOf", $"截至时间不得晚于现在({zone.Format(Instant.Of(now))})。", $"As-of lies in the future; it is now {zone.Format(Instant.Of(now))}.")
        : inputs.KnownAt > now ? new Refusal(
                "known_at_in_future", "knownAt", "“按截至…的记录”的时间不得晚于现在。", $"Known-at lies in the future; it is now {zone.Format(Instant.Of(now))}.")
        : zone.StartOf(inputs.Period.First) > Instant.Of(now) ? new Refusal(
                "period_not_begun", "month", "该期间尚未开始。", "The period has not begun.")
        : null;

    private static bool Differ(IReadOnlyDictionary<Month, Domain.Timeliness.Tally>? rows, ReportSummary summary) =>
        rows is not null && summary.Tallies.Any(t => rows.GetValueOrDefault(t.Key) != t.Value);
}

/// <summary>A report ready to be written: what it was asked for, by which rules, and what was counted.</summary>
public sealed record Report(
    ReportInputs Inputs, Desk Desk, Rules Rules, ReportSummary Summary, IReadOnlyList<NumberDay> Continuity, IReadOnlyList<InstallationEvent> Befell, ClockSummary Clocks,
    bool Settled, bool Disputed);

/// <summary>Writes ticket lines while they pass by; the header, which knows the sums, comes before them in the end.</summary>
public interface IReportLines : IAsyncDisposable
{
    /// <summary>Writes one ticket.</summary>
    void Write(ReportTicket ticket);
}
