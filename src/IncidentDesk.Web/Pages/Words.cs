using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using Microsoft.Extensions.Primitives;

namespace IncidentDesk.Web.Pages;

/// <summary>The language of one request: zh-CN, or English where the cookie <c>desk_lang</c> says so. Both stand beside each other wherever words are written.</summary>
internal sealed class Words(IHttpContextAccessor here, DeskSettings settings)
{
    /// <summary>The cookie that holds <c>en</c> or <c>zh</c>; no secret, and kept for a year.</summary>
    public const string Cookie = "desk_lang";

    private readonly Zone zone = Zone.Find(settings.Zone)!;

    /// <summary>The installation's zone, in which a form's times are written.</summary>
    public Zone Zone => zone;

    /// <summary>Whether it is English.</summary>
    public bool English { get; } = here.HttpContext?.Request.Cookies[Cookie] == "en";

    /// <summary>The value of <c>lang</c>.</summary>
    public string Language => English ? "en" : "zh-CN";

    /// <summary>The words of the language.</summary>
    public string this[string zh, string en] => English ? en : zh;

    /// <summary>The sentence of a refusal.</summary>
    public string Of(Refusal refusal) => this[refusal.Zh, refusal.En];

    /// <summary>What the desk is called.</summary>
    public string Desk => this[settings.District + " · 故障工单", "Incident Desk · " + settings.District];

    /// <summary>A time on the installation's wall clock, to the second; a dash for none.</summary>
    public string Time(DateTimeOffset? at) => at is { } time ? zone.Local(Instant.Of(time)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "—";

    /// <summary>A time to the minute, without its year.</summary>
    public string Minute(Instant at) => zone.Local(at).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The last whole day before an exclusive end, as a form shows it.</summary>
    public string LastDay(DateTimeOffset? end) => end is { } time ? Day(time.AddSeconds(-1)) : "";

    /// <summary>The day of an instant.</summary>
    public string Day(DateTimeOffset at) => zone.DayOf(Instant.Of(at)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The first instant of a day that a form gave as yyyy-MM-dd, or of the one after; null where it is no day.</summary>
    public DateTimeOffset? Start(string? day, bool next = false) =>
        DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 2000 and < 2100
            ? zone.StartOf(date.AddDays(next ? 1 : 0)).ToUtc() : null;

    /// <summary>Roles by their codes, in words.</summary>
    public string Roles(string codes) => string.Join(this["、", ", "], (People.Roles.Parse(codes) ?? new HashSet<Role>()).Order().Select(Of));

    /// <summary>A role.</summary>
    public string Of(Role role) => role switch
    {
        Role.Staff => this["驻点人员", "on-site staff"],
        Role.Handler => this["承办人", "handler"],
        Role.Approver => this["审批人(值班长)", "approver (duty lead)"],
        Role.Officer => this["绩效经办人", "performance officer"],
        Role.Admin => this["系统管理员", "administrator"],
        Role.Auditor => this["安全审计员", "security auditor"],
        _ => this["核查人员", "evaluator"],
    };

    /// <summary>A right, as the scope of a token.</summary>
    public string Of(Right right) => right switch
    {
        Right.Log => this["登记工单及提出申请", "log incidents and ask"],
        Right.Handle => this["响应、处理完成", "respond and resolve"],
        Right.Explain => this["填写超时说明", "explain breaches"],
        Right.Approve => this["审批、派单", "approve and dispatch"],
        Right.Read => this["查看工单", "read incidents"],
        Right.Report => this["查看报表", "read reports"],
        Right.Watch => this["查看预警运行状态", "see how the watch does"],
        Right.Import => this["导入台账", "import ledgers"],
        Right.People => this["管理人员账号", "administer accounts"],
        Right.WriteRules => this["拟订规则和基础数据", "write rules and reference data"],
        Right.PreviewRules => this["预览规则变更", "preview changes of rules"],
        Right.Reveal => this["查看报告人完整信息", "reveal reporters"],
        Right.Audit => this["查看安全日志", "read the security log"],
        Right.Acknowledge => this["对预警标记已知悉", "acknowledge alerts"],
        _ => People.Roles.ScopeOf(right),
    };

    /// <summary>What was done, where the address says so; null for what is none of ours.</summary>
    public string? Done(string? done) => done switch
    {
        "signed_out" => this["已退出登录。", "You are signed out."],
        "password_changed" => this["口令已修改，其他登录均已退出。", "The password is changed; all your other sessions have ended."],
        "revoked" => this["已撤销。", "Revoked."],
        "changed" => this["已保存。该人员现有的登录已退出，须重新登录。", "Saved. The person's sessions have ended; they sign in again."],
        "disabled" => this["账号已停用，其登录和令牌均已失效。", "The account is disabled; its sessions and tokens have ended."],
        "enabled" => this["账号已启用。", "The account is enabled."],
        "deputy_set" => this["代批已设定。", "The deputy is set."],
        "logged" when Number is { } number => this[$"已登记，单号 {number}。", $"Logged as {number}."],
        "respond" => this["响应已登记。", "The response is recorded."],
        "resolve" => this["已登记处理完成。", "The incident is resolved."],
        "reopen" => this["工单已重开。", "The incident is open again."],
        "resume" => this["已恢复计时。", "The pause has ended."],
        "accept" => this["已签收。", "You have accepted the job."],
        "return" => this["已退单，请等待改派；时钟不停。", "The job is given back; its clock runs on."],
        "assign" => this["已派单。", "Assigned."],
        "note" => this["备注已保存。", "The note is kept."],
        "explain" => this["超时说明已保存。", "The explanation is kept."],
        "asked" => this["申请已提交，须由另一人审批；批准前时钟照常走。", "Asked. A second person decides; until then the clock goes on."],
        "approved" => this["已批准。", "Approved."],
        "rejected" => this["申请已退回。", "The request is rejected."],
        "handed_over" => this["交接已办理，请打印交接表并双方签字。", "Handed over. Print the list and sign it, both of you."],
        "accepted" => this["已全部签收。", "All accepted."],
        "acknowledged" => this["已记录您知悉该提醒；工单时限照常计时。", "Noted that you know. The incident's clock goes on."],
        "attached" => this["附件已上传。", "The file is attached."],
        "attachment_withdrawn" => this["附件已撤回。", "The attachment is withdrawn."],
        "deputy_ended" => this["代批已结束。", "The deputy's time has ended."],
        _ => null,
    };

    /// <summary>The number of the incident that the page is about; null on other pages.</summary>
    private string? Number => here.HttpContext?.Request.RouteValues["number"] as string;

    /// <summary>Sets the cookie.</summary>
    public static void Choose(HttpContext http, StringValues to) => http.Response.Cookies.Append(Cookie, to == "en" ? "en" : "zh", new CookieOptions
    {
        HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
    });
}
