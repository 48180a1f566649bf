using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>Remembers the language on this browser and goes back to where the link stood.</summary>
[AllowAnonymous]
internal sealed class LanguagePage : DeskPage
{
    /// <summary>Sets it.</summary>
    public IActionResult OnGet(string? to, string? returnUrl)
    {
        Words.Choose(HttpContext, to);
        return LocalRedirect(PageDoor.Local(Url, returnUrl));
    }
}
