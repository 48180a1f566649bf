using System.Text.RegularExpressions;
using IncidentDesk.Domain;

namespace IncidentDesk.Import;

/// <summary>The header of a ledger: which column stands where, by its name or by what desks call it, the same in CSV and XLSX.</summary>
internal sealed partial class LedgerHeader
{
    // What ledgers of the field call the columns. 受理时间 is none of 接报时间: the clock starts when a fault was first learned of, not when it was accepted (D3).
    private static readonly Dictionary<string, string[]> Aliases = new()
    {
        ["原编号"] = ["工单编号", "工单号", "编号", "原工单编号"], ["领域"] = ["所属领域", "故障领域"], ["系统代码"] = ["系统编码", "信息系统代码"], ["类别代码"] = ["类别编码", "故障类别代码"],
        ["严重程度"] = ["紧急程度", "严重等级"], ["标题"] = ["故障标题", "事项标题"], ["描述"] = ["故障描述", "情况描述", "问题描述"], ["镇街代码"] = ["街镇代码", "镇街编码"],
        ["地址"] = ["详细地址", "房屋地址"], ["房号"] = ["房间号", "室号"], ["报告人"] = ["报障人", "报修人", "报告人姓名"], ["联系电话"] = ["电话", "报告人电话", "联系方式"],
        ["渠道"] = ["接报依据", "接报渠道"], ["受理点"] = ["服务点", "驻点"], ["发生时间"] = ["故障发生时间"], ["接报时间"] = ["报障时间", "报修时间"], ["登记时间"] = ["录入时间"],
        ["首次响应时间"] = ["响应时间"], ["办结时间"] = ["处理完成时间", "完成时间"], ["处理说明"] = ["处理情况", "处理结果"], ["重开时间"] = ["重新打开时间"],
        ["再次办结时间"] = ["二次办结时间", "再次处理完成时间"], ["作废审批人"] = ["审批人"], ["处理人"] = ["承办人", "处理人员"],
    };

    private static readonly Dictionary<string, string> Known =
        LedgerFile.Columns.Concat(LedgerFile.RefusedColumns).Select(c => (Alias: c, Column: c))
            .Concat(Aliases.SelectMany(a => a.Value, (a, alias) => (Alias: alias, Column: a.Key))).ToDictionary(a => a.Alias, a => a.Column);

    // What is stored in a column of limited length on every engine; the rest is text of any length.
    private static readonly Dictionary<string, int> Longest = new()
    {
        ["原编号"] = 100, ["受理点"] = 100, ["报告人"] = 100, ["联系电话"] = 100, ["作废审批人"] = 100, ["处理人"] = 100, ["房号"] = 100, ["地址"] = 200, ["标题"] = 500,
    };

    private readonly string[] names;
    private readonly int[] order;

    private LedgerHeader(string[] names) => (this.names, order) = (names, [.. LedgerFile.Columns.Select(c => Array.IndexOf(names, c))]);

    /// <summary>Columns of the file, those included that an import passes over.</summary>
    public int Count => names.Length;

    /// <summary>The column at a place, as the ledger calls it; empty where the header has no name.</summary>
    public string this[int at] => names[at];

    /// <summary>How many of the ledger's columns a row names: more than half make it the header.</summary>
    public static bool IsLike(IEnumerable<string> cells) => cells.Select(Name).Distinct().Count(LedgerFile.Columns.Contains) * 2 > LedgerFile.Columns.Count;

    /// <summary>Reads a header, or says what is wrong with it.</summary>
    public static (LedgerHeader? Header, Refusal? Refused) Read(IEnumerable<string> cells)
    {
        string[] typed = [.. cells.Select(c => c.Trim())];
        string[] names = [.. typed.Select(Name)];
        return LedgerFile.Columns.FirstOrDefault(c => !names.Contains(c)) is { } missing ? No($"表头缺少“{missing}”列。", $"The header lacks the column {missing}.")
            : Array.FindIndex(names, n => n.Length > 0 && !Known.ContainsKey(n)) is var unknown and >= 0
                ? No($"表头有不认识的列“{typed[unknown]}”。", $"The header has an unknown column: {typed[unknown]}.")
            : names.Where(n => n.Length > 0).GroupBy(n => n).FirstOrDefault(n => n.Count() > 1) is { Key: var twice }
                ? No($"表头有重复的列“{twice}”。", $"A column stands twice in the header: {twice}.")
            : (new LedgerHeader(names), null);

        static (LedgerHeader?, Refusal?) No(string zh, string en) => (null, new Refusal("bad_header", "file", zh, en));
    }

    /// <summary>What no line of the ledger may hold, or null.</summary>
    public Refusal? Broken(IReadOnlyList<string> fields, int line)
    {
        for (var i = 0; i < names.Length; i++)
        {
            var (name, value) = (names[i], fields[i]);
            if (value.Contains('\0'))
            {
                return new Refusal("bad_character", name, $"文件第 {line} 行含有空字符(NUL)。", $"Line {line} contains a NUL character.");
            }

            if (Longest.TryGetValue(name, out var longest) && value.Trim().Length > longest)
            {
                return new Refusal("field_too_long", name, $"文件第 {line} 行的“{name}”超过 {longest} 个字。", $"{name} on line {line} has more than {longest} characters.");
            }

            if (name.Length == 0 && value.Trim().Length > 0)
            {
                return new Refusal("wrong_columns", "file", $"文件第 {line} 行第 {i + 1} 列有内容，但该列没有表头。", $"Line {line} has something in column {i + 1}, which has no header.");
            }
        }

        return null;
    }

    /// <summary>A line as a record, fields in the ledger's order, trimmed.</summary>
    public LedgerRecord Record(int line, IReadOnlyList<string> fields) => new(line, [.. order.Select(i => fields[i].Trim())]);

    // 接报时间*（必填） is 接报时间.
    private static string Name(string typed) => Beside().Replace(typed, "") is var bare && Known.TryGetValue(bare, out var column) ? column : bare;

    [GeneratedRegex(@"\s+|[*＊]|[(（][^()（）]*[)）]$")]
    private static partial Regex Beside();
}
