using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>One's own tokens and sessions: make, see when they were last used, revoke.</summary>
internal sealed class TokensPage : DeskPage
{
    /// <summary>Tokens and wall screens, newest first.</summary>
    public IReadOnlyList<CredentialRow> Tokens { get; private set; } = [];

    /// <summary>Sessions and known devices, newest first.</summary>
    public IReadOnlyList<CredentialRow> Sessions { get; private set; } = [];

    /// <summary>The token just made, with its secret.</summary>
    public AddedToken? Made { get; private set; }

    /// <summary>The rights that the person has to give.</summary>
    public IEnumerable<Right> Rights => Enum.GetValues<Right>().Where(May);

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var all = (await Send(new ListTokens(By))).ToLookup(c => c.Kind is CredentialRow.Token or CredentialRow.Display);
        (Tokens, Sessions) = ([.. all[true]], [.. all[false]]);
        return null;
    }

    /// <summary>Shows them.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Makes one.</summary>
    public async Task<IActionResult> OnPost(string? name, string? days, List<string> scopes, bool display)
    {
        var outcome = await Send(new AddToken(
            By, By.Person.Id, name ?? "", scopes, int.TryParse(days, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : 0, display));
        (Made, IsTaken) = (outcome.Value, outcome.Refused is null);
        return await Show(outcome.Refused);
    }

    /// <summary>Revokes one.</summary>
    public async Task<IActionResult> OnPostRevoke(string? id)
    {
        var outcome = await Send(new RevokeToken(By, id ?? ""));
        return outcome.Refused is { } refused ? await Show(refused) : Done("revoked");
    }

    /// <summary>What a token may, in words.</summary>
    public static string Scopes(CredentialRow token, Words words) =>
        token.Kind == CredentialRow.Display ? words["大屏看板", "wall screen"]
        : token.Scopes.Length == 0 ? words["本人全部权限", "all of mine"]
        : string.Join(words["、", ", "], (Roles.ParseScopes(token.Scopes.Split(',')) ?? new HashSet<Right>()).Order().Select(words.Of));

    /// <summary>What kind of session it is.</summary>
    public static string Kind(CredentialRow row, Words words) =>
        (row.Kind == CredentialRow.Device ? words["已通过二次验证的设备", "device that passed the second factor"] : words["登录", "session"])
        + (row.Name == "phone" ? words["(手机)", " (phone)"] : words["(电脑)", " (computer)"]);
}
