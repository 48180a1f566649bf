using IncidentDesk.Domain.Incidents;

namespace IncidentDesk.Alerts;

/// <summary>What the watch itself tells the operators.</summary>
internal static class Words
{
    public static (string Zh, string En) Nobody(IncidentNumber number) =>
        ($"工单 {number} 的提醒没有任何接收人，请核对人员与角色。", $"An alert of incident {number} had nobody to go to; check people and roles.");

    public static readonly (string Zh, string En) Canary = ("自检：预警链路正常。", "Canary: alerts get through.");

    public static (string Zh, string En) CannotAlert(IncidentNumber number, string why) =>
        ($"工单 {number} 无法计算提醒，请立即核验台账：{why}", $"The ladder of incident {number} cannot be read; verify the ledger: {why}");

    public static (string Zh, string En) ChannelBroken(string channel, string why) =>
        ($"预警渠道 {channel} 已不可用，须人工处理：{why}。处理后发送测试消息即可恢复；未送达的消息可重新发送。",
         $"The channel {channel} delivers nothing until somebody mends it: {why}. A test message that gets through puts it back; what it gave up can be sent again.");

    public static (string Zh, string En) CannotErase(IncidentNumber number, string why) =>
        ($"工单 {number} 的文字已到清除期限而无法清除，请核验台账：{why}", $"Texts of incident {number} are due to be erased and cannot be; verify the ledger: {why}");

    public static (string Zh, string En) Differs(IncidentNumber number, string column, object? stands, object? should) =>
        ($"夜间复算：工单 {number} 的 {column} 为 {stands ?? "空"}，按事件应为 {should ?? "空"}；未作任何改动，请核验台账。",
         $"Nightly recomputation: {column} of incident {number} is {stands ?? "empty"}, by its events {should ?? "empty"}. Nothing was changed; verify the ledger.");
}
