using System.IO.Compression;
using System.Xml;
using IncidentDesk.Domain;

namespace IncidentDesk.Import;

/// <summary>
/// What a workbook is looked at for before its reader sees it: that its parts expand to no more than is read, that no row is wider than a ledger may be, that every formula,
/// of whatever sheet, holds its last result and no error, and by which system its dates count.
/// </summary>
internal static class WorkbookParts
{
    // Expanded: 400 000 lines or so. The texts that cells share stand in memory, everything else streams.
    private const long MostBytes = 512L << 20;
    private const long MostSharedBytes = 128L << 20;
    private const long MostOtherBytes = 32L << 20;
    private const int MostParts = 2_000;
    private const int MostColumns = 500;

    private static readonly XmlReaderSettings Xml = new() { DtdProcessing = DtdProcessing.Prohibit, IgnoreWhitespace = true, IgnoreComments = true };

    /// <summary>Whether dates count from 1904, or why the workbook is not read.</summary>
    public static (bool Dates1904, Refusal? Refused) Check(Stream stream)
    {
        stream.Position = 0;
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.GetEntry("xl/workbook.xml") is not { } workbook)
        {
            return (false, LedgerWorkbook.NotXlsx);
        }

        if (zip.Entries.Count > MostParts || zip.Entries.Sum(e => e.Length) > MostBytes || zip.Entries.Any(e => !IsSheet(e) && e.Length > (IsShared(e) ? MostSharedBytes : MostOtherBytes)))
        {
            return (false, new Refusal(
                "workbook_too_large", "file", $"工作簿解压后超过 {MostBytes >> 20} MB 或文字过多，请拆分，或另存为 CSV 后再导入。",
                $"Expanded, the workbook has more than {MostBytes >> 20} MB; split it, or save it as CSV."));
        }

        foreach (var sheet in zip.Entries.Where(IsSheet))
        {
            if (Sheet(sheet) is { } refused)
            {
                return (false, refused);
            }
        }

        return (Dates1904(workbook), null);
    }

    private static bool IsSheet(ZipArchiveEntry part) => part.FullName.StartsWith("xl/worksheets/", StringComparison.OrdinalIgnoreCase) && part.FullName.EndsWith(".xml", StringComparison.OrdinalIgnoreCase);

    private static bool IsShared(ZipArchiveEntry part) => part.FullName.EndsWith("sharedStrings.xml", StringComparison.OrdinalIgnoreCase);

    private static bool Dates1904(ZipArchiveEntry workbook)
    {
        using var part = workbook.Open();
        using var xml = XmlReader.Create(part, Xml);
        while (xml.Read())
        {
            // By its local name: strict workbooks have another namespace.
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "workbookPr" })
            {
                return xml.GetAttribute("date1904") is "1" or "true";
            }
        }

        return false;
    }

    private static Refusal? Sheet(ZipArchiveEntry sheet)
    {
        using var part = sheet.Open();
        using var xml = XmlReader.Create(part, Xml);
        var (row, cell, formula, value) = ("", "", false, false);
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                switch (xml.LocalName)
                {
                    case "row":
                        row = xml.GetAttribute("r") ?? "";
                        break;
                    case "c":
                        (cell, formula, value) = (xml.GetAttribute("r") ?? "", false, false);
                        if (Column(cell) > MostColumns)
                        {
                            return new Refusal(
                                "too_many_columns", "file", $"工作表有超过 {MostColumns} 列(单元格 {cell})，请删除表格右侧的多余列。", $"A sheet has more than {MostColumns} columns (cell {cell}).");
                        }

                        if (xml.GetAttribute("t") == "e")
                        {
                            // The reader gives nothing for it, and an open ticket is none that an error hides the end of.
                            return new Refusal(
                                "cell_error", "file", $"第 {row} 行的单元格 {cell} 是公式错误值(如 #N/A)，请改正，或删除它所在的工作表后再导入。",
                                $"Cell {cell} is the error of a formula; mend it, or delete its sheet.");
                        }

                        break;
                    case "f":
                        formula = true;
                        break;
                    case "v" or "is":
                        value = true;
                        break;
                }
            }
            else if (xml is { NodeType: XmlNodeType.EndElement, LocalName: "c" } && formula && !value)
            {
                return new Refusal(
                    "formula_not_calculated", "file", $"第 {row} 行的单元格 {cell} 是尚未计算的公式，请用 Excel 打开工作簿并保存一次后再导入。",
                    $"Cell {cell} is a formula without its result; open the workbook in Excel and save it once.");
            }
        }

        return null;
    }

    private static int Column(string cell)
    {
        var column = 0;
        foreach (var letter in cell.TakeWhile(char.IsAsciiLetterUpper).Take(4))
        {
            column = (column * 26) + letter - 'A' + 1;
        }

        return column;
    }
}
