using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.Pipeline;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>The wall screen: the board without names and without anything to do, by a display token that a form takes once (<see cref="WallCookie"/>).</summary>
[AllowAnonymous]
internal sealed class WallPage : DeskPage
{
    /// <summary>The board; null where the screen has no token that is in force.</summary>
    public BoardView? Board { get; private set; }

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var (by, _) = await WallCookie.Identify(HttpContext);
        if (by is null)
        {
            return null;
        }

        var outcome = await Send(new ReadBoard(by, new BoardFilter(), Limit: ReadBoard.WallRows));
        Board = outcome.Value;
        return outcome.Refused;
    }

    /// <summary>Shows the board, or the form.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Takes the token.</summary>
    public async Task<IActionResult> OnPost(string? token)
    {
        var secret = token?.Trim();
        var (by, refused) = await WallCookie.Identify(HttpContext, secret);
        if (by is null)
        {
            return await Show(refused! with { Field = "token" });
        }

        await Send(new NoteUse(by.Credential!));
        WallCookie.Write(HttpContext, secret!);
        return RedirectToPage();
    }
}
