using IncidentDesk.Accounts;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>Ends the session. By a form only: no link and no picture signs anybody out.</summary>
internal sealed class SignOutPage : DeskPage
{
    /// <summary>Whoever types the address is where the button stands.</summary>
    public IActionResult OnGet() => RedirectToPage("/Index");

    /// <summary>Ends it.</summary>
    public async Task<IActionResult> OnPost()
    {
        await Send(new SignOut(By));
        SessionCookie.Clear(HttpContext);
        return Done("signed_out", "/SignIn");
    }
}
