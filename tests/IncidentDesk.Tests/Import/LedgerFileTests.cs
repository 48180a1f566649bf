using System.Text;
using IncidentDesk.Import;
using IncidentDesk.Tests.Commands;

namespace IncidentDesk.Tests.Import;

/// <summary>What a ledger file is written in is found out from its bytes, line by line.</summary>
public sealed class LedgerFileTests : IDisposable
{
    private static readonly Encoding Gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
    private readonly string path = Path.GetTempFileName();

    [Theory]
    [InlineData("utf-8", "utf-8", "")]
    [InlineData("utf-8 with mark", "utf-8", "")]
    [InlineData("gb18030", "gb18030", "")]
    [InlineData("gb18030 with four-byte characters", "gb18030", "")]
    [InlineData("utf-8 with ascii lines", "utf-8", "")]
    [InlineData("gb18030 with ascii lines", "gb18030", "")]
    [InlineData("utf-8 with characters beyond the first plane", "utf-8", "")]
    [InlineData("utf-8, one line gb18030", "", "mixed_encoding")]
    [InlineData("utf-8, last line gb18030", "", "mixed_encoding")]
    [InlineData("gb18030, one line utf-8", "", "mixed_encoding")]
    [InlineData("gb18030 header, rest utf-8", "", "mixed_encoding")]
    [InlineData("utf-8 header, rest gb18030", "", "mixed_encoding")]
    [InlineData("gb18030, one line of neither", "", "bad_encoding")]
    [InlineData("utf-16", "", "bad_encoding")]
    [InlineData("utf-16 without mark", "", "bad_encoding")]
    public void The_encoding_is_found(string what, string encoding, string code)
    {
        var header = Ledgers.Header + "\n";
        var chinese = Ledgers.Line("1") + "\n";
        var ascii = string.Join(',', LedgerFile.Columns.Select((_, i) => $"{i}")) + "\n";
        byte[] mark = [0xEF, 0xBB, 0xBF];
        File.WriteAllBytes(path, what switch
        {
            "utf-8" => Utf8(header + chinese),
            "utf-8 with mark" => [.. mark, .. Utf8(header + chinese)],
            "gb18030" => Gb.GetBytes(header + chinese),
            "gb18030 with four-byte characters" => Gb.GetBytes(header + chinese + Ledgers.Line("2", "标题=㐀𠀀é")),
            "utf-8 with ascii lines" => Utf8(header + ascii + chinese + ascii),
            "gb18030 with ascii lines" => Gb.GetBytes(header + ascii + chinese + ascii),
            "utf-8 with characters beyond the first plane" => Utf8(header + Ledgers.Line("2", "标题=㐀𠀀😀é")),
            "utf-8, one line gb18030" => [.. Utf8(header + chinese), .. Gb.GetBytes(chinese), .. Utf8(chinese)],
            "utf-8, last line gb18030" => [.. Utf8(header + chinese), .. Gb.GetBytes(Ledgers.Line("2"))],
            "gb18030, one line utf-8" => [.. Gb.GetBytes(header + chinese), .. Utf8(chinese), .. Gb.GetBytes(chinese)],
            "gb18030 header, rest utf-8" => [.. Gb.GetBytes(header), .. Utf8(chinese)],
            "utf-8 header, rest gb18030" => [.. Utf8(header), .. Gb.GetBytes(chinese)],
            "gb18030, one line of neither" => [.. Gb.GetBytes(header + chinese), 0xFF, 0xFF, (byte)'\n'],
            "utf-16" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(header + chinese)],
            _ => Encoding.Unicode.GetBytes(header + chinese),
        });

        var (file, refused) = LedgerFile.Open(path);

        using (file)
        {
            Assert.Equal((encoding, code), (file?.WrittenAs ?? "", refused?.Code ?? ""));
        }
    }

    [Fact]
    public void Every_chinese_line_of_gb18030_is_told_from_utf_8()
    {
        // Pairs of bytes that both encodings allow: a short field of GB18030 may be UTF-8 by chance, and the file is read as what it is.
        var both = Enumerable.Range(0xC2, 0xDF - 0xC2 + 1)
            .SelectMany(first => Enumerable.Range(0x80, 0x40).Select(second => new[] { (byte)first, (byte)second }))
            .Select(pair => Gb.GetString(pair)).Where(c => c.Length == 1 && char.IsLetter(c[0])).Take(500).ToList();
        Assert.True(both.Count > 100);
        File.WriteAllBytes(path, Gb.GetBytes(Ledgers.Of(both.Select((c, i) => string.Join(',', LedgerFile.Columns.Select((_, n) => n == 0 ? $"{i}" : n == 5 ? c : ""))))));

        var (file, refused) = LedgerFile.Open(path);

        using (file)
        {
            Assert.Null(refused);
            Assert.Equal(both, file!.Records().Select(r => r.Fields[5]));
        }
    }

    [Fact]
    public void Records_have_the_usual_order_and_their_physical_lines()
    {
        string[] header = ["错误说明", .. LedgerFile.Columns.Reverse(), "错误代码"];
        string Line(string number, string text) =>
            string.Join(',', header.Select(c => c switch { "原编号" => number, "描述" => text, "错误代码" => "bad_time", _ => $" {c} " }));
        File.WriteAllText(path, $"{string.Join(',', header)}\r\n{Line("1", "\"一\r\n二\"")}\r\n\r\n{Line("2", "三")}\r\n");

        var (file, refused) = LedgerFile.Open(path);

        using (file)
        {
            Assert.Null(refused);
            Assert.Equal(2, file!.Rows);
            var records = file.Records().ToList();
            Assert.Equal([2, 5], records.Select(r => r.Line));
            Assert.Equal(
                LedgerFile.Columns.Select(c => c switch { "原编号" => "1", "描述" => "一\r\n二", _ => c }), records[0].Fields);
            Assert.Equal(records.Select(r => r.Fields), file.Records().Select(r => r.Fields));
        }
    }

    [Theory]
    [InlineData("原编号", 100)]
    [InlineData("处理人", 100)]
    [InlineData("地址", 200)]
    [InlineData("标题", 500)]
    public void A_field_has_a_longest_length(string column, int longest)
    {
        string Ledger(int length) => Ledgers.Of(string.Join(',', LedgerFile.Columns.Select(c => c == column ? " " + new string('字', length) + " " : "")));
        File.WriteAllText(path, Ledger(longest));
        var (file, _) = LedgerFile.Open(path);
        file!.Dispose();
        File.WriteAllText(path, Ledger(longest + 1));

        var (none, refused) = LedgerFile.Open(path);

        Assert.Null(none);
        Assert.Equal(("field_too_long", column), (refused!.Code, refused.Field));
    }

    public void Dispose() => File.Delete(path);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
