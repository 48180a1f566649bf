using System.Text;
using IncidentDesk.Import;

namespace IncidentDesk.Tests.Desks;

/// <summary>The sample ledger, slices of it, and ledgers that a test writes itself.</summary>
public static class Ledgers
{
    /// <summary>6 000 lines in UTF-8.</summary>
    public static string Sample => Data("ledger-2025.csv");

    /// <summary>The same in GB18030.</summary>
    public static string SampleGb18030 => Data("ledger-2025-gb18030.csv");

    /// <summary>A file of tests/data.</summary>
    public static string Data(string name) => Path.Combine(AppContext.BaseDirectory, "data", name);

    /// <summary>The first records of the sample as a file of its own; their line numbers stay.</summary>
    public static string Slice(this TestDesk desk, int records) => desk.Write(Records().Take(records));

    /// <summary>Writes records (fields in the order of the columns) as a ledger in the desk's folder.</summary>
    public static string Write(this TestDesk desk, IEnumerable<string[]> records)
    {
        var text = new StringBuilder(string.Join(',', LedgerFile.Columns)).Append('\n');
        foreach (var record in records)
        {
            text.AppendJoin(',', record.Select(Csv.Cell)).Append('\n');
        }

        var file = Path.Combine(desk.Database.Settings.DataFolder, Guid.NewGuid().ToString("N") + ".csv");
        File.WriteAllText(file, text.ToString());
        return file;
    }

    /// <summary>The sample's records, fields in the order of the columns.</summary>
    public static IReadOnlyList<string[]> Records()
    {
        var (ledger, _) = LedgerFile.Open(Sample);
        using (ledger)
        {
            return [.. ledger!.Records().Select(r => r.Fields)];
        }
    }

    /// <summary>The record with one field changed.</summary>
    public static string[] With(this string[] record, string column, string value)
    {
        var index = LedgerFile.Columns.ToList().IndexOf(column);
        return [.. record.Select((field, i) => i == index ? value : field)];
    }

    /// <summary>One field of a record.</summary>
    public static string Field(this string[] record, string column) => record[LedgerFile.Columns.ToList().IndexOf(column)];

    /// <summary>A record of named fields; what is not named is empty.</summary>
    public static string[] Fields(this IReadOnlyDictionary<string, string?> named) => [.. LedgerFile.Columns.Select(c => named.GetValueOrDefault(c) ?? "")];
}
