using System.Globalization;
using System.Text;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;

namespace IncidentDesk.Reports;

/// <summary>A report as CSV (UTF-8 with BOM, which spreadsheets read): blocks one below the other, the first column names the block.</summary>
public static class ReportCsv
{
    /// <summary>Writes the report; <paramref name="lines"/> holds the ticket lines.</summary>
    public static async Task Write(Report report, Stream lines, Stream output, CancellationToken cancellationToken)
    {
        await using (var text = new StreamWriter(output, new UTF8Encoding(true), 1 << 12, leaveOpen: true) { NewLine = "\n" })
        {
            WriteHeader(text, report);
            WriteLists(text, report);
            Line(text, ReportCsvLines.Header);
        }

        await lines.CopyToAsync(output, cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    /// <summary>Writes one line of cells.</summary>
    public static void Line(TextWriter text, params IEnumerable<string?> cells) => text.WriteLine(string.Join(',', cells.Select(Csv.Cell)));

    /// <summary>A whole number as text.</summary>
    public static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static void WriteHeader(StreamWriter text, Report report)
    {
        var (inputs, zone, summary) = (report.Inputs, report.Desk.Zone, report.Summary);
        var closable = summary.Closable(report.Rules);
        var weight = inputs.Weight(report.Rules);
        var figures = new MonthFigures(summary.Total, weight);
        Line(text, "header", "schema", ReportJson.Schema);
        Line(text, "header", "title", ReportWords.Title(report.Desk.Installation, inputs, closable));
        Line(text, "header", "period", inputs.Period.ToString());
        Line(text, "header", "scope", inputs.Scope);
        Line(text, "header", "asOf", zone.Format(inputs.AsOf));
        Line(text, "header", "knownAt", Iso.Recorded(inputs.KnownAt));
        Line(text, "header", "settled", report.Settled ? "true" : "false");
        Line(text, "header", "closable", closable ? "true" : "false");
        Line(text, "header", "engine", DeskEngine.Version);
        Line(text, "header", "installation", report.Desk.Installation.Id);
        foreach (var policy in report.Rules.Policies)
        {
            Line(text, "header", "policy", $"{policy.Code}@{policy.Version}", policy.What.Calendar, Number(policy.What.ResolutionLimitSec));
        }

        foreach (var calendar in report.Rules.Calendars)
        {
            Line(text, "header", "calendar", $"{calendar.Code}@{calendar.Version}");
        }

        foreach (var year in report.Rules.OfficialYears)
        {
            Line(text, "header", "officialDays", $"{year.Code}@{year.Version}", year.What.Source);
        }

        foreach (var befell in report.Befell)
        {
            Line(text, "header", "installationEvent", befell.Kind, Iso.Recorded(befell.Since), Iso.Recorded(befell.At), befell.Who, befell.Zh(zone));
        }

        Line(text, "header", "clockChecks", report.Clocks.Zh(zone));
        if (report.Disputed)
        {
            Line(text, "header", "disputed", "true");
        }

        Line(text, "header", "statement", ReportWords.Statement(figures));
        Line(text, "header", "balance", ReportWords.Balance(figures));
        Line(text, "header", "pointsNote", ReportWords.PointsNote(inputs.Period.IsYear));
        Line(text, "figures", "period", "received", "excluded", "onTime", "breached", "pending", "denominator", "determinate", "ratePct", "provisional", "status",
            "pointsAllOrNothing", "pointsProportional");
        Figures(text, inputs.Period.ToString(), figures);
        if (inputs.Period.IsYear)
        {
            foreach (var (month, tally) in summary.Tallies.OrderBy(t => t.Key.Number))
            {
                Figures(text, month.ToString(), new MonthFigures(tally, weight));
            }
        }

        Line(text, "durations", "resolved", "grossElapsedSec", "officialElapsedSec", "medianOfficialSec");
        Line(text, "durations", Number(summary.Resolved), Number(summary.GrossSec), Number(summary.OfficialSec), Number(summary.MedianOfficialSec));
        Line(text, "response", "onTime", "breached", "pending", "ratePct");
        Line(text, "response", Number(summary.Response.OnTime), Number(summary.Response.Breached), Number(summary.Response.Pending),
            new MonthFigures(summary.Response, 0).RatePct);
    }

    private static void WriteLists(StreamWriter text, Report report)
    {
        var summary = report.Summary;
        Numbers("onlyThanksToPauses", summary.OnlyByPauses);
        Numbers("onlyThanksToLateCompletion", summary.OnlyByLateCompletion);
        Numbers("onlyThanksToReopenRule", summary.OnlyByReopenRule);
        Numbers("movedOutOfScope", summary.MovedOut);
        Numbers("excludedAfterDue", summary.ExcludedAfterDue);
        Line(text, "marks", "imported", Number(summary.Imported));
        Line(text, "marks", "lateLogged", Number(summary.LateLogged));
        Line(text, "marks", "corrected", Number(summary.Corrected));
        Line(text, "exclusions", "number", "reason", "at", "requestedBy", "approvedBy", "afterDue");
        foreach (var ticket in summary.Exclusions)
        {
            var approval = ticket.Facts.Void?.Approval ?? ticket.Facts.Merge!.Approval;
            Line(text, "exclusions", ticket.Number.ToString(), ticket.Reason, report.Desk.Zone.Format(ticket.Arithmetic.ExcludedAt!.Value),
                approval.RequestedByName, approval.ApprovedByName, ticket.Arithmetic.ExcludedAfterDue ? "true" : "false");
        }

        Line(text, "continuity", "day", "series", "first", "last", "count", "rental", "system", "complete");
        foreach (var day in report.Continuity)
        {
            Line(text, "continuity", day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day.Imported ? "imported" : "live", Number(day.First),
                Number(day.Last), Number(day.Count), Number(day.Rental), Number(day.System), day.Complete ? "true" : "false");
        }

        foreach (var gap in report.Continuity.SelectMany(d => d.Gaps))
        {
            Line(text, "continuityGap", gap.First.ToString(), gap.Last.ToString(), Number(gap.Count), InstallationEventRow.Restored, Iso.Recorded(gap.At));
        }

        Line(text, "clockChecks", "source", "answered", "unanswered");
        foreach (var source in report.Clocks.Sources)
        {
            Line(text, "clockChecks", source.Source, Number(source.Answered), Number(source.Unanswered));
        }

        if (report.Clocks.Largest is { } largest)
        {
            Line(text, "clockLargest", "source", "host", "at", "offsetMs", "roundTripMs");
            Line(text, "clockLargest", largest.Source, largest.Host, Iso.Recorded(largest.At), Number(largest.OffsetMs), Number(largest.DelayMs));
        }

        Line(text, "clockJumps", "count", Number(report.Clocks.Jumps));

        void Numbers(string block, IReadOnlyCollection<IncidentNumber> numbers)
        {
            Line(text, block, "count", Number(numbers.Count));
            foreach (var number in numbers)
            {
                Line(text, block, "number", number.ToString());
            }
        }
    }

    private static void Figures(StreamWriter text, string period, MonthFigures f) => Line(
        text, "figures", period, Number(f.Received), Number(f.Tally.Excluded), Number(f.Tally.OnTime), Number(f.Tally.Breached), Number(f.Tally.Pending),
        Number(f.Denominator), Number(f.Determinate), f.RatePct, f.Provisional ? "true" : "false", f.Status, f.PointsAllOrNothing, f.PointsProportional);
}

/// <summary>A ticket's line in CSV.</summary>
public sealed class ReportCsvLines(Stream lines, Zone zone) : IReportLines
{
    /// <summary>The columns.</summary>
    public static readonly IReadOnlyList<string> Header =
    [
        "tickets", "工单编号", "原编号", "来源", "纳入", "原因", "类别代码", "类别", "严重程度", "镇街代码", "镇街", "楼栋", "系统代码", "接报依据", "受理点", "导入", "接报时间(起算)",
        "登记时间", "应于", "首次响应", "响应时长秒", "处理完成", "总历时秒", "暂停秒", "计时时长秒", "重开次数", "结果", "超时秒", "算式",
    ];

    private readonly StreamWriter text = new(lines, new UTF8Encoding(false), 1 << 14, leaveOpen: true) { NewLine = "\n" };

    /// <inheritdoc/>
    public void Write(ReportTicket ticket)
    {
        var (details, clock, reading) = (ticket.Facts.Details, ticket.Facts.Clock, ticket.Reading);
        var counts = reading.Outcome != Outcome.Excluded;
        ReportCsv.Line(
            text, "tickets", ticket.Number.ToString(), details.ExternalNo, details.Source, counts ? "是" : "否", ticket.Reason, details.Category.Code,
            details.Category.Name, details.Severity.Code, details.Town?.Code, details.Town?.Name, details.Building, details.System?.Code, details.Basis?.Code,
            details.ServicePoint, details.Imported ? "是" : "", At(reading.StartAt), At(clock.LoggedAt), At(counts ? reading.DueAt : null),
            At(clock.FirstResponseAt), ReportCsv.Number(counts ? reading.ResponseElapsedSec : null), At(clock.Work[^1].To),
            ReportCsv.Number(counts ? reading.GrossElapsedSec : null), ReportCsv.Number(counts ? reading.PausedSec : null),
            ReportCsv.Number(counts ? reading.OfficialElapsedSec : null), ReportCsv.Number(clock.ReopenCount), reading.Outcome.Code(),
            ReportCsv.Number(reading.Outcome == Outcome.Breached ? reading.OverdueSec : null), ticket.Arithmetic.SentenceZh(zone));

        string? At(Instant? instant) => instant is { } at ? zone.Format(at) : null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await text.DisposeAsync();
}
