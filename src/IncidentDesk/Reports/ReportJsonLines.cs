using System.Text.Json;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Reports;

/// <summary>A ticket's line in JSON: what it is, in or out with the coded reason, its verdict and the arithmetic. No erasable text stands in it.</summary>
public sealed class ReportJsonLines(Stream lines, Zone zone) : IReportLines
{
    private readonly Utf8JsonWriter json = new(lines, new JsonWriterOptions { Encoder = FigureJson.Plain });
    private bool first = true;

    /// <inheritdoc/>
    public void Write(ReportTicket ticket)
    {
        lines.Write(first ? "\n    "u8 : ",\n    "u8);
        first = false;
        Write(json, ticket, zone);
        json.Flush();
        json.Reset();
    }

    /// <summary>Writes one ticket as an object.</summary>
    public static void Write(Utf8JsonWriter json, ReportTicket ticket, Zone zone)
    {
        var (details, clock, reading) = (ticket.Facts.Details, ticket.Facts.Clock, ticket.Reading);
        json.WriteStartObject();
        json.WriteString("number", ticket.Number.ToString());
        json.WriteString("externalNo", details.ExternalNo);
        json.WriteString("source", details.Source);
        json.WriteString("kind", details.Kind.Code());
        json.WriteString("scope", ticket.Scope);
        json.WriteBoolean("counts", reading.Outcome != Outcome.Excluded);
        json.WriteString("reason", ticket.Reason);
        WriteCoded("category", details.Category);
        json.WriteString("nature", details.Nature);
        json.WriteString("severity", details.Severity.Code);
        WriteCoded("town", details.Town);
        WriteCoded("system", details.System);
        json.WriteString("building", details.Building);
        WriteCoded("basis", details.Basis);
        json.WriteString("servicePoint", details.ServicePoint);
        json.WriteBoolean("imported", details.Imported);
        json.WriteInstant("occurredAt", clock.OccurredAt, zone);
        json.WriteInstant("loggedAt", clock.LoggedAt, zone);
        json.WriteInstant("resolvedAt", clock.Work[^1].To, zone);
        json.WriteVerdict(clock, reading, zone, ticket.Policy);
        json.WriteString("policy", $"{ticket.Policy.Code}@{ticket.Policy.Version}");
        json.WriteNumber("limitSec", reading.LimitSec);
        json.WriteStartArray("active");
        foreach (var stretch in ticket.Arithmetic.Active)
        {
            WriteStretch(stretch.From, stretch.To, stretch.CountedSec);
        }

        json.WriteEndArray();
        json.WriteStartArray("pauses");
        foreach (var pause in ticket.Arithmetic.Pauses)
        {
            WriteStretch(pause.From, pause.To, pause.CountedSec);
        }

        json.WriteEndArray();
        json.WriteString("sentence", ticket.Arithmetic.SentenceZh(zone));
        json.WriteEndObject();

        void WriteCoded(string name, Coded? coded)
        {
            json.WriteString(name, coded?.Code);
            json.WriteString(name + "Name", coded?.Name);
        }

        void WriteStretch(Instant from, Instant? to, long countedSec)
        {
            json.WriteStartObject();
            json.WriteInstant("from", from, zone);
            json.WriteInstant("to", to, zone);
            json.WriteNumber("countedSec", countedSec);
            json.WriteEndObject();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await json.DisposeAsync();
        await lines.FlushAsync();
    }
}
