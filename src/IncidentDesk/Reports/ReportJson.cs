using System.Globalization;
using System.Text.Json;
using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;

namespace IncidentDesk.Reports;

/// <summary>A report as JSON: header and figures first, then <c>tickets</c> with one line each.</summary>
public static class ReportJson
{
    /// <summary>Name and version of the form.</summary>
    public const string Schema = "incidentdesk.timeliness-report/1";

    private static readonly JsonWriterOptions Readable = new() { Encoder = FigureJson.Plain, Indented = true, NewLine = "\n" };

    /// <summary>Writes the report; <paramref name="lines"/> holds the ticket lines.</summary>
    public static async Task Write(Report report, Stream lines, Stream output, CancellationToken cancellationToken)
    {
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header, Readable))
        {
            json.WriteStartObject();
            WriteHeader(json, report);
            WriteFigures(json, report);
            WriteLists(json, report);
            json.WriteEndObject();
        }

        // The object is opened again for the tickets, which are copied and never held.
        await output.WriteAsync(header.GetBuffer().AsMemory(0, (int)header.Length - 2), cancellationToken);
        await output.WriteAsync(",\n  \"tickets\": ["u8.ToArray(), cancellationToken);
        await lines.CopyToAsync(output, cancellationToken);
        await output.WriteAsync("\n  ]\n}\n"u8.ToArray(), cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    private static void WriteHeader(Utf8JsonWriter json, Report report)
    {
        var (inputs, desk, rules) = (report.Inputs, report.Desk, report.Rules);
        var closable = report.Summary.Closable(rules);
        json.WriteString("schema", Schema);
        json.WriteString("title", ReportWords.Title(report.Desk.Installation, inputs, closable));
        json.WriteString("period", inputs.Period.ToString());
        json.WriteString("scope", inputs.Scope);
        json.WriteString("scopeName", ReportWords.ScopeName(inputs.Scope));
        json.WriteInstant("asOf", inputs.AsOf, desk.Zone);
        json.WriteString("knownAt", Iso.Recorded(inputs.KnownAt));
        json.WriteBoolean("settled", report.Settled);
        json.WriteBoolean("closable", closable);
        json.WriteString("engine", DeskEngine.Version);
        json.WriteStartObject("installation");
        json.WriteString("id", desk.Installation.Id);
        json.WriteString("district", desk.Installation.District);
        json.WriteString("zone", desk.Installation.Zone);
        json.WriteEndObject();
        json.WriteStartArray("policies");
        foreach (var policy in rules.Policies)
        {
            json.WriteStartObject();
            json.WriteString("code", policy.Code);
            json.WriteNumber("version", policy.Version);
            json.WriteString("validFrom", Day(policy.ValidFrom));
            json.WriteString("calendar", policy.What.Calendar);
            json.WriteNumber("resolutionLimitSec", policy.What.ResolutionLimitSec);
            json.WriteNumber("responseLimitSec", policy.What.ResponseLimitSec);
            json.WriteString("pauseMode", policy.What.PauseMode == PauseMode.None ? "none" : "approved");
            json.WriteString("reopenMode", policy.What.ReopenMode == ReopenMode.Cumulative ? "cumulative" : "continuous");
            json.WriteNumber("weight", policy.What.Weight);
            if (policy.Ended)
            {
                json.WriteBoolean("ended", true);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteVersions("calendars", rules.Calendars.Select(c => (c.Code, c.Version, c.ValidFrom, (string?)null)));
        json.WriteVersions("officialDays", rules.OfficialYears.Select(y => (y.Code, y.Version, y.ValidFrom, (string?)y.What.Source)));
        json.WriteStartArray("countsInIndicator");

        // A later version that takes a category out of the indicator is a fact of the scope too.
        foreach (var category in rules.CountsInIndicator.Where(c => c.What || c.Version > 1))
        {
            var version = category.Version == 1 ? "" : $"@{category.Version} {Day(category.ValidFrom)} {(category.What ? "yes" : "no")}";
            json.WriteStringValue(category.Code + version);
        }

        json.WriteEndArray();
        json.WriteStartArray("yearsWithoutOfficialDays");
        foreach (var year in report.Summary.YearsWithoutList)
        {
            json.WriteNumberValue(year);
        }

        json.WriteEndArray();
        if (report.Befell.Count > 0)
        {
            json.WriteStartArray("installationEvents");
            foreach (var befell in report.Befell)
            {
                json.WriteStartObject();
                json.WriteString("kind", befell.Kind);
                json.WriteString("since", Iso.Recorded(befell.Since));
                json.WriteString("at", Iso.Recorded(befell.At));
                json.WriteString("who", befell.Who);
                json.WriteString("sentence", befell.Zh(desk.Zone));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteClocks(json, report.Clocks, desk.Zone);
        if (report.Disputed)
        {
            json.WriteString("disputed", "当前行数据与事件重算不一致，本表以事件为准；请运行 verify 查明 / today's rows differ from the events; these figures are the events'");
        }
    }

    private static void WriteClocks(Utf8JsonWriter json, ClockSummary clocks, Zone zone)
    {
        json.WriteStartObject("clockChecks");
        json.WriteString("sentence", clocks.Zh(zone));
        json.WriteString("sentenceEn", clocks.En(zone));
        foreach (var source in clocks.Sources)
        {
            json.WriteStartObject(source.Source);
            json.WriteNumber("answered", source.Answered);
            json.WriteNumber("unanswered", source.Unanswered);
            json.WriteEndObject();
        }

        if (clocks.Largest is { } largest)
        {
            json.WriteStartObject("largest");
            json.WriteNumber("offsetMs", largest.OffsetMs!.Value);
            json.WriteNumber("roundTripMs", largest.DelayMs!.Value);
            json.WriteString("source", largest.Source);
            json.WriteString("host", largest.Host);
            json.WriteString("at", Iso.Recorded(largest.At));
            json.WriteEndObject();
        }

        json.WriteNumber("jumps", clocks.Jumps);
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, Report report)
    {
        var (summary, weight) = (report.Summary, report.Inputs.Weight(report.Rules));
        var figures = new MonthFigures(summary.Total, weight);
        json.WriteFigures("figures", figures);
        json.WriteString("statement", ReportWords.Statement(figures));
        json.WriteString("balance", ReportWords.Balance(figures));
        json.WriteString("pointsNote", ReportWords.PointsNote(report.Inputs.Period.IsYear));
        if (report.Inputs.Period.IsYear)
        {
            json.WriteStartObject("months");
            foreach (var (month, tally) in summary.Tallies.OrderBy(t => t.Key.Number))
            {
                json.WriteFigures(month.ToString(), new MonthFigures(tally, weight));
            }

            json.WriteEndObject();
        }

        json.WriteStartObject("durations");
        json.WriteNumber("resolved", summary.Resolved);
        json.WriteNumber("grossElapsedSec", summary.GrossSec);
        json.WriteNumber("officialElapsedSec", summary.OfficialSec);
        json.WriteOrNull("meanOfficialSec", summary.Resolved == 0 ? null : summary.OfficialSec / summary.Resolved);
        json.WriteOrNull("medianOfficialSec", summary.MedianOfficialSec);
        json.WriteEndObject();
        json.WriteStartObject("response");
        json.WriteNumber("onTime", summary.Response.OnTime);
        json.WriteNumber("breached", summary.Response.Breached);
        json.WriteNumber("pending", summary.Response.Pending);
        json.WriteString("ratePct", new MonthFigures(summary.Response, 0).RatePct);
        json.WriteEndObject();
    }

    private static void WriteLists(Utf8JsonWriter json, Report report)
    {
        var (summary, zone) = (report.Summary, report.Desk.Zone);
        json.WriteStartObject("onlyThanksTo");
        WriteNumbers(json, "pauses", summary.OnlyByPauses);
        WriteNumbers(json, "lateCompletion", summary.OnlyByLateCompletion);
        WriteNumbers(json, "reopenRule", summary.OnlyByReopenRule);
        json.WriteEndObject();
        json.WriteStartObject("marks");
        json.WriteNumber("imported", summary.Imported);
        json.WriteNumber("lateLogged", summary.LateLogged);
        json.WriteNumber("corrected", summary.Corrected);
        WriteNumbers(json, "movedOutOfScope", summary.MovedOut);
        WriteNumbers(json, "excludedAfterDue", summary.ExcludedAfterDue);
        json.WriteEndObject();
        json.WriteStartArray("exclusions");
        foreach (var ticket in summary.Exclusions)
        {
            var approval = ticket.Facts.Void?.Approval ?? ticket.Facts.Merge!.Approval;
            json.WriteStartObject();
            json.WriteString("number", ticket.Number.ToString());
            json.WriteString("reason", ticket.Reason);
            json.WriteString("reasonName", ticket.Facts.Void?.Reason.Name ?? "重复单");
            json.WriteInstant("at", ticket.Arithmetic.ExcludedAt, zone);
            json.WriteString("requestedBy", approval.RequestedByName);
            json.WriteString("approvedBy", approval.ApprovedByName);
            json.WriteBoolean("afterDue", ticket.Arithmetic.ExcludedAfterDue);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("continuity");
        foreach (var day in report.Continuity)
        {
            json.WriteStartObject();
            json.WriteString("day", Day(day.Day));
            json.WriteString("series", day.Imported ? "imported" : "live");
            json.WriteNumber("first", day.First);
            json.WriteNumber("last", day.Last);
            json.WriteNumber("count", day.Count);
            json.WriteNumber("rental", day.Rental);
            json.WriteNumber("system", day.System);
            json.WriteBoolean("complete", day.Complete);
            if (day.Gaps.Count > 0)
            {
                json.WriteStartArray("gaps");
                foreach (var gap in day.Gaps)
                {
                    json.WriteStartObject();
                    json.WriteString("first", gap.First.ToString());
                    json.WriteString("last", gap.Last.ToString());
                    json.WriteNumber("count", gap.Count);
                    json.WriteString("cause", InstallationEventRow.Restored);
                    json.WriteString("restoredAt", Iso.Recorded(gap.At));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteVersions(
        this Utf8JsonWriter json, string name, IEnumerable<(string Code, int Version, DateOnly ValidFrom, string? Source)> versions)
    {
        json.WriteStartArray(name);
        foreach (var (code, version, validFrom, source) in versions)
        {
            json.WriteStartObject();
            json.WriteString("code", code);
            json.WriteNumber("version", version);
            json.WriteString("validFrom", Day(validFrom));
            if (source is not null)
            {
                json.WriteString("source", source);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<IncidentNumber> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteStringValue(number.ToString());
        }

        json.WriteEndArray();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
