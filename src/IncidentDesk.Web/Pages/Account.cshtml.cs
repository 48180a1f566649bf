using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>Who is signed in, when they were last, and what opens their account.</summary>
internal sealed class AccountPage : DeskPage
{
    /// <summary>The person's account.</summary>
    public OwnAccount Account { get; private set; } = null!;

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        Account = await Send(new ReadOwnAccount(By));
        return null;
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();
}
