using SpreadCheetah;
using SpreadCheetah.Styling;
using SpreadCheetah.Worksheets;

namespace IncidentDesk.Import;

/// <summary>
/// 台账模板: an XLSX workbook to fill in. Its sheet 台账 has the header and one example, which an import refuses (<c>example_line</c>) until somebody deletes it; the sheet 填写说明
/// says in both languages what each column holds. All cells are text, so that Excel turns neither a room into a date nor a number's leading zeros away.
/// </summary>
public static class LedgerTemplate
{
    /// <summary>原编号 of the example.</summary>
    public const string ExampleNo = "示例(导入前请删除本行)";

    /// <summary>What it is called as a file.</summary>
    public const string FileName = "台账模板.xlsx";

    /// <summary>Its media type.</summary>
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    // More lines than a month has; below them Excel's own format begins.
    private const int TextRows = 1_000;

    private const string Time = "日期时间，如 2026-05-03 09:00:00；也可用 Excel 日期";
    private const string TimeEn = "day and time, as 2026-05-03 09:00:00, or an Excel date";

    /// <summary>Column, whether it must be filled in, what it holds, and an example; in the order of <see cref="LedgerFile.Columns"/>.</summary>
    private static readonly (string Column, string Must, string Zh, string En, string Example)[] Notes =
    [
        ("原编号", "必填", "本台账中该单的编号，不得重复；再次导入时据此识别", "the ticket's number in this ledger; by it a line is known again", ExampleNo),
        ("领域", "必填", "出租屋 或 信息系统", "出租屋 (rental property) or 信息系统 (information system)", "出租屋"),
        ("系统代码", "信息系统必填", "规则与基础数据“信息系统”的代码", "code of the list Information systems; needed for 信息系统", ""),
        ("类别代码", "必填", "规则与基础数据中该领域类别的代码", "code of a category of that kind", "RNT-WATER-02"),
        ("严重程度", "", "P1 至 P4；空白按类别默认", "P1 to P4; empty: the category's own", "P3"),
        ("标题", "", "一句话说明，至多500字", "in a sentence, 500 characters at most", "厨房水管漏水"),
        ("描述", "", "详细情况", "what happened", ""),
        ("镇街代码", "必填", "9位镇街代码，见规则与基础数据“镇街”", "code of the list Towns, 9 digits", "440111011"),
        ("地址", "", "门牌地址，不含房号", "street and plate, without the room", "新市路56号"),
        ("房号", "", "房号", "room", "301"),
        ("报告人", "", "报告人姓名；没有必要的不填", "the reporter's name; leave out what is not needed", ""),
        ("联系电话", "", "报告人电话", "the reporter's phone", ""),
        ("渠道", "", "接报依据的代码，如 phone", "code of the list Bases of reports, as phone", "phone"),
        ("受理点", "", "服务点名称", "name of the service point", ""),
        ("发生时间", "", Time + "；不得晚于接报时间", TimeEn + "; not after 接报时间", ""),
        ("接报时间", "必填", Time + "；驻点人员首次获知的时间，时限由此起算", TimeEn + "; when on-site staff first learned of it: the clock starts here", "2026-05-03 09:00:00"),
        ("登记时间", "", Time + "；不得早于接报时间", TimeEn + "; not before 接报时间", "2026-05-03 09:05:00"),
        ("首次响应时间", "", Time, TimeEn + "; first contact", "2026-05-03 09:20:00"),
        ("办结时间", "", Time + "；未办结的留空", TimeEn + "; empty while it is open", "2026-05-03 14:30:00"),
        ("处理说明", "", "如何处理", "what was done", "更换阀门"),
        ("重开时间", "", Time + "；办结七天内", TimeEn + "; within seven days of 办结时间", ""),
        ("再次办结时间", "", Time, TimeEn, ""),
        ("作废时间", "", Time + "；不作废的留空", TimeEn + "; empty unless void", ""),
        ("作废原因", "作废必填", "作废原因的代码，如 test", "code of the list Reasons of voids; needed where void", ""),
        ("作废审批人", "", "审批人姓名，不得与处理人相同；空白按未审批", "who approved, not the handler; empty: not approved", ""),
        ("处理人", "", "承办人姓名", "who handled it", "罗工"),
    ];

    /// <summary>Writes the workbook.</summary>
    public static async Task Write(Stream output, CancellationToken cancellationToken)
    {
        await using var workbook = await Spreadsheet.CreateNewAsync(output, cancellationToken: cancellationToken);
        var text = workbook.AddStyle(new Style { Format = NumberFormat.Standard(StandardNumberFormat.Text) });
        var head = workbook.AddStyle(new Style { Font = { Bold = true }, Format = NumberFormat.Standard(StandardNumberFormat.Text), Fill = { Color = System.Drawing.Color.FromArgb(0xE3, 0xEC, 0xF5) } });
        var ledger = new WorksheetOptions { FrozenRows = 1 };
        for (var i = 1; i <= Notes.Length; i++)
        {
            ledger.Column(i).Width = Notes[i - 1].Column.EndsWith("时间", StringComparison.Ordinal) || i == 1 ? 22 : 14;
        }

        await workbook.StartWorksheetAsync("台账", ledger, cancellationToken);
        await workbook.AddRowAsync(Notes.Select(n => new StyledCell(n.Column, head)).ToArray(), cancellationToken);
        await workbook.AddRowAsync(Notes.Select(n => new StyledCell(n.Example, text)).ToArray(), cancellationToken);
        StyledCell[] empty = [.. Notes.Select(_ => new StyledCell((string?)null, text))];
        for (var i = 0; i < TextRows; i++)
        {
            await workbook.AddRowAsync(empty, cancellationToken);
        }

        var notes = new WorksheetOptions { FrozenRows = 1 };
        (notes.Column(1).Width, notes.Column(2).Width, notes.Column(3).Width, notes.Column(4).Width) = (16, 14, 60, 70);
        await workbook.StartWorksheetAsync("填写说明 Notes", notes, cancellationToken);
        foreach (var line in Notes.Select(n => (n.Column, n.Must, n.Zh, n.En)).Prepend(("列 Column", "要求 Needed", "填写说明", "Notes"))
            .Append(("", "", $"第2行是示例，导入前请删除；留在表中会被退回。代码见页面“规则与基础数据”。", "Row 2 is an example: delete it, or it is refused. Codes stand on the page “Rules and lists”.")))
        {
            await workbook.AddRowAsync(new[] { line.Item1, line.Item2, line.Item3, line.Item4 }.Select(t => new StyledCell(t, line.Item1 == "列 Column" ? head : text)).ToArray(), cancellationToken);
        }

        await workbook.FinishAsync(cancellationToken);
    }
}
