using IncidentDesk.Alerts;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// Where the link of a message leads: what the message said, and how the ticket stands now, without signing in. Opening it changes nothing, since chat programs open links by
/// themselves; 已知悉 is a form, and only for whom the alert was sent to and who has signed in.
/// </summary>
[AllowAnonymous]
internal sealed class AlertPage : DeskPage
{
    /// <summary>The sealed link.</summary>
    [BindProperty(SupportsGet = true, Name = "k")]
    public string? Key { get; set; }

    /// <summary>What it is about.</summary>
    public LinkedAlert Linked { get; private set; } = null!;

    /// <summary>The ticket's number.</summary>
    public string Number => new IncidentNumber(Linked.Desk.Installation.NumberPrefix, Linked.Ticket.Key).ToString();

    /// <summary>The address of this page below the path base.</summary>
    public string Local => "/alert?k=" + Uri.EscapeDataString(Key ?? "");

    /// <summary>The same, as a browser asks for it.</summary>
    public string Here => Url.Content("~" + Local);

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadAlertLink(Who, Key));
        Linked = outcome.Value!;
        return outcome.Refused;
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>已知悉.</summary>
    public async Task<IActionResult> OnPost()
    {
        if (Who is not { MustFirst: null })
        {
            return RedirectToPage("/SignIn", new { returnUrl = Local });
        }

        if (await Load() is not null || Linked.Mine is not { } mine)
        {
            return await Show(new Refusal("alert_not_found", "k", "这条提醒不是发给您的。", "This alert was not sent to you."));
        }

        var outcome = await Send(new Acknowledge(By, mine.Alert));
        return outcome.Refused is { } refused ? await Show(refused) : LocalRedirect(Here + "&done=acknowledged");
    }
}
