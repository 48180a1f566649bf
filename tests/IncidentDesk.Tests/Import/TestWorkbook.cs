using System.IO.Compression;
using System.Security;
using System.Text;

namespace IncidentDesk.Tests.Import;

/// <summary>An XLSX workbook written part by part, so that a test says exactly what stands in it. A cell that begins with <c>&lt;c</c> is XML; any other is text.</summary>
internal sealed class TestWorkbook
{
    private readonly List<(string Name, string State, string Rows)> sheets = [];

    public bool Dates1904 { get; init; }

    /// <summary>Parts beside, or instead of, those that it has.</summary>
    public Dictionary<string, Action<Stream>> Parts { get; } = [];

    public TestWorkbook Sheet(string name, IEnumerable<(int Row, IEnumerable<string> Cells)> rows, string state = "visible")
    {
        sheets.Add((name, state, string.Concat(rows.Select(r => $"<row r=\"{r.Row}\">{string.Concat(r.Cells.Select((c, i) => Cell(c, Column(i) + r.Row)))}</row>"))));
        return this;
    }

    public byte[] Bytes()
    {
        const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const string Package = "http://schemas.openxmlformats.org/package/2006";
        var parts = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = $"<Types xmlns=\"{Package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>",
            ["_rels/.rels"] = $"<Relationships xmlns=\"{Package}/relationships\"><Relationship Id=\"r1\" Type=\"{Office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
            ["xl/workbook.xml"] = $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Office}\">{(Dates1904 ? "<workbookPr date1904=\"1\"/>" : "")}<sheets>"
                + string.Concat(sheets.Select((s, i) => $"<sheet name=\"{s.Name}\" sheetId=\"{i + 1}\" state=\"{s.State}\" r:id=\"s{i + 1}\"/>")) + "</sheets></workbook>",
            ["xl/_rels/workbook.xml.rels"] = $"<Relationships xmlns=\"{Package}/relationships\"><Relationship Id=\"st\" Type=\"{Office}/styles\" Target=\"styles.xml\"/>"
                + string.Concat(sheets.Select((_, i) => $"<Relationship Id=\"s{i + 1}\" Type=\"{Office}/worksheet\" Target=\"worksheets/sheet{i + 1}.xml\"/>")) + "</Relationships>",
            ["xl/styles.xml"] = $"<styleSheet xmlns=\"{Main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\" applyNumberFormat=\"1\"/></cellXfs></styleSheet>",
        };
        for (var i = 0; i < sheets.Count; i++)
        {
            parts[$"xl/worksheets/sheet{i + 1}.xml"] = $"<worksheet xmlns=\"{Main}\"><sheetData>{sheets[i].Rows}</sheetData></worksheet>";
        }

        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in parts.Keys.Union(Parts.Keys))
            {
                using var part = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                if (Parts.TryGetValue(name, out var write))
                {
                    write(part);
                }
                else
                {
                    part.Write(Encoding.UTF8.GetBytes(parts[name]));
                }
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A number with the format of a date and time.</summary>
    public static string Date(double serial) => FormattableString.Invariant($"<c s=\"1\"><v>{serial:R}</v></c>");

    /// <summary>A number without a format.</summary>
    public static string Number(string number) => $"<c><v>{number}</v></c>";

    private static string Cell(string cell, string at) => cell.Length == 0 ? ""
        : cell.StartsWith("<c", StringComparison.Ordinal) ? $"<c r=\"{at}\"{cell[2..]}"
        : $"<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{SecurityElement.Escape(cell)}</t></is></c>";

    private static string Column(int i) => i < 26 ? ((char)('A' + i)).ToString() : Column((i / 26) - 1) + Column(i % 26);
}
