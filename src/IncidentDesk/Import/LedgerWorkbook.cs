using System.Globalization;
using System.Text;
using ExcelDataReader;
using IncidentDesk.Domain;

namespace IncidentDesk.Import;

/// <summary>
/// A ledger in an XLSX workbook, read as the same lines that a CSV of it has. The sheet is the visible one whose header fits, below titles where there are any; the line of a
/// record is its row in that sheet. A cell is the text that it shows: a date as <c>yyyy-MM-dd HH:mm:ss</c>, floored to the second, a number without its format, a formula by
/// its last result. What a line is known again by is made of these texts, so the same ledger as CSV adds nothing.
/// </summary>
internal static class LedgerWorkbook
{
    // Titles, merged or not, stand above a header, and not a page of them.
    private const int RowsAboveHeader = 30;

    // A number in a time column that has no format is a date of 2000 to 2100; any other is a mistake that its line is refused for.
    private const double FirstSerial = 36_526;
    private const double LastSerial = 73_415;
    private const int Days1904 = 1_462;

    // Excel keeps fifteen digits; it has turned what follows to zeros.
    private const double LongestNumber = 1e15;

    static LedgerWorkbook() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Whether a file begins as a workbook does: true as XLSX, false as an older or an encrypted one, null as neither.</summary>
    public static bool? Signed(Stream stream)
    {
        Span<byte> first = stackalloc byte[4];
        stream.Position = 0;
        var read = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return read < first.Length ? null : first.SequenceEqual("PK\u0003\u0004"u8) ? true : first.SequenceEqual(new byte[] { 0xD0, 0xCF, 0x11, 0xE0 }) ? false : null;
    }

    /// <summary>Why a file of the older kind is not read: it is encrypted, which names a part of it, or is an .xls.</summary>
    public static Refusal Old(Stream stream)
    {
        var (name, buffer, kept) = (Encoding.Unicode.GetBytes("EncryptedPackage"), new byte[1 << 16], 0);
        for (int read; (read = stream.Read(buffer, kept, buffer.Length - kept)) > 0;)
        {
            var filled = kept + read;
            if (buffer.AsSpan(0, filled).IndexOf(name) >= 0)
            {
                return new Refusal("workbook_encrypted", "file", "工作簿设有打开密码，请在 Excel 中取消密码后另存再导入。", "The workbook is encrypted; save it without a password first.");
            }

            kept = Math.Min(name.Length - 1, filled);
            buffer.AsSpan(filled - kept, kept).CopyTo(buffer);
        }

        return NotXlsx;
    }

    internal static readonly Refusal NotXlsx = new(
        "workbook_not_xlsx", "file", "不是 .xlsx 工作簿(旧版 .xls、.xlsb、WPS 或其他格式)，请另存为“Excel 工作簿(*.xlsx)”或 CSV 后再导入。",
        "It is no .xlsx workbook but an older or another kind; save it as .xlsx or CSV first.");

    /// <summary>Finds the sheet and reads it through.</summary>
    public static (LedgerFile? File, Refusal? Refused) Open(Stream stream)
    {
        try
        {
            var (dates1904, refused) = WorkbookParts.Check(stream);
            if (refused is not null)
            {
                return (null, refused);
            }

            var (sheet, missing) = Find(stream);
            if (sheet is null)
            {
                return (null, missing);
            }

            var rows = 0;
            foreach (var (row, fields, broken) in Rows(stream, sheet, dates1904))
            {
                rows++;
                if ((broken ?? sheet.Header.Broken(fields, row)) is { } no)
                {
                    return (null, no);
                }
            }

            return (new LedgerFile(stream, $"xlsx, {sheet.Name}", rows, () => Rows(stream, sheet, dates1904).Select(r => sheet.Header.Record(r.Row, r.Fields))), null);
        }
        catch (Exception e) when (e is not OutOfMemoryException && (e is not IOException || e is EndOfStreamException))
        {
            // The reader's own errors are of many types, down to an index out of range; each says that a part is not as it must be.
            return (null, new Refusal("workbook_broken", "file", "工作簿已损坏，无法读取；请用 Excel 打开并重新保存后再导入。", $"The workbook is damaged: {e.Message}"));
        }
    }

    private sealed record Sheet(int Index, string Name, LedgerHeader Header, int HeaderRow);

    private static IExcelDataReader Begin(Stream stream)
    {
        stream.Position = 0;
        return ExcelReaderFactory.CreateOpenXmlReader(stream, new ExcelReaderConfiguration { LeaveOpen = true });
    }

    /// <summary>The one visible sheet whose header fits; the refusal names those that fit, or says what the nearest lacks.</summary>
    private static (Sheet? Sheet, Refusal? Refused) Find(Stream stream)
    {
        using var reader = Begin(stream);
        var (fitting, index) = (new List<Sheet>(), 0);
        Refusal? nearest = null;
        do
        {
            for (var row = 1; reader.VisibleState == "visible" && row <= RowsAboveHeader && reader.Read(); row++)
            {
                string[] cells = [.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) as string ?? "")];
                if (LedgerHeader.IsLike(cells))
                {
                    var (header, unfit) = LedgerHeader.Read(cells.AsSpan().TrimEnd("").ToArray());
                    fitting.AddRange(header is null ? [] : [new Sheet(index, reader.Name, header, row)]);
                    nearest ??= unfit is null ? null : unfit with { Zh = $"工作表“{reader.Name}”的{unfit.Zh}", En = $"Sheet {reader.Name}: {unfit.En}" };
                    break;
                }
            }

            index++;
        }
        while (reader.NextResult());

        return fitting switch
        {
            [var one] => (one, null),
            [] => (null, nearest ?? new Refusal(
                "bad_header", "file", $"各工作表的前 {RowsAboveHeader} 行中没有台账表头，请对照台账模板检查。", $"No visible sheet has the ledger's header within its first {RowsAboveHeader} rows.")),
            _ => (null, new Refusal(
                "several_sheets", "file", $"有多个工作表像是台账：{string.Join('、', fitting.Select(f => f.Name))}。请只保留一个，或分别另存后导入。",
                $"Several sheets are ledgers: {string.Join(", ", fitting.Select(f => f.Name))}. Keep one, or save each by itself.")),
        };
    }

    /// <summary>The rows below the header that hold anything, and why one cannot be read.</summary>
    private static IEnumerable<(int Row, string[] Fields, Refusal? Broken)> Rows(Stream stream, Sheet sheet, bool dates1904)
    {
        using var reader = Begin(stream);
        for (var i = 0; i < sheet.Index; i++)
        {
            reader.NextResult();
        }

        for (var row = 1; reader.Read(); row++)
        {
            if (row <= sheet.HeaderRow)
            {
                continue;
            }

            Refusal? broken = null;
            var fields = new string[sheet.Header.Count];
            for (var i = 0; i < fields.Length; i++)
            {
                (fields[i], var wrong) = i < reader.FieldCount ? Text(reader, i, sheet.Header[i], row, dates1904) : ("", null);
                broken ??= wrong;
            }

            for (var i = fields.Length; i < reader.FieldCount; i++)
            {
                broken ??= reader.GetValue(i) is null or "" ? null : new Refusal(
                    "wrong_columns", "file", $"文件第 {row} 行第 {i + 1} 列有内容，但该列没有表头。", $"Line {row} has something in column {i + 1}, which has no header.");
            }

            if (broken is not null || fields.Any(f => !string.IsNullOrWhiteSpace(f)))
            {
                yield return (row, fields, broken);
            }
        }
    }

    private static (string Text, Refusal? Refused) Text(IExcelDataReader reader, int i, string column, int row, bool dates1904)
    {
        var isTime = LedgerLine.TimeColumns.Contains(column);
        switch (reader.GetValue(i))
        {
            case null:
                return ("", null);
            case DateTime date:
                return isTime ? (Written(date), null) : ("", new Refusal(
                    "cell_is_date", column, $"文件第 {row} 行的“{column}”被存成了日期(如“3-1”变成3月1日)，请将该列设为文本后重新填写。",
                    $"{column} on line {row} was stored as a date; make the column text and write it again."));
            case double number when isTime && number is >= FirstSerial - Days1904 and < LastSerial && number + (dates1904 ? Days1904 : 0) is >= FirstSerial and < LastSerial and var serial:
                return (Written(DateTime.FromOADate(serial)), null);
            case double number when Math.Abs(number) >= LongestNumber:
                return ("", new Refusal(
                    "number_too_long", column, $"文件第 {row} 行的“{column}”是超过15位的数字，Excel 已将末尾改为0，请将该列设为文本后重新填写。",
                    $"{column} on line {row} is a number of more than 15 digits, which Excel has cut; make the column text and write it again."));
            case double number:
                return (number.ToString("0.###############", CultureInfo.InvariantCulture), null);
            case bool yes:
                return (yes ? "TRUE" : "FALSE", null);
            case var other:
                return (Convert.ToString(other, CultureInfo.InvariantCulture) ?? "", null);
        }
    }

    private static string Written(DateTime date) => date.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
