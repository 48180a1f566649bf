using System.Text;
using System.Text.Unicode;
using IncidentDesk.Domain;

namespace IncidentDesk.Import;

/// <summary>
/// A ledger file, CSV or XLSX, that has been read through once: its encoding or sheet is found out, header, quotes, columns and lengths are right. Nothing has been written
/// yet, so a broken file writes nothing.
/// </summary>
public sealed class LedgerFile : IDisposable
{
    /// <summary>The columns by name; their order in a file is free.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "原编号", "领域", "系统代码", "类别代码", "严重程度", "标题", "描述", "镇街代码", "地址", "房号", "报告人", "联系电话", "渠道", "受理点", "发生时间", "接报时间",
        "登记时间", "首次响应时间", "办结时间", "处理说明", "重开时间", "再次办结时间", "作废时间", "作废原因", "作废审批人", "处理人",
    ];

    /// <summary>Columns that a refused-lines file has besides, for people to read; an import passes over them.</summary>
    public static readonly IReadOnlyList<string> RefusedColumns = ["错误代码", "错误说明"];

    private readonly Stream stream;
    private readonly Func<IEnumerable<LedgerRecord>> read;

    internal LedgerFile(Stream stream, string writtenAs, int rows, Func<IEnumerable<LedgerRecord>> read)
    {
        (this.stream, WrittenAs, Rows, this.read) = (stream, writtenAs, rows, read);
    }

    /// <summary>Records below the header.</summary>
    public int Rows { get; }

    /// <summary>utf-8 or gb18030, as found; of a workbook <c>xlsx</c> and the sheet's name.</summary>
    public string WrittenAs { get; }

    /// <summary>Opens a file and reads it through; the refusal says what is wrong with it and where.</summary>
    public static (LedgerFile? File, Refusal? Refused) Open(string path)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, new Refusal("file_unreadable", "file", "文件不存在或无法读取。", $"The file cannot be read: {e.Message}"));
        }

        // It is read twice: once through before the first write.
        var (file, refused) = stream.CanSeek ? Open(stream) : (null, new Refusal(
            "file_unreadable", "file", "不是普通文件，无法读取两遍。", "It is not a regular file; it cannot be read twice."));
        if (refused is not null)
        {
            stream.Dispose();
        }

        return (file, refused);
    }

    /// <summary>The records below the header, fields in the order of <see cref="Columns"/>, trimmed.</summary>
    public IEnumerable<LedgerRecord> Records() => read();

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static (LedgerFile? File, Refusal? Refused) Open(FileStream stream)
    {
        if (LedgerWorkbook.Signed(stream) is { } workbook)
        {
            return workbook ? LedgerWorkbook.Open(stream) : (null, LedgerWorkbook.Old(stream));
        }

        var (encoding, refused) = FindEncoding(stream);
        if (encoding is null)
        {
            return (null, refused);
        }

        using var text = Begin(stream, encoding);
        var csv = new CsvRecords(text);
        if (!csv.Read())
        {
            return (null, csv.Refused ?? Empty);
        }

        var (header, unfit) = LedgerHeader.Read(csv.Fields);
        if (header is null)
        {
            return (null, unfit);
        }

        var rows = 0;
        while (csv.Read())
        {
            rows++;
            if ((csv.Fields.Count == header.Count ? header.Broken(csv.Fields, csv.Line) : WrongColumns(csv, header.Count)) is { } broken)
            {
                return (null, broken);
            }
        }

        return csv.Refused is { } stopped ? (null, stopped) : (new LedgerFile(stream, encoding.WebName, rows, () => Records(stream, encoding, header)), null);
    }

    private static IEnumerable<LedgerRecord> Records(Stream stream, Encoding encoding, LedgerHeader header)
    {
        using var text = Begin(stream, encoding);
        var csv = new CsvRecords(text);
        _ = csv.Read();
        while (csv.Read())
        {
            yield return header.Record(csv.Line, csv.Fields);
        }
    }

    private static StreamReader Begin(Stream stream, Encoding encoding)
    {
        stream.Position = 0;
        return new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true, 1 << 16, leaveOpen: true);
    }

    private static Refusal WrongColumns(CsvRecords csv, int columns) => new(
        "wrong_columns", "file", $"文件第 {csv.Line} 行有 {csv.Fields.Count} 列，应为 {columns} 列。", $"Line {csv.Line} has {csv.Fields.Count} columns instead of {columns}.");

    private static readonly Refusal Empty = new("file_empty", "file", "文件是空的。", "The file is empty.");

    private static Refusal BadEncoding(string code, int line) => new(
        code, "file", $"文件第 {line} 行的文字编码不对或混用了两种编码，应全部为 UTF-8 或 GB18030。",
        $"Line {line} is in another encoding; the whole file must be UTF-8 or GB18030.");

    /// <summary>
    /// UTF-8 when every line is; else GB18030 when every line is that and none looks like Chinese in UTF-8. Memory is bounded by the longest line allowed.
    /// </summary>
    private static (Encoding? Encoding, Refusal? Refused) FindEncoding(FileStream stream)
    {
        var lines = new ByteLines(stream);
        int? notUtf8 = null;
        int? likeUtf8 = null;
        Refusal? notGb = null;
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;
        for (var n = 1; lines.Read(out var line); n++)
        {
            if (n == 1 && Signature(line) is { } refused)
            {
                return (null, refused);
            }

            if (System.Text.Ascii.IsValid(line))
            {
                continue;
            }

            if (Utf8.IsValid(line))
            {
                likeUtf8 ??= n == 1 || LooksChinese(line) ? n : null;
            }
            else if (notUtf8 is null && likeUtf8 == 1)
            {
                return (null, BadEncoding("mixed_encoding", n));
            }
            else
            {
                notUtf8 ??= n;
            }

            notGb ??= Decodes(gb, line) ? null : BadEncoding("bad_encoding", n);
        }

        return lines.TooLong ? (null, new Refusal(
                "line_too_long", "file", $"文件第 {lines.Count} 行超过 {ByteLines.Longest} 字节。", $"Line {lines.Count} has more than {ByteLines.Longest} bytes."))
            : lines.Count == 0 ? (null, Empty)
            : notUtf8 is null ? (new UTF8Encoding(true, throwOnInvalidBytes: true), null)
            : likeUtf8 is { } mixed ? (null, BadEncoding("mixed_encoding", mixed))
            : notGb is not null ? (null, notGb)
            : (gb, null);
    }

    private static Refusal? Signature(ReadOnlySpan<byte> line) =>
        line.StartsWith(new byte[] { 0xFF, 0xFE }) || line.StartsWith(new byte[] { 0xFE, 0xFF }) ? BadEncoding("bad_encoding", 1) : null;

    private static bool Decodes(Encoding encoding, ReadOnlySpan<byte> line)
    {
        try
        {
            return encoding.GetCharCount(line) >= 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Three Chinese characters or more and nothing of the two-byte range, which is what GB18030 read by chance as UTF-8 would show.</summary>
    private static bool LooksChinese(ReadOnlySpan<byte> line)
    {
        var chinese = 0;
        foreach (var rune in Encoding.UTF8.GetString(line).EnumerateRunes())
        {
            chinese += rune.Value is >= 0x4E00 and <= 0x9FFF ? 1 : 0;
            if (rune.Value is >= 0x80 and < 0x800)
            {
                return false;
            }
        }

        return chinese >= 3;
    }
}

/// <summary>A record of a ledger: the physical line where it begins, or the row of its sheet, and its fields in the order of <see cref="LedgerFile.Columns"/>.</summary>
public sealed record LedgerRecord(int Line, string[] Fields);
