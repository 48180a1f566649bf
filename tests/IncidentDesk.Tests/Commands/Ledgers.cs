using System.Globalization;
using System.Text;
using IncidentDesk.Import;

namespace IncidentDesk.Tests.Commands;

/// <summary>Ledgers written for a test: a good line, and what differs from it.</summary>
internal static class Ledgers
{
    /// <summary>The header in its usual order.</summary>
    public static readonly string Header = string.Join(',', LedgerFile.Columns);

    private static readonly Dictionary<string, string> Good = new()
    {
        ["领域"] = "出租屋", ["类别代码"] = "RNT-ELEC-02", ["严重程度"] = "P2", ["标题"] = "停电", ["镇街代码"] = "440111011", ["地址"] = "新市路56号", ["房号"] = "406",
        ["报告人"] = "林先生", ["联系电话"] = "13800133357", ["渠道"] = "phone", ["受理点"] = "出租屋管理科驻点", ["接报时间"] = "2025-03-03 09:00:00",
        ["登记时间"] = "2025-03-03 09:05:00", ["首次响应时间"] = "2025-03-03 09:10:00", ["办结时间"] = "2025-03-03 12:00:00", ["处理人"] = "罗工",
    };

    /// <summary>A ledger of these lines.</summary>
    public static string Of(params IEnumerable<string> lines) => string.Join('\n', lines.Prepend(Header)) + "\n";

    /// <summary>A good line with its number, and columns that differ: <c>办结时间=;处理人=张工</c>.</summary>
    public static string Line(string number, string differs = "") => string.Join(',', Fields(number, differs).Select(Csv.Cell));

    /// <summary>The fields of such a line in the usual order.</summary>
    public static IEnumerable<string> Fields(string number, string differs = "")
    {
        var fields = new Dictionary<string, string>(Good) { ["原编号"] = number };
        foreach (var part in differs.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var (column, value) = part.Split('=', 2) is [var c, var v] ? (c, v) : throw new ArgumentException(part);
            fields[LedgerFile.Columns.Contains(column) ? column : throw new ArgumentException(column)] = value;
        }

        return LedgerFile.Columns.Select(c => fields.GetValueOrDefault(c, ""));
    }

    /// <summary>The sample ledger several times over, each time with other numbers.</summary>
    public static string SampleTimes(int times)
    {
        var lines = File.ReadAllLines(DeskFolder.Sample("ledger-2025.csv"), Encoding.UTF8);
        var text = new StringBuilder(lines[0]).Append('\n');
        for (var copy = 0; copy < times; copy++)
        {
            foreach (var line in lines.Skip(1))
            {
                text.Append(CultureInfo.InvariantCulture, $"{copy}-{line}\n");
            }
        }

        return text.ToString();
    }
}
