using System.Globalization;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Alerts;

/// <summary>An alert in words. It names the ticket by its number only: a message may end on anybody's screen.</summary>
public static class AlertWords
{
    /// <summary>One paragraph in zh-CN and in English. <paramref name="paused"/>: inside a pause that does not stop the clock (D8).</summary>
    public static (string Zh, string En) Of(OwedAlert alert, string number, Zone zone, bool paused)
    {
        var (zh, en) = Say(alert.Head, number, zone);
        if (alert.Missed.Count > 0)
        {
            zh += $"另有 {alert.Missed.Count} 项提醒的时点已过，现一并告知：{string.Join("、", alert.Missed.Select(s => $"{Name(s).Zh}({Zh(s.At, zone)})"))}。";
            en += $" {alert.Missed.Count} more have passed unannounced: {string.Join(", ", alert.Missed.Select(s => $"{Name(s).En} ({En(s.At, zone)})"))}.";
        }

        return paused ? (zh + "该工单已登记客观原因，暂停不扣时。", en + " A reason is on record; the pause does not stop the clock.") : (zh, en);
    }

    private static (string Zh, string En) Say(StepDue s, string number, Zone zone)
    {
        var (zh, en) = (Zh(s.DueAt, zone), En(s.DueAt, zone));
        return (s.Timer, s.Kind) switch
        {
            (LadderTimer.Resolution, StepKind.Before) =>
                ($"工单 {number} 应于 {zh} 前处理完成，请抓紧办理。", $"Incident {number} is due by {en}."),
            (LadderTimer.Resolution, StepKind.Repeat) =>
                ($"超时催办(第 {s.Nth} 次)：工单 {number} 应于 {zh} 前处理完成，至今未办结，请督促办理。", $"Reminder {s.Nth}: incident {number} was due by {en} and is still open."),
            (LadderTimer.Resolution, _) =>
                ($"工单 {number} 已超时：应于 {zh} 前处理完成，至今未办结，请立即处理。", $"Incident {number} is breached: it was due by {en} and is still open."),
            (LadderTimer.Response, StepKind.Breach) =>
                ($"工单 {number} 响应已超时：应于 {zh} 前首次响应，请立即联系报告人。", $"Incident {number} has had no response; it was due by {en}."),
            (LadderTimer.Response, _) =>
                ($"工单 {number} 应于 {zh} 前首次响应，请尽快联系报告人。", $"Incident {number} must be responded to by {en}."),
            _ => ($"工单 {number} 的内部延期已于 {zh} 到期；延期不改变考核时限。", $"The extension of incident {number} ended {en}; it never moved the official due time."),
        };
    }

    private static (string Zh, string En) Name(StepDue s) => (s.Timer, s.Kind) switch
    {
        (LadderTimer.Resolution, StepKind.Before) => ($"到期前{SentenceTimes.Zh(s.Amount)}提醒", $"{SentenceTimes.En(s.Amount)} before due"),
        (LadderTimer.Resolution, StepKind.Repeat) => ($"第 {s.Nth} 次超时催办", $"reminder {s.Nth}"),
        (LadderTimer.Resolution, _) => ("超时告警", "breach"),
        (LadderTimer.Response, StepKind.Breach) => ("响应超时告警", "response breach"),
        (LadderTimer.Response, _) => ($"响应时限已过{s.Amount}%提醒", $"{s.Amount} % of the response limit"),
        _ => ("内部延期到期提醒", "end of the extension"),
    };

    private static string Zh(Instant at, Zone zone) => zone.Local(at).ToString(at.Seconds % 60 == 0 ? "M月d日 HH:mm" : "M月d日 HH:mm:ss", CultureInfo.InvariantCulture);

    private static string En(Instant at, Zone zone) => zone.Local(at).ToString(at.Seconds % 60 == 0 ? "d MMM HH:mm" : "d MMM HH:mm:ss", CultureInfo.InvariantCulture);
}
