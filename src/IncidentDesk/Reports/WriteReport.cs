using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
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
    /// <inheritdoc/>
    public async Task<Outcome<ReportInputs>> Handle(WriteReport request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var inputs = ReportInputs.Of(request.Period, request.Scope, request.AsOf, request.KnownAt, now);
        var desk = await Desk.Load(db, cancellationToken);
        if ((request.By?.LacksEverywhere(Right.Report) ?? inputs.Refused(desk.Zone, now)) is { } refused)
        {
            return refused;
        }

        await using var lines = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        Report report;
        await using (IReportLines writer = request.Format == ReportFormat.Json ? new ReportJsonLines(lines, desk.Zone) : new ReportCsvLines(lines, desk.Zone))
        {
            report = await Report.Read(db, desk, inputs, now, (ticket, belongs) => Write(writer, ticket, belongs), cancellationToken);
        }

        lines.Position = 0;
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

    private static void Write(IReportLines lines, ReportTicket ticket, bool belongs)
    {
        if (belongs)
        {
            lines.Write(ticket);
        }
    }
}

/// <summary>Writes ticket lines while they pass by; the header, which knows the sums, comes before them in the end.</summary>
public interface IReportLines : IAsyncDisposable
{
    /// <summary>Writes one ticket.</summary>
    void Write(ReportTicket ticket);
}
