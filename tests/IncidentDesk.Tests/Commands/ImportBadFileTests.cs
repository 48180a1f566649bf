using System.Text;
using IncidentDesk.Import;

namespace IncidentDesk.Tests.Commands;

/// <summary>A file that cannot be a ledger is refused whole, before the first write: code, sentence, exit code 1, and no database is made.</summary>
public sealed class ImportBadFileTests : IDisposable
{
    private static readonly Encoding Gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
    private static readonly string GoodLedger = Ledgers.Of(Ledgers.Line("1"), Ledgers.Line("2"), Ledgers.Line("3"));
    private readonly DeskFolder folder = new();

    public static TheoryData<string, string> Files => new()
    {
        { "empty", "file_empty" },
        { "byte order mark only", "file_empty" },
        { "line ends only", "file_empty" },
        { "header lacks a column", "bad_header" },
        { "header has an unknown column", "bad_header" },
        { "header has a column twice", "bad_header" },
        { "no header", "bad_header" },
        { "semicolons", "bad_header" },
        { "xlsx", "workbook_broken" },
        { "xls", "workbook_not_xlsx" },
        { "utf-16 little end first", "bad_encoding" },
        { "utf-16 big end first", "bad_encoding" },
        { "utf-8 with a line of gb18030", "mixed_encoding" },
        { "utf-8 with mark and a line of gb18030", "mixed_encoding" },
        { "gb18030 with a line of utf-8", "mixed_encoding" },
        { "latin 1", "mixed_encoding" },
        { "a quote that never closes", "quote_not_closed" },
        { "text after a closing quote", "bad_quote" },
        { "a column too few", "wrong_columns" },
        { "a column too many", "wrong_columns" },
        { "a nul", "bad_character" },
        { "a field too long", "field_too_long" },
        { "a record too long", "line_too_long" },
        { "a bad last line", "wrong_columns" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_broken_file_writes_nothing(string what, string code)
    {
        var file = folder.Put("ledger.csv", Bytes(what));

        (await folder.Run("import", "--file", file)).Refused(code);

        Assert.False(folder.Wrote);
        Assert.Equal(Bytes(what), await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task A_broken_file_adds_nothing_to_a_ledger()
    {
        (await folder.Run("import", "--file", folder.Put("good.csv", GoodLedger))).Exits(0);

        foreach (var what in new[] { "a bad last line", "a quote that never closes", "utf-8 with a line of gb18030" })
        {
            Assert.Equal(1, (await folder.Run("import", "--file", folder.Put("bad.csv", Bytes(what)))).Exit);
        }

        Assert.Equal(3, (int)(await folder.Run("verify")).Exits(0).Json["incidents"]!);
    }

    [Fact]
    public async Task Random_bytes_are_refused()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var bytes = new byte[100_000];
            new Random(seed).NextBytes(bytes);

            var ran = await folder.Run("import", "--file", folder.Put("random.csv", bytes));

            ran.Refused("(bad_encoding|bad_header|quote_not_closed|bad_quote)");
        }

        Assert.False(folder.Wrote);
    }

    [Fact]
    public async Task A_missing_file_a_folder_and_a_pipe_are_refused()
    {
        (await folder.Run("import", "--file", folder.Place("nowhere.csv"))).Refused("file_unreadable");
        (await folder.Run("import", "--file", Path.GetTempPath())).Refused("file_unreadable");
        (await folder.Run("import", "--file", "")).Refused("file_unreadable");
        if (OperatingSystem.IsLinux())
        {
            (await folder.Run(["import", "--file", "/dev/stdin"], Encoding.UTF8.GetBytes(GoodLedger))).Refused("file_unreadable");
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("quoted")]
    public async Task A_line_of_a_gigabyte_is_refused_in_little_memory(string how)
    {
        // The bytes that are not written are zeros without room on the disk.
        var file = folder.Place("huge.csv");
        await using (var stream = File.Create(file))
        {
            stream.Write(Encoding.UTF8.GetBytes(GoodLedger + (how == "quoted" ? "4,\"" : "4,出租屋")));
            stream.SetLength(1L << 30);
        }

        folder.Settings["DOTNET_GCHeapHardLimit"] = "4000000"; // hexadecimal: 64 MiB

        (await folder.Run("import", "--file", file)).Refused("line_too_long");

        Assert.False(folder.Wrote);
    }

    [Fact]
    public async Task A_quote_that_never_closes_over_many_lines_is_refused_in_little_memory()
    {
        var file = folder.Place("quote.csv");
        await using (var text = new StreamWriter(file))
        {
            text.Write(GoodLedger + "4,\"出租屋\n");
            for (var i = 0; i < 500_000; i++)
            {
                text.Write(Ledgers.Header);
                text.Write('\n');
            }
        }

        folder.Settings["DOTNET_GCHeapHardLimit"] = "4000000";

        (await folder.Run("import", "--file", file)).Refused("(line_too_long|quote_not_closed)");
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a\tb")]
    [InlineData("65")]
    public async Task A_bad_source_is_refused(string source)
    {
        var name = source == "65" ? new string('s', 65) : source;

        (await folder.Run("import", "--file", folder.Put("good.csv", GoodLedger), "--source", name)).Refused("bad_source");

        Assert.False(folder.Wrote);
    }

    [Fact]
    public async Task The_refused_file_is_never_the_ledger_nor_a_folder()
    {
        var file = folder.Put("good.csv", GoodLedger);

        (await folder.Run("import", "--file", file, "--refused", Path.Combine(folder.Place("x"), "..", "good.csv"))).Refused("bad_refused_file");
        (await folder.Run("import", "--file", file, "--refused", Path.GetTempPath())).Refused("bad_refused_file");
        (await folder.Run("import", "--file", file, "--refused", "")).Refused("bad_refused_file");

        Assert.Equal(GoodLedger, await File.ReadAllTextAsync(file));
        Assert.False(folder.Wrote);
    }

    [Fact]
    public async Task A_header_alone_is_a_ledger_without_lines()
    {
        var summary = (await folder.Run("import", "--file", folder.Put("header.csv", Ledgers.Header))).Exits(0).Json;

        Assert.Equal("""{"rows":0,"accepted":0,"unchanged":0,"refused":[]}""", summary.ToJsonString());
        Assert.Equal(0, (int)(await folder.Run("verify")).Exits(0).Json["incidents"]!);
    }

    public void Dispose() => folder.Dispose();

    private static byte[] Bytes(string what)
    {
        byte[] mark = [0xEF, 0xBB, 0xBF];
        return what switch
        {
            "empty" => [],
            "byte order mark only" => mark,
            "line ends only" => "\r\n\n"u8.ToArray(),
            "header lacks a column" => Utf8(GoodLedger.Replace(",处理人", "", StringComparison.Ordinal)),
            "header has an unknown column" => Utf8(GoodLedger.Replace(",处理人", ",处理人,备注", StringComparison.Ordinal)),
            "header has a column twice" => Utf8(GoodLedger.Replace(",处理人", ",处理人,处理人", StringComparison.Ordinal)),
            "no header" => Utf8(Ledgers.Line("1") + "\n" + Ledgers.Line("2")),
            "semicolons" => Utf8(GoodLedger.Replace(',', ';')),
            "xlsx" => [.. "PK\u0003\u0004"u8, .. Utf8(GoodLedger)],
            "xls" => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[512]],
            "utf-16 little end first" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(GoodLedger)],
            "utf-16 big end first" => [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(GoodLedger)],
            "utf-8 with a line of gb18030" => [.. Utf8(GoodLedger), .. Gb.GetBytes(Ledgers.Line("4")), .. "\n"u8, .. Utf8(Ledgers.Line("5"))],
            "utf-8 with mark and a line of gb18030" => [.. mark, .. Utf8(GoodLedger), .. Gb.GetBytes(Ledgers.Line("4"))],
            "gb18030 with a line of utf-8" => [.. Gb.GetBytes(GoodLedger), .. Utf8(Ledgers.Line("4")), .. "\n"u8, .. Gb.GetBytes(Ledgers.Line("5"))],
            "latin 1" => [.. Utf8(Ledgers.Header), .. "\n1,"u8, 0xE9, 0x2C, 0xFC, .. "\n"u8],
            "a quote that never closes" => Utf8(GoodLedger + Ledgers.Line("4").Replace("停电", "\"停电", StringComparison.Ordinal) + "\n" + Ledgers.Line("5") + "\n"),
            "text after a closing quote" => Utf8(GoodLedger + Ledgers.Line("4").Replace("停电", "\"停\"电", StringComparison.Ordinal) + "\n"),
            "a column too few" => Utf8(GoodLedger + Ledgers.Line("4")[..^4] + "\n" + Ledgers.Line("5")),
            "a column too many" => Utf8(GoodLedger + Ledgers.Line("4") + ",\n" + Ledgers.Line("5")),
            "a nul" => Utf8(GoodLedger + Ledgers.Line("4", "描述=\0") + "\n"),
            "a field too long" => Utf8(GoodLedger + Ledgers.Line("4", "报告人=" + new string('林', 101)) + "\n"),
            "a record too long" => Utf8(GoodLedger + Ledgers.Line("4", "描述=" + new string('a', CsvRecords.LongestRecord + 1)) + "\n"),
            "a bad last line" => Utf8(GoodLedger + "4,出租屋"),
            _ => throw new ArgumentException(what),
        };
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
