using System.Text.Encodings.Web;
using System.Text.Json;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;

namespace IncidentDesk;

/// <summary>Figures and verdicts as they stand in JSON, the same in replay and in reports (R18, R19).</summary>
public static class FigureJson
{
    /// <summary>Leaves Chinese and the plus of an offset as they are; the output is data, never put into HTML as it stands.</summary>
    public static JavaScriptEncoder Plain { get; } = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The verdict's code: <c>onTime</c>, <c>breached</c>, <c>pending</c>, <c>excluded</c>.</summary>
    public static string Code(this Outcome outcome) => outcome switch
    {
        Outcome.OnTime => "onTime",
        Outcome.Breached => "breached",
        Outcome.Pending => "pending",
        _ => "excluded",
    };

    /// <summary>Writes one period's figures.</summary>
    public static void WriteFigures(this Utf8JsonWriter json, string name, MonthFigures figures)
    {
        json.WriteStartObject(name);
        json.WriteNumber("received", figures.Received);
        json.WriteNumber("excluded", figures.Tally.Excluded);
        json.WriteNumber("onTime", figures.Tally.OnTime);
        json.WriteNumber("breached", figures.Tally.Breached);
        json.WriteNumber("pending", figures.Tally.Pending);
        json.WriteNumber("denominator", figures.Denominator);
        json.WriteNumber("determinate", figures.Determinate);
        json.WriteString("ratePct", figures.RatePct);
        json.WriteBoolean("provisional", figures.Provisional);
        json.WriteString("status", figures.Status);
        json.WriteString("pointsAllOrNothing", figures.PointsAllOrNothing);
        json.WriteString("pointsProportional", figures.PointsProportional);
        json.WriteEndObject();
    }

    /// <summary>A number, or null where there is none.</summary>
    public static void WriteOrNull(this Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
