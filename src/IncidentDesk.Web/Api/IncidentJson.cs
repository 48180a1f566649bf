using System.Text.Json;
using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.Reports;

namespace IncidentDesk.Web.Api;

/// <summary>Incidents as the API gives them.</summary>
internal static class IncidentJson
{
    /// <summary>One incident: the report's line, the sentence in English too, what waits, and the timeline with its texts.</summary>
    public static void Write(Utf8JsonWriter json, IncidentView view, string? requestId)
    {
        json.WriteStartObject();
        json.WriteNumber("seq", view.State.LastSeq);
        json.WriteString("requestId", requestId);
        json.WriteString("handler", view.State.Handler?.Id);
        json.WriteString("sentenceEn", view.Ticket.Arithmetic.SentenceEn(view.Zone));
        json.WriteBoolean("breachExplained", view.State.Entries.Any(e => e.What is BreachExplained));
        json.WritePropertyName("ticket");
        ReportJsonLines.Write(json, view.Ticket, view.Zone);
        json.WriteStartArray("pending");
        foreach (var request in view.State.Pending)
        {
            json.WriteStartObject();
            json.WriteString("id", request.Id);
            json.WriteString("subject", EventPayloads.NameOf(request.Subject));
            json.WriteString("requestedBy", request.By.Name);
            json.WriteInstant("requestedAt", request.At, view.Zone);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("attachments");
        foreach (var attachment in view.State.Attachments)
        {
            WriteAttachment(json, view, attachment);
        }

        json.WriteEndArray();
        json.WriteStartArray("timeline");
        foreach (var e in view.Events)
        {
            json.WriteStartObject();
            json.WriteNumber("seq", e.Seq);
            json.WriteString("type", e.Type);
            json.WriteInstant("at", e.EffectiveAt, view.Zone);
            json.WriteString("recordedAt", Iso.Recorded(e.RecordedAt));
            json.WriteString("by", e.ActorId);
            json.WriteString("byName", e.ActorName);
            json.WriteString("via", e.Via);
            json.WriteString("hash", e.Hash);
            json.WritePropertyName("facts");
            json.WriteRawValue(e.Payload);
            json.WriteStartObject("texts");
            foreach (var (field, value) in view.Texts[e.Seq])
            {
                json.WriteString(field, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteAttachment(Utf8JsonWriter json, IncidentView view, Attachment attachment)
    {
        var (file, e) = (attachment.File, view.Events.Single(e => e.Seq == attachment.Seq));
        json.WriteStartObject();
        json.WriteNumber("id", attachment.Seq);
        json.WriteString("name", view.Texts[attachment.Seq].FirstOrDefault(t => t.Field == "fileName").Value);
        json.WriteString("mediaType", file.MediaType);
        json.WriteNumber("bytes", file.Bytes);
        json.WriteString("hash", file.Hash);
        json.WriteString("takenAt", file.TakenAt);
        json.WriteInstant("capturedAt", file.CapturedAt, view.Zone);
        json.WriteString("by", e.ActorId);
        json.WriteString("byName", e.ActorName);
        json.WriteString("recordedAt", Iso.Recorded(e.RecordedAt));
        json.WriteBoolean("withdrawn", attachment.Withdrawn);
        json.WriteBoolean("erased", attachment.Erased);
        json.WriteEndObject();
    }

    /// <summary>A page of rows.</summary>
    public static void Write(Utf8JsonWriter json, IncidentPage page)
    {
        json.WriteStartObject();
        json.WriteStartArray("incidents");
        foreach (var row in page.Rows)
        {
            WriteRow(json, row, page);
        }

        json.WriteEndArray();
        json.WriteString("next", page.Next);
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, IncidentRow row, IncidentPage page)
    {
        json.WriteStartObject();
        json.WriteString("number", new IncidentNumber(page.Prefix, row.Key).ToString());
        json.WriteString("kind", row.Kind);
        json.WriteString("scope", row.Scope);
        json.WriteString("category", row.Category);
        json.WriteString("severity", row.Severity);
        json.WriteString("town", row.Town);
        json.WriteString("building", row.Building);
        json.WriteString("servicePoint", row.ServicePoint);
        json.WriteString("handler", row.Handler);
        json.WriteString("externalNo", row.ExternalNo);
        json.WriteInstant("reportedAt", row.ReportedAt, page.Zone);
        json.WriteInstant("effectiveDueAt", row.EffectiveDueAt, page.Zone);
        json.WriteInstant("resolvedAt", row.ResolvedAt, page.Zone);
        json.WriteString("excludedAs", row.ExcludedAs);

        // Overdue is always a comparison with now, never a flag (D6).
        json.WriteBoolean("breached", row.ExcludedAs is null && row.BreachesAt <= page.Now);
        if (row is { ExcludedAs: null, ResolvedAt: null, EffectiveDueAt: { } due })
        {
            json.WriteNumber("leftSec", due.Since(page.Now));
        }

        json.WriteEndObject();
    }
}
