using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using IncidentDesk.People;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>等保自查: clause by clause of GB/T 22239-2019 what is set and how it stands now, and where the proof is.</summary>
internal sealed class SelfCheckPage(DeskSettings settings, TimeProvider clock) : DeskPage
{
    private SelfCheck found = null!;

    /// <summary>When it was read.</summary>
    public DateTimeOffset At { get; } = clock.GetUtcNow();

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadSelfCheck(By));
        found = outcome.Value!;
        return outcome.Refused;
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>The table.</summary>
    public IEnumerable<Line> Lines(Words t)
    {
        var (rules, https) = (settings.Accounts, Request.IsHttps);
        var (who, access, audit, data, person) = (t["身份鉴别", "Identification"], t["访问控制", "Access control"], t["安全审计", "Security audit"], t["数据保密与备份", "Data and backup"], t["个人信息保护", "Personal data"]);
        yield return new(who, t["口令有复杂度要求并定期更换", "complex passwords, changed now and then"],
            t[$"至少 {rules.PasswordLength} 个字符、三类字符，不重复最近 {AccountRules.Remembered} 次；", $"{rules.PasswordLength} characters, three classes, none of the last {AccountRules.Remembered}; "]
            + (rules.PasswordDays == 0 ? t["不要求定期更换", "never changed"] : t[$"{rules.PasswordDays} 天更换", $"changed every {rules.PasswordDays} days"]),
            rules.PasswordDays is > 0 and <= 90, t["设置 Accounts:PasswordLength、PasswordDays；安全日志「修改口令」", "Settings Accounts:PasswordLength, PasswordDays; security log"]);
        yield return new(who, t["登录失败处理", "failed sign-ins are limited"],
            t[$"连续失败 {rules.LockAfter} 次锁定 {rules.LockMinutes} 分钟；同一网络地址在 {rules.LockMinutes} 分钟内失败 {rules.LockAddressAfter} 次，暂停受理", $"{rules.LockAfter} failures lock a name for {rules.LockMinutes} minutes, {rules.LockAddressAfter} within that time an address"],
            rules is { LockAfter: <= 5, LockMinutes: >= 5 }, t["设置 Accounts:LockAfter、LockMinutes、LockAddressAfter；安全日志「登录」", "Settings Accounts:LockAfter, LockMinutes, LockAddressAfter; security log"]);
        yield return new(who, t["登录超时自动退出", "idle sessions end"],
            t[$"闲置 {rules.IdleMinutes} 分钟(驻点人员手机 {rules.StaffPhoneIdleMinutes} 分钟)，最长 {rules.SessionHours} 小时", $"after {rules.IdleMinutes} idle minutes (staff phones {rules.StaffPhoneIdleMinutes}), after {rules.SessionHours} hours in any case"],
            rules is { IdleMinutes: <= 30, StaffPhoneIdleMinutes: <= 30 }, t["设置 Accounts:IdleMinutes、StaffPhoneIdleMinutes、SessionHours", "Settings Accounts:IdleMinutes, StaffPhoneIdleMinutes, SessionHours"]);
        yield return new(who, t["鉴别信息加密传输", "credentials are encrypted on the way"],
            https ? t["本次访问经 https", "this page came by https"] : t["本次访问未经 https", "this page did not come by https"],
            https, t["设置 Web:Certificate 或 Web:KnownProxies；浏览器地址栏", "Settings Web:Certificate or Web:KnownProxies; the browser"]);
        yield return new(who, t["两种鉴别技术(三级)", "two factors (level 3)"],
            rules.SecondFactorRoles.Count == 0 ? t["未要求任何角色使用二次验证，个人可自行启用", "no role needs one; people may set one up"]
            : t[$"要求：{t.Roles(Roles.Codes(rules.SecondFactorRoles))}；其中 {found.WithoutFactor} 人尚未设置", $"needed by: {t.Roles(Roles.Codes(rules.SecondFactorRoles))}; {found.WithoutFactor} have none yet"],
            rules.SecondFactorRoles.Contains(Role.Admin) && found.WithoutFactor == 0, t["设置 Accounts:SecondFactorRoles；安全日志「启用二次验证」", "Setting Accounts:SecondFactorRoles; security log"]);
        yield return new(access, t["无默认口令，初始口令已修改", "no default passwords"],
            t[$"在用账号 {found.Accounts} 个，其中 {found.OneTime} 个尚未修改一次性口令", $"{found.Accounts} accounts, {found.OneTime} still on a one-time password"], found.OneTime == 0, t["人员；安全日志「修改口令」", "People; security log"]);
        yield return new(access, t["无多余、过期账号", "no account that is not needed"],
            t[$"{found.Idle} 个账号超过 {SelfCheck.IdleDays} 天未登录，{found.EndlessEvaluators} 名核查人员未设到期日", $"{found.Idle} not signed in for {SelfCheck.IdleDays} days, {found.EndlessEvaluators} evaluators without an end"],
            found is { Idle: 0, EndlessEvaluators: 0 }, t["人员", "People"]);
        yield return new(access, t["权限分离，申请与审批不为同一人", "separated duties"],
            t[$"能审批的有 {found.Approvers} 人；管理员不能查看和审批工单，安全日志只由审计员查看", $"{found.Approvers} can approve; administrators see and approve no incidents; only auditors read the security log"],
            found.Approvers >= PeopleView.LeastApprovers, t["人员；安全日志「越权访问」", "People; security log, “denied”"]);
        yield return new(audit, t["覆盖每个用户，记录时间、用户、事件、结果", "every user, with time, person, event and outcome"],
            found.LogSince is { } since ? t[$"最早记录 {t.Time(since)}", $"oldest entry {t.Time(since)}"] : t["尚无记录", "no entry"], found.LogSince is not null, t["安全日志", "Security log"]);
        yield return new(audit, t["留存不少于六个月", "kept for six months"],
            t[$"留存 {rules.AuditDays} 天，页面和接口均不提供删除", $"{rules.AuditDays} days; neither page nor API deletes"]
            + (settings.Syslog is { } receiver ? t[$"；另送 {receiver.Authority}", $"; sent to {receiver.Authority} as well"] : ""), rules.AuditDays >= AccountRules.LeastAuditDays, t["设置 Accounts:AuditDays、Log:Syslog", "Settings Accounts:AuditDays, Log:Syslog"]);
        yield return new(audit, t["时钟准确", "right time"],
            settings.Ntp is { } ntp ? t[$"与 {ntp.Host} 比对", $"measured against {ntp.Host}"] : t["未设置时间服务器，只与数据库比对", "no time server set; measured against the database only"],
            settings.Ntp is not null, t["设置 Clock:Ntp；报表中的时钟说明", "Setting Clock:Ntp; the reports' words on clocks"]);
        yield return new(data, t["存储保密(三级)", "secrets are encrypted at rest (level 3)"],
            settings.KeysProtected ? t["口令只存散列；二次验证密钥已加密，加密密钥受外部密钥保护", "passwords as hashes; keys of second factors encrypted, by keys protected from outside"]
            : t["口令只存散列；二次验证密钥已加密，但加密密钥与数据在同一数据库", "passwords as hashes; keys of second factors encrypted, but by keys in the same database"],
            settings.KeysProtected, t["设置 Keys:File 或 Keys:Certificate", "Setting Keys:File or Keys:Certificate"]);
        yield return new(data, t["完整性(三级)", "integrity (level 3)"], t["工单记录逐条散列成链，只追加", "events are hashed in a chain and only ever added"], true, t["命令 IncidentDesk.Worker verify", "Command IncidentDesk.Worker verify"]);
        yield return new(person, t["只采集必需信息，禁止未授权访问", "only what is needed, by right"],
            t["报告人电话可不填，列表一律脱敏；查看全文须有权限、写明理由并留痕", "phones are optional and masked; seeing one takes a right and a reason and is on record"], true, t["安全日志「查看报告人完整信息」", "Security log, “reporter revealed”"]);
    }

    /// <summary>A line of the table.</summary>
    public sealed record Line(string Clause, string Demand, string State, bool Met, string Proof);
}
