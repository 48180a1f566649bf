using IncidentDesk.Domain.Incidents;

namespace IncidentDesk.Domain.Sla;

/// <summary>The sentences of <see cref="Arithmetic"/>: start and due, what happened, pauses, verdict; in the words of the desk.</summary>
internal static class ArithmeticWords
{
    public static string Zh(Arithmetic a, Zone zone) =>
        SentenceTimes.Write(a, zone, (local, year, second) => $"{(year ? $"{local.Year}年" : "")}{local.Month}月{local.Day}日 {local.ToString(second)}", ZhText);

    public static string En(Arithmetic a, Zone zone) =>
        SentenceTimes.Write(a, zone, (local, year, second) => local.ToString(year ? $"d MMM yyyy {second}" : $"d MMM {second}"), EnText);

    private static string ZhText(Arithmetic a, Func<Instant, string> at)
    {
        List<string> start = [$"{at(a.ReportedAt)} 接报{(a.PulledBack ? $"（因合并重复单提前，本单为 {at(a.OwnReportedAt)}）" : "")}"];
        Add(start, a.CorrectedFields.Count > 0, () => $"{string.Join("、", a.CorrectedFields.Select(ZhField))}经更正");
        Add(start, a.StartAt != a.ReportedAt, () => $"自 {at(a.StartAt)} 起计时");
        if (a.ExcludedAs is { } excluded)
        {
            return $"{string.Join('，', start)}；{at(a.ExcludedAt!.Value)} 经批准{(excluded == "void" ? "作废" : "作为重复单并入主单")}"
                + $"{(a.ExcludedAfterDue ? "（批准时已过时限）" : "")}，剔除，不纳入考核。";
        }

        Add(start, a.BornOverdue, () => $"{at(a.LoggedAt!.Value)} 登记时已{(a.Outcome == Outcome.Breached ? "超时" : "过时限")}");
        Add(start, a.Calendar != "24x7", () => a.Calendar switch
        {
            "workday24" => "按工作日计时",
            "office7h" => "按工作时间计时",
            _ => $"按日历 {a.Calendar} 计时",
        });
        var unlisted = a.YearsWithoutList.Count == 0 ? "" : $"（{string.Join("、", a.YearsWithoutList.Select(y => $"{y}年"))}法定节假日安排未录入，到期时间可能变动）";
        start.Add((a.DueAt is { } due ? $"应于 {at(due)} 前处理完成" : "按此日历不会到期") + unlisted);
        Add(start, Moved(a), () => $"因{string.Join("、", Reasons(a, "批准暂停", "重开前的间隔不计"))}顺延至 {at(a.EffectiveDueAt!.Value)}");

        List<string> course = [.. a.Reopens.Select(r => $"{at(r.ResolvedAt)} 处理完成，{at(r.ReopenedAt)} 重开（{r.Began switch
        {
            Began.ReopenedNotFixed => "未修好，",
            Began.ReopenedRecurred => "又发生，",
            _ => "",
        }}间隔{(r.GapCounts ? "计入" : "不计")}）")];
        course.Add(a.ResolvedAt is { } resolved
            ? $"{at(resolved)} 处理完成{(a.LateCompletion ? "（补录办结，经批准）" : "")}"
            : $"截至 {at(a.AsOf)} {(a.Outcome == Outcome.Breached ? "仍" : "尚")}未处理完成{(!a.PausedNow ? "" : a.Pauses[^1].Deducted ? "（暂停中，已停钟）" : "（暂停中，不停钟）")}");

        var verdict = $"计时时长 {SentenceTimes.Zh(a.OfficialSec)}，" + (a.OverdueSec is { } over
            ? $"超过时限 {SentenceTimes.Zh(a.LimitSec)}，超出 {SentenceTimes.Zh(over)}，超时。"
            : $"未超过时限 {SentenceTimes.Zh(a.LimitSec)}，{(a.Outcome == Outcome.Pending ? "尚未到期" : "按时")}。");
        List<string> parts = [string.Join('，', start), string.Join('，', course)];
        Add(parts, a.Reopens.Count > 0, () => $"重开 {a.Reopens.Count} 次，"
            + string.Join('，', a.Active.Select(s => $"{at(s.From)} 至 {at(s.To)} 计 {SentenceTimes.Zh(s.CountedSec)}")));
        Add(parts, a.Pauses.Count > 0, () => a.Pauses[0].Deducted
            ? $"总历时 {SentenceTimes.Zh(a.GrossSec)}，扣除批准暂停 {a.Pauses.Count} 次共 {SentenceTimes.Zh(a.PausedSec)}"
            : $"暂停 {a.Pauses.Count} 次共 {SentenceTimes.Zh(a.PausedSec)}，不扣除");
        return string.Join('；', parts) + (parts.Count > 2 ? "；" : "，") + verdict;
    }

    private static string EnText(Arithmetic a, Func<Instant, string> at)
    {
        List<string> start = [$"Report received {at(a.ReportedAt)}{(a.PulledBack ? $" (earlier by the merge of a duplicate, its own {at(a.OwnReportedAt)})" : "")}"];
        Add(start, a.CorrectedFields.Count > 0, () => $"corrected: {string.Join(", ", a.CorrectedFields.Select(EnField))}");
        Add(start, a.StartAt != a.ReportedAt, () => $"clock started {at(a.StartAt)}");
        if (a.ExcludedAs is { } excluded)
        {
            return $"{string.Join(", ", start)}; {(excluded == "void" ? "void" : "merged into its master as a duplicate")}, approved {at(a.ExcludedAt!.Value)}"
                + $"{(a.ExcludedAfterDue ? " (after the due time)" : "")}: excluded.";
        }

        Add(start, a.BornOverdue, () => $"{(a.Outcome == Outcome.Breached ? "already overdue" : "the due time already past")} when logged {at(a.LoggedAt!.Value)}");
        Add(start, a.Calendar != "24x7", () => a.Calendar switch
        {
            "workday24" => "counted in working days",
            "office7h" => "counted in working hours",
            _ => $"counted by the calendar {a.Calendar}",
        });
        var unlisted = a.YearsWithoutList.Count == 0 ? "" : $" (no list of public holidays for {string.Join(", ", a.YearsWithoutList)}: it may move)";
        start.Add((a.DueAt is { } due ? $"due by {at(due)}" : "never due by this calendar") + unlisted);
        Add(start, Moved(a), () => $"moved to {at(a.EffectiveDueAt!.Value)} by {string.Join(" and ", Reasons(a, "approved pauses", "a gap before a reopen that does not count"))}");

        List<string> course = [.. a.Reopens.Select(r => $"resolved {at(r.ResolvedAt)}, reopened {at(r.ReopenedAt)} ({r.Began switch
        {
            Began.ReopenedNotFixed => "not fixed, ",
            Began.ReopenedRecurred => "happened again, ",
            _ => "",
        }}gap {(r.GapCounts ? "counted" : "not counted")})")];
        course.Add(a.ResolvedAt is { } resolved
            ? $"resolved {at(resolved)}{(a.LateCompletion ? " (late completion, approved)" : "")}"
            : $"{(a.Outcome == Outcome.Breached ? "still open" : "open")} at {at(a.AsOf)}{(!a.PausedNow ? "" : a.Pauses[^1].Deducted ? " (paused, clock stopped)" : " (paused, clock running)")}");

        var verdict = $"official elapsed {SentenceTimes.En(a.OfficialSec)}, " + (a.OverdueSec is { } over
            ? $"over the limit of {SentenceTimes.En(a.LimitSec)} by {SentenceTimes.En(over)}: breached."
            : $"within the limit of {SentenceTimes.En(a.LimitSec)}: {(a.Outcome == Outcome.Pending ? "pending (not due)" : "on time")}.");
        List<string> parts = [string.Join(", ", start), string.Join(", ", course)];
        Add(parts, a.Reopens.Count > 0, () => $"reopened {Times(a.Reopens.Count)}, "
            + string.Join(", ", a.Active.Select(s => $"{at(s.From)} to {at(s.To)} counts {SentenceTimes.En(s.CountedSec)}")));
        Add(parts, a.Pauses.Count > 0, () => a.Pauses[0].Deducted
            ? $"gross elapsed {SentenceTimes.En(a.GrossSec)}, less approved pauses {SentenceTimes.En(a.PausedSec)} ({Times(a.Pauses.Count)})"
            : $"paused {Times(a.Pauses.Count)}, {SentenceTimes.En(a.PausedSec)}, not deducted");
        return string.Join("; ", parts) + (parts.Count > 2 ? "; " : ", ") + verdict;
    }

    private static void Add(List<string> clauses, bool applies, Func<string> clause)
    {
        if (applies)
        {
            clauses.Add(clause());
        }
    }

    private static bool Moved(Arithmetic a) => a.EffectiveDueAt is { } effective && effective != a.DueAt;

    private static IEnumerable<string> Reasons(Arithmetic a, string pauses, string gaps)
    {
        if (a.Pauses.Any(p => p.Deducted && p.From < a.EffectiveDueAt))
        {
            yield return pauses;
        }

        if (a.Reopens.Any(r => !r.GapCounts && r.ResolvedAt < a.EffectiveDueAt))
        {
            yield return gaps;
        }
    }

    private static string ZhField(string field) => field switch
    {
        Corrected.Reported => "接报时间",
        Corrected.Occurred => "发生时间",
        Corrected.Category => "类别",
        Corrected.Severity => "严重程度",
        _ => field,
    };

    private static string EnField(string field) => field switch
    {
        Corrected.Reported => "report received",
        Corrected.Occurred => "occurred at",
        _ => field,
    };

    private static string Times(int n) => n == 1 ? "once" : $"{n} times";
}
