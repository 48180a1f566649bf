using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>One's own new password; where the present one must be changed first, the only page there is.</summary>
internal sealed class PasswordPage(DeskSettings settings) : DeskPage
{
    private static readonly Refusal Differs = new("passwords_differ", "again", "两次输入的新口令不一致。", "The two new passwords differ.");

    /// <summary>The shortest password.</summary>
    public int Length => settings.Accounts.PasswordLength;

    /// <summary>The empty form.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Changes it.</summary>
    public async Task<IActionResult> OnPost(string? old, string? password, string? again)
    {
        var refused = password != again ? Differs : (await Send(new ChangePassword(By, old ?? "", password ?? ""))).Refused;

        // A second factor that is still to be set up is asked for by the door.
        return refused is null ? Done("password_changed", "/Index") : await Show(refused);
    }
}
