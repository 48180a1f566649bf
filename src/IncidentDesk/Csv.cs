namespace IncidentDesk;

/// <summary>Writing CSV.</summary>
public static class Csv
{
    /// <summary>A cell, quoted where it must be.</summary>
    public static string Cell(string? value) =>
        value is null ? "" : value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
