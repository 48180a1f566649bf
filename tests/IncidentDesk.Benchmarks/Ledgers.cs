using System.Globalization;
using System.Text;
using IncidentDesk.Import;

namespace IncidentDesk.Benchmarks;

/// <summary>Ledger files to import.</summary>
internal static class Ledgers
{
    /// <summary>The sample ledger several times over, each copy with numbers of its own.</summary>
    public static string Repeated(string folder, int times)
    {
        var sample = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "ledger-2025.csv"));
        return Write(folder, Enumerable.Range(0, times).SelectMany(copy => sample.Skip(1).Select(line => $"{copy}-{line}")).Prepend(sample[0]));
    }

    /// <summary>100 000 rental tickets reported in June 2025: about one in a hundred late, one void, two reopened, one still open.</summary>
    public static string OneMonth(string folder)
    {
        var random = new Random(2025);
        return Write(folder, Enumerable.Range(1, 100_000).Select(Line).Prepend(string.Join(',', LedgerFile.Columns)));

        string Line(int n)
        {
            var reported = new DateTime(2025, 6, 1, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(random.Next(30 * 86_400));
            var chance = random.Next(100);
            var resolved = reported.AddSeconds(chance == 0 ? random.Next(86_401, 200_000) : random.Next(1_800, 80_000));
            var reopened = resolved.AddHours(2);
            var cells = new Dictionary<string, string>
            {
                ["原编号"] = $"M-{n}", ["领域"] = "出租屋", ["类别代码"] = "RNT-ELEC-01", ["严重程度"] = "P2", ["标题"] = "永平街触电/漏电", ["描述"] = "触电/漏电",
                ["镇街代码"] = "440111011", ["地址"] = $"新市路{random.Next(1, 900)}号", ["房号"] = "406", ["报告人"] = "林先生", ["联系电话"] = "13800133357",
                ["渠道"] = "phone", ["受理点"] = "出租屋管理科驻点", ["接报时间"] = At(reported), ["登记时间"] = At(reported.AddMinutes(5)),
                ["首次响应时间"] = At(reported.AddMinutes(11)), ["办结时间"] = chance == 1 ? "" : At(resolved), ["处理说明"] = "已处理", ["处理人"] = "罗工",
                ["重开时间"] = chance is 2 or 3 ? At(reopened) : "", ["再次办结时间"] = chance is 2 or 3 ? At(reopened.AddHours(1)) : "",
                ["作废时间"] = chance == 4 ? At(resolved) : "", ["作废原因"] = chance == 4 ? "false_alarm" : "", ["作废审批人"] = chance == 4 ? "李主任" : "",
            };
            return string.Join(',', LedgerFile.Columns.Select(c => cells.GetValueOrDefault(c, "")));
        }

        static string At(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    private static string Write(string folder, IEnumerable<string> lines)
    {
        var path = Path.Combine(folder, "ledger.csv");
        File.WriteAllLines(path, lines, new UTF8Encoding(false));
        return path;
    }
}
