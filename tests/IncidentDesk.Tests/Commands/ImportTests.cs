using System.Text;
using System.Text.Json.Nodes;
using IncidentDesk.Import;

namespace IncidentDesk.Tests.Commands;

/// <summary>Importing good ledgers: forms of a file, the same again, numbers that stand twice, and the way back of refused lines (R23).</summary>
public sealed class ImportTests : IDisposable
{
    private readonly DeskFolder folder = new();

    [Fact]
    public async Task The_form_of_a_file_does_not_matter()
    {
        string[] lines = [Ledgers.Line("1"), Ledgers.Line("2", "领域=x"), Ledgers.Line("3", "标题=\"漏\"电,两处")];
        var text = Ledgers.Of(lines);
        IEnumerable<IEnumerable<string>> rows = [LedgerFile.Columns, Ledgers.Fields("1"), Ledgers.Fields("2", "领域=x"), Ledgers.Fields("3", "标题=\"漏\"电,两处")];
        var forms = new Dictionary<string, byte[]>
        {
            ["carriage returns"] = Utf8(text.Replace("\n", "\r\n", StringComparison.Ordinal)),
            ["byte order mark"] = [0xEF, 0xBB, 0xBF, .. Utf8(text)],
            ["gb18030"] = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes(text),
            ["no last line end"] = Utf8(text.TrimEnd()),
            ["empty lines at the end"] = Utf8(text + "\n\r\n\n"),
            ["every field quoted"] = Utf8(string.Join('\n', rows.Select(r => string.Join(',', r.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))))),
            ["columns turned round"] = Utf8(string.Join('\n', rows.Select(r => string.Join(',', r.Reverse().Select(Csv.Cell))))),
            ["spaces in the header"] = Utf8(text.Replace(Ledgers.Header, Ledgers.Header.Replace(",", " , ", StringComparison.Ordinal), StringComparison.Ordinal)),
        };
        const string Refused = """[{"line":3,"externalNo":"2","error":"unknown_kind"}]""";

        var plain = (await folder.Run("import", "--file", folder.Put("plain.csv", text))).Exits(0);

        Assert.Equal($$"""{"rows":3,"accepted":2,"unchanged":0,"refused":{{Refused}}}""", plain.Json.ToJsonString());
        foreach (var (form, bytes) in forms)
        {
            var again = (await folder.Run("import", "--file", folder.Put("form.csv", bytes))).Exits(0);
            Assert.Equal($$"""{{form}}: {"rows":3,"accepted":0,"unchanged":2,"refused":{{Refused}}}""", $"{form}: {again.Json.ToJsonString()}");
        }

        static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
    }

    [Fact]
    public async Task Lines_are_physical_also_after_line_ends_in_quotes_and_empty_lines()
    {
        var text = string.Join('\n', Ledgers.Header, Ledgers.Line("1", "描述=一\n二\r\n三"), "", Ledgers.Line("2", "领域="), Ledgers.Line("3", "描述=一\n二;接报时间="), Ledgers.Line("4", "镇街代码="));

        var summary = (await folder.Run("import", "--file", folder.Put("lines.csv", text))).Exits(0).Json;

        Assert.Equal([(6, "unknown_kind"), (7, "missing_reported_at"), (9, "unknown_town")], Refused(summary).Select(r => (r.Line, r.Error)));
    }

    [Fact]
    public async Task Of_a_number_that_stands_twice_the_first_good_line_is_kept()
    {
        var ledger = Ledgers.Of(
            Ledgers.Line("A", "领域=x"),
            Ledgers.Line("A"),
            Ledgers.Line("A"),
            Ledgers.Line("A", "办结时间="),
            Ledgers.Line("a"),
            Ledgers.Line("A", "接报时间="));

        var first = (await folder.Run("import", "--file", folder.Put("twice.csv", ledger))).Exits(0).Json;
        var again = (await folder.Run("import", "--file", folder.Place("twice.csv"))).Exits(0).Json;

        Assert.Equal((6, 2, 0), Counts(first));
        Assert.Equal(
            [(2, "unknown_kind"), (4, "duplicate_external_no"), (5, "duplicate_external_no"), (7, "missing_reported_at")],
            Refused(first).Select(r => (r.Line, r.Error)));
        Assert.Equal((6, 0, 2), Counts(again));
        Assert.Equal(first["refused"]!.ToJsonString(), again["refused"]!.ToJsonString());
    }

    [Fact]
    public async Task A_line_imported_before_is_unchanged_or_a_duplicate()
    {
        (string Differs, bool Same)[] again =
        [
            ("", true), ("接报时间=2025/3/3 9:00", true), ("接报时间=2025-03-03T01:00:00Z", true), ("标题= 停电 ", true),
            ("描述=改了", false), ("联系电话=13800000000", false), ("办结时间=2025-03-03 12:00:01", false), ("处理人=", false), ("严重程度=P1", false), ("受理点=别处", false),
        ];
        (await folder.Run("import", "--file", folder.Put("first.csv", Ledgers.Of(again.Select((_, i) => Ledgers.Line($"{i}")))))).Exits(0);

        var summary = (await folder.Run("import", "--file", folder.Put("again.csv", Ledgers.Of(
            again.Select((a, i) => Ledgers.Line($"{i}", a.Differs)).Append(Ledgers.Line("new")))))).Exits(0).Json;

        Assert.Equal((again.Length + 1, 1, again.Count(a => a.Same)), Counts(summary));
        Assert.Equal(
            again.Select((a, i) => (a, i)).Where(x => !x.a.Same).Select(x => (x.i + 2, $"{x.i}", "duplicate_external_no")), Refused(summary));
    }

    [Fact]
    public async Task Sources_tell_desks_apart()
    {
        var file = folder.Put("a.csv", Ledgers.Of(Ledgers.Line("1")));

        Assert.Equal((1, 1, 0), Counts((await folder.Run("import", "--file", file)).Exits(0).Json));
        Assert.Equal((1, 1, 0), Counts((await folder.Run("import", "--file", file, "--source", "三元里")).Exits(0).Json));
        Assert.Equal((1, 0, 1), Counts((await folder.Run("import", "--file", file, "--source", "三元里")).Exits(0).Json));
        Assert.Equal((1, 0, 1), Counts((await folder.Run("import", "--file", file, "--source", "ledger")).Exits(0).Json));

        var tickets = (await folder.Run("report", "--month", "2025-03", "--scope", "rental")).Exits(0).Json["tickets"]!.AsArray();
        Assert.Equal(
            [("BY20250303-L0001", "ledger", "1"), ("BY20250303-L0002", "三元里", "1")],
            tickets.Select(t => ((string)t!["number"]!, (string)t["source"]!, (string)t["externalNo"]!)));
    }

    [Fact]
    public async Task Refused_lines_can_be_mended_and_imported_again()
    {
        var ledger = folder.Put("march.csv", Ledgers.Of(
            Ledgers.Line("1"), Ledgers.Line("2", "领域=租屋;描述=一\n\"二\",三"), Ledgers.Line("3", "镇街代码=1"), Ledgers.Line("4")));
        var refused = Path.Combine(folder.Data, "refused", "march-refused.csv");

        var ran = (await folder.Run("import", "--file", ledger)).Exits(0);

        Assert.Contains(refused, ran.Error, StringComparison.Ordinal);
        var lines = await File.ReadAllTextAsync(refused);
        Assert.Equal([0xEF, 0xBB, 0xBF], (await File.ReadAllBytesAsync(refused))[..3]);
        Assert.StartsWith(Ledgers.Header + ",错误代码,错误说明", lines, StringComparison.Ordinal);
        Assert.Contains("unknown_kind,领域应为出租屋或信息系统", lines, StringComparison.Ordinal);
        Assert.Equal(2, Refused((await folder.Run("import", "--file", refused)).Exits(0).Json).Count);

        await File.WriteAllTextAsync(refused, lines.Replace(",租屋,", ",出租屋,", StringComparison.Ordinal));
        Assert.Equal((2, 1, 0), Counts((await folder.Run("import", "--file", refused)).Exits(0).Json));
        await File.WriteAllTextAsync(refused, lines.Replace(",租屋,", ",出租屋,", StringComparison.Ordinal).Replace(",1,新市路", ",440111011,新市路", StringComparison.Ordinal));
        Assert.Equal((2, 1, 1), Counts((await folder.Run("import", "--file", refused)).Exits(0).Json));

        // The mended lines are those of the ledger with the mistakes put right.
        await File.WriteAllTextAsync(ledger, Ledgers.Of(Ledgers.Line("1"), Ledgers.Line("2", "描述=一\n\"二\",三"), Ledgers.Line("3"), Ledgers.Line("4")));
        Assert.Equal((4, 0, 4), Counts((await folder.Run("import", "--file", ledger)).Exits(0).Json));
        Assert.False(File.Exists(refused), "a file of refused lines that are none any more misleads");
    }

    [Fact]
    public async Task Strict_makes_refused_lines_an_exit_code_and_refused_names_their_file()
    {
        var file = folder.Put("a.csv", Ledgers.Of(Ledgers.Line("1"), Ledgers.Line("2", "领域=x")));
        var refused = folder.Place("deep/er/no.csv");

        var strict = (await folder.Run("import", "--file", file, "--strict", "--refused", refused)).Exits(1);

        Assert.Equal((2, 1, 0), Counts(strict.Json));
        Assert.True(File.Exists(refused));
        (await folder.Run("import", "--file", folder.Put("b.csv", Ledgers.Of(Ledgers.Line("1"))), "--strict")).Exits(0);
    }

    [Fact]
    public async Task The_sample_ledger_in_gb18030_is_read_to_the_line()
    {
        var expected = JsonNode.Parse(await File.ReadAllBytesAsync(DeskFolder.Sample("ledger-2025-expected.json")))!;

        var ran = (await folder.Run("import", "--file", DeskFolder.Sample("ledger-2025-gb18030.csv"))).Exits(0);

        Assert.Equal(((int)expected["rows"]!, (int)expected["accepted"]!, 0), Counts(ran.Json));
        Assert.True(JsonNode.DeepEquals(expected["refused"], ran.Json["refused"]), ran.Json["refused"]!.ToJsonString());
        Assert.Contains("gb18030, 6000 行 / rows", ran.Error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static (int Rows, int Accepted, int Unchanged) Counts(JsonNode summary)
    {
        var counts = ((int)summary["rows"]!, (int)summary["accepted"]!, (int)summary["unchanged"]!);
        Assert.Equal(counts.Item1, counts.Item2 + counts.Item3 + summary["refused"]!.AsArray().Count);
        return counts;
    }

    private static List<(int Line, string No, string Error)> Refused(JsonNode summary) =>
        [.. summary["refused"]!.AsArray().Select(r => ((int)r!["line"]!, (string)r["externalNo"]!, (string)r["error"]!))];
}
