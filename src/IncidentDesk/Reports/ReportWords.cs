using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Timeliness;

namespace IncidentDesk.Reports;

/// <summary>The sentences of a report: zh-CN, which stands in it, and English, in which pages show the same.</summary>
public static class ReportWords
{
    /// <summary>The name of a scope.</summary>
    public static string ScopeName(string scope) => scope switch
    {
        Scope.Rental => "出租屋事故、故障(纳入考核指标)",
        Scope.RentalOther => "出租屋隐患、咨询纠纷(不纳入考核指标)",
        _ => "信息系统故障",
    };

    /// <summary>The same in English.</summary>
    public static string ScopeNameEn(string scope) => scope switch
    {
        Scope.Rental => "accidents and faults of rental properties (counted in the indicator)",
        Scope.RentalOther => "hazards and inquiries of rental properties (not counted in the indicator)",
        _ => "faults of information systems",
    };

    /// <summary>The title: a period that cannot be closed yet is 暂计 (D14); a demonstration says that it is one.</summary>
    public static string Title(InstallationRow installation, ReportInputs inputs, bool closable)
    {
        var period = inputs.Period;
        var when = period.IsYear ? $"{period.First.Year}年度" : $"{period.First.Year}年{period.First.Number % 100}月";
        return $"{installation.District}{when} {ScopeName(inputs.Scope)} 24小时处理及时率{(period.IsYear ? "年报" : "月报")}{(closable ? "" : "（暂计·未定稿）")}{(installation.IsDemonstration ? "（演示数据，不得用于考核）" : "")}";
    }

    /// <summary>The same in English.</summary>
    public static string TitleEn(InstallationRow installation, ReportInputs inputs, bool closable) =>
        $"{installation.District} {inputs.Period}: 24-hour timeliness of {ScopeNameEn(inputs.Scope)}{(closable ? "" : " (provisional)")}{(installation.IsDemonstration ? " (demonstration, not for evaluation)" : "")}";

    /// <summary>The result in one sentence (D15, D17).</summary>
    public static string Statement(MonthFigures figures) =>
        figures.Denominator == 0 ? "本期无纳入考核的工单，本指标不适用"
        : figures.Determinate == 0 ? "本期工单均未到期，暂无结果"
        : $"本期已有结果 {figures.Determinate} 件，按时 {figures.Tally.OnTime} 件，24小时处理及时率 {figures.RatePct}%"
            + (figures.Provisional ? $"；另有 {figures.Tally.Pending} 件未到期" : "");

    /// <summary>The same in English.</summary>
    public static string StatementEn(MonthFigures figures) =>
        figures.Denominator == 0 ? "No ticket of this period counts: the indicator does not apply"
        : figures.Determinate == 0 ? "No ticket of this period is due yet: no result"
        : $"{figures.Tally.OnTime} of {figures.Determinate} decided tickets on time, 24-hour timeliness rate {figures.RatePct} %"
            + (figures.Provisional ? $"; {figures.Tally.Pending} more pending" : "");

    /// <summary>接报 = 剔除 + 按时 + 超时 + 未到期 (D20).</summary>
    public static string Balance(MonthFigures figures) =>
        $"接报 {figures.Received} = 剔除 {figures.Tally.Excluded} + 按时 {figures.Tally.OnTime} + 超时 {figures.Tally.Breached} + 未到期 {figures.Tally.Pending}";

    /// <summary>The same in English.</summary>
    public static string BalanceEn(MonthFigures figures) =>
        $"received {figures.Received} = excluded {figures.Tally.Excluded} + on time {figures.Tally.OnTime} + breached {figures.Tally.Breached} + pending {figures.Tally.Pending}";

    /// <summary>What the points are (D17): the official score is yearly.</summary>
    public static string PointsNote(bool year) =>
        (year ? "年度得分" : "月度得分为折算参考，正式得分按年度计算") + "；从严口径：有一件超时即得0分；百分比与得分截取两位小数，不进位";

    /// <summary>The same in English.</summary>
    public static string PointsNoteEn(bool year) =>
        (year ? "Score of the year" : "A month's score is for reference; the official score is the year's")
        + "; strict reading: one breach scores 0; percentages and points are truncated to two decimals";
}
