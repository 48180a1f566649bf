using System.Text;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Import;
using IncidentDesk.Tests.Desks;
using SpreadCheetah;
using Fields = IncidentDesk.Tests.Commands.Ledgers;

namespace IncidentDesk.Tests.Import;

/// <summary>A ledger as a workbook says the same as its CSV; what cannot be read of it is refused with a code.</summary>
[Collection(SampleDesks.Collection)]
public sealed class LedgerWorkbookTests(SampleDesks desks) : IDisposable
{
    // 2025-03-03 09:00:00 by each system; 09:10:00 and 12:00:00 of that day are fractions of it.
    private const double Serial1900 = 45_719.375;
    private const double Serial1904 = Serial1900 - 1_462;

    private readonly string path = Path.GetTempFileName();

    [Fact]
    public async Task The_sample_as_a_workbook_gives_what_its_csv_gave()
    {
        var (desk, (done, refused), _) = await desks.On(Engine.Sqlite);
        var zone = Zone.Shanghai;
        await using (var file = File.Create(path))
        await using (var workbook = await Spreadsheet.CreateNewAsync(file))
        {
            await workbook.StartWorksheetAsync("2025");
            await workbook.AddRowAsync(LedgerFile.Columns.Select(c => new DataCell(c)).ToArray());
            foreach (var record in Ledgers.Records())
            {
                await workbook.AddRowAsync(record.Select((text, i) => LedgerFile.Columns[i].EndsWith("时间", StringComparison.Ordinal) && TimeText.TryAny(text, zone, out var at)
                    ? new DataCell(zone.Local(at).DateTime) : new DataCell(text)).ToArray());
            }

            await workbook.FinishAsync();
        }

        var (again, refusedAgain) = await desk.Import(path);

        Assert.Equal((done.Rows, 0, done.Accepted, done.Refused), (again.Rows, again.Accepted, again.Unchanged, again.Refused));
        Assert.Equal(refused.Select(r => (r.Record.Line, r.ExternalNo, r.Error)), refusedAgain.Select(r => (r.Record.Line, r.ExternalNo, r.Error)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cell_is_the_text_that_it_shows(bool dates1904)
    {
        var day = dates1904 ? Serial1904 : Serial1900;
        var header = LedgerFile.Columns.Select(c => c switch { "原编号" => "工单编号", "接报时间" => " 接报时间*（必填） ", "渠道" => "接报依据", _ => c });
        var cells = Row("A-1", ("联系电话", TestWorkbook.Number("13800133357")), ("镇街代码", TestWorkbook.Number("4.40111011E8")), ("接报时间", TestWorkbook.Date(day)),
            ("登记时间", TestWorkbook.Number((day + (5 / 1440.0)).ToString("0.0000000000"))), ("首次响应时间", "2025/3/3 9:10"), ("办结时间", TestWorkbook.Date(day + 0.125)),
            ("标题", "<c t=\"str\"><f>A1</f><v>停电</v></c>"), ("处理说明", "一\n二"));
        File.WriteAllBytes(path, new TestWorkbook { Dates1904 = dates1904 }
            .Sheet("说明", [(1, ["请先看说明"])])
            .Sheet("旧台账", [(1, header), (2, cells)], "hidden")
            .Sheet("台账", [(1, ["2025年台账"]), (2, ["单位：驻点"]), (3, header.Append("")), (5, cells), (6, ["", " "]), (9, [TestWorkbook.Number("20250001"), .. cells.Skip(1)]), (12, ["", ""])])
            .Bytes());

        var (file, refused) = LedgerFile.Open(path);

        using (file)
        {
            Assert.Null(refused);
            Assert.Equal((2, "xlsx, 台账"), (file!.Rows, file.WrittenAs));
            var records = file.Records().ToList();
            Assert.Equal([(5, "A-1"), (9, "20250001")], records.Select(r => (r.Line, r.Fields[0])));
            Assert.Equal(
                Fields.Fields("A-1", "登记时间=2025-03-03 09:05:00;首次响应时间=2025/3/3 9:10;处理说明=一\n二"), records[0].Fields);
        }
    }

    [Theory]
    [InlineData("several sheets", "several_sheets")]
    [InlineData("no header", "bad_header")]
    [InlineData("a column missing", "bad_header")]
    [InlineData("an unknown column", "bad_header")]
    [InlineData("a formula not calculated", "formula_not_calculated")]
    [InlineData("the error of a formula", "cell_error")]
    [InlineData("a room that became a date", "cell_is_date")]
    [InlineData("a number cut by Excel", "number_too_long")]
    [InlineData("a cell without a header", "wrong_columns")]
    [InlineData("a cell beyond the header", "wrong_columns")]
    [InlineData("a field too long", "field_too_long")]
    [InlineData("too wide", "too_many_columns")]
    [InlineData("texts that expand", "workbook_too_large")]
    [InlineData("a part that expands further than it says", "workbook_broken")]
    [InlineData("a document type", "workbook_broken")]
    [InlineData("cut off", "workbook_broken")]
    [InlineData("a document of another kind", "workbook_not_xlsx")]
    [InlineData("an old workbook", "workbook_not_xlsx")]
    [InlineData("an encrypted workbook", "workbook_encrypted")]
    public void What_cannot_be_read_is_refused(string what, string code)
    {
        File.WriteAllBytes(path, Workbook(what));

        var (file, refused) = LedgerFile.Open(path);

        using (file)
        {
            Assert.Equal(code, refused?.Code);
            Assert.Matches("^[^a-z]{2}.*。$", refused!.Zh);
            Assert.True(what != "several sheets" || refused.Zh.Contains("一、二", StringComparison.Ordinal), refused.Zh);
            Assert.True(code is not ("cell_error" or "cell_is_date" or "number_too_long" or "wrong_columns" or "field_too_long") || refused.Zh.Contains(" 2 行", StringComparison.Ordinal), refused.Zh);
        }
    }

    private static byte[] Workbook(string what)
    {
        byte[] old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[70_000]];
        var bytes = Ledger(Row("1")).Bytes();
        switch (what)
        {
            case "several sheets": return Ledger(Row("1"), "一").Sheet("二", [(1, LedgerFile.Columns)]).Bytes();
            case "no header": return new TestWorkbook().Sheet("一", [(1, Row("1"))]).Bytes();
            case "a column missing": return new TestWorkbook().Sheet("一", [(1, LedgerFile.Columns.SkipLast(1)), (2, Row("1"))]).Bytes();
            case "an unknown column": return new TestWorkbook().Sheet("一", [(1, LedgerFile.Columns.Append("备注")), (2, Row("1"))]).Bytes();
            case "a formula not calculated": return Ledger(Row("1", ("办结时间", "<c s=\"1\"><f>A1+1</f></c>"))).Bytes();
            case "the error of a formula": return Ledger(Row("1", ("标题", "<c t=\"e\"><f>A1/0</f><v>#DIV/0!</v></c>"))).Bytes();
            case "a room that became a date": return Ledger(Row("1", ("房号", TestWorkbook.Date(45_717)))).Bytes();
            case "a number cut by Excel": return Ledger(Row("1", ("原编号", TestWorkbook.Number("1234567890123450000")))).Bytes();
            case "a cell without a header": return new TestWorkbook().Sheet("一", [(1, LedgerFile.Columns.Prepend("")), (2, Row("1").Prepend("x"))]).Bytes();
            case "a cell beyond the header": return Ledger([.. Row("1", ("处理人", "罗工")), "x"]).Bytes();
            case "a field too long": return Ledger(Row("1", ("报告人", new string('林', 101)))).Bytes();
            case "too wide": return Ledger([.. Row("1"), .. Enumerable.Repeat("", 500), "x"]).Bytes();
            case "an old workbook": return old;
            case "an encrypted workbook": return [.. old, .. Encoding.Unicode.GetBytes("EncryptedPackage"), .. new byte[512]];
            case "cut off": return bytes[..^200];
            case "a document of another kind":
                var document = Ledger(Row("1")).Bytes();
                Replace(document, "xl/workbook.xml"u8, "wd/document.xml"u8);
                return document;
            case "a document type":
                var typed = Ledger(Row("1"));
                typed.Parts["xl/worksheets/sheet1.xml"] = part => part.Write("<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet>&a;</worksheet>"u8);
                return typed.Bytes();
            case "texts that expand":
                var bomb = Ledger(Row("1"));
                bomb.Parts["xl/sharedStrings.xml"] = part =>
                {
                    var nothing = new byte[1 << 20];
                    for (var i = 0; i <= 128; i++)
                    {
                        part.Write(nothing);
                    }
                };
                return bomb.Bytes();
            case "a part that expands further than it says":
                // The size in the directory at the end, 22 bytes before the part's name.
                var at = bytes.AsSpan().LastIndexOf("xl/worksheets/sheet1.xml"u8) - 22;
                BitConverter.TryWriteBytes(bytes.AsSpan(at, 4), 100);
                return bytes;
            default: throw new ArgumentException(what);
        }
    }

    private static void Replace(Span<byte> bytes, ReadOnlySpan<byte> name, ReadOnlySpan<byte> other)
    {
        for (int at; (at = bytes.IndexOf(name)) >= 0;)
        {
            other.CopyTo(bytes[at..]);
        }
    }

    private static TestWorkbook Ledger(IEnumerable<string> row, string name = "台账") => new TestWorkbook().Sheet(name, [(1, LedgerFile.Columns), (2, row)]);

    private static string[] Row(string number, params (string Column, string Cell)[] differs)
    {
        var cells = Fields.Fields(number).ToArray();
        foreach (var (column, cell) in differs)
        {
            cells[LedgerFile.Columns.ToList().IndexOf(column)] = cell;
        }

        return cells;
    }

    public void Dispose() => File.Delete(path);
}
