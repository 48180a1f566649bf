using System.Text.Json;

namespace IncidentDesk.Import;

/// <summary>What an import came to, as the command and the API give it.</summary>
public static class ImportSummary
{
    /// <summary>Writes <c>rows</c>, <c>accepted</c>, <c>unchanged</c> and the refused lines with their codes.</summary>
    public static void Write(Utf8JsonWriter json, ImportProgress done, IEnumerable<RefusedLine> refused)
    {
        json.WriteStartObject();
        json.WriteNumber("rows", done.Rows);
        json.WriteNumber("accepted", done.Accepted);
        json.WriteNumber("unchanged", done.Unchanged);
        json.WriteStartArray("refused");
        foreach (var line in refused)
        {
            json.WriteStartObject();
            json.WriteNumber("line", line.Record.Line);
            json.WriteString("externalNo", line.ExternalNo);
            json.WriteString("error", line.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
