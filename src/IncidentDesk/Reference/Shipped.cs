using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Reference;

/// <summary>The reference data that ships with the product, as embedded files. It is in force from the beginning (D7).</summary>
public static class Shipped
{
    private const string HolidaySource =
        "State Council notices 2022–2026, via NateScarlet/holiday-cn@d4e53bf (MIT); 2022–2025 cross-checked with LKI/chinese-calendar@e678429 (MIT)";

    /// <summary>The official lists of days of 2022–2026 with their source.</summary>
    public static IReadOnlyList<OfficialYear> OfficialYears { get; } = ReadOfficialYears();

    /// <summary>The text of an embedded file, for example <c>categories.csv</c>.</summary>
    public static string Text(string name)
    {
        using var stream = typeof(Shipped).Assembly.GetManifestResourceStream("Reference/" + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IReadOnlyList<OfficialYear> ReadOfficialYears()
    {
        var (years, refused) = OfficialDays.Read(Text("holidays-cn.csv"), HolidaySource, DateOnly.MinValue);
        return refused is null ? years : throw new InvalidDataException(refused.En);
    }
}
