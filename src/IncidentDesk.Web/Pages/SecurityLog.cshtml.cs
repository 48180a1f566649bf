using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>The security log, for a 安全审计员.</summary>
internal sealed class SecurityLogPage : DeskPage
{
    private const int Rows = 50;

    /// <summary>The events that can be asked for.</summary>
    public static readonly string[] Kinds =
    [
        "sign_in", "sign_out", "session", "token", "denied", "password_changed", "second_factor_on", "token_added", "display_added", "token_revoked", "person_added",
        "person_changed", "account_disabled", "account_enabled", "account_reset", "deputy_set", "deputy_ended", "reporter_revealed",
    ];

    /// <summary>Of whom; empty: everybody.</summary>
    [BindProperty(SupportsGet = true, Name = "who")]
    public string? WhoDid { get; set; }

    /// <summary>Which event; empty: all.</summary>
    [BindProperty(SupportsGet = true)]
    public string? What { get; set; }

    /// <summary>Where to go on.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>The entries.</summary>
    public SecurityPage Log { get; private set; } = null!;

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadSecurityLog(By, Some(WhoDid), Some(What), Some(Cursor), Rows));
        Log = outcome.Value!;
        return outcome.Refused;
    }

    /// <summary>Shows them.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>An event in words.</summary>
    public static string Kind(string what, Words words) => what switch
    {
        "sign_in" => words["登录", "sign-in"],
        "sign_out" => words["退出登录", "sign-out"],
        "session" => words["使用已失效的登录", "ended session shown"],
        "token" => words["使用已失效的令牌", "ended token shown"],
        "denied" => words["越权访问", "denied"],
        "password_changed" => words["修改口令", "password changed"],
        "second_factor_on" => words["启用二次验证", "second factor on"],
        "token_added" => words["生成令牌", "token made"],
        "display_added" => words["生成大屏令牌", "wall screen token made"],
        "token_revoked" => words["撤销令牌或登录", "token or session revoked"],
        "person_added" => words["增加人员", "person added"],
        "person_changed" => words["变更人员", "person changed"],
        "account_disabled" => words["停用账号", "account disabled"],
        "account_enabled" => words["启用账号", "account enabled"],
        "account_reset" => words["重置账号", "account reset"],
        "deputy_set" => words["设定代批", "deputy set"],
        "deputy_ended" => words["结束代批", "deputy ended"],
        "reporter_revealed" => words["查看报告人完整信息", "reporter revealed"],
        _ => what,
    };

    private static string? Some(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
