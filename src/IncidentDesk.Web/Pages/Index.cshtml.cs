using IncidentDesk.Accounts;
using IncidentDesk.Alerts;
using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>The board: open incidents by the time that is left. Whoever reads no incidents finds here where they may go.</summary>
internal sealed class IndexPage : DeskPage
{
    /// <summary>What a sign-in leaves for the first page that follows it.</summary>
    public const string JustSignedIn = "signed_in";

    /// <summary>overdue, soon, paused, unanswered; empty: all.</summary>
    [BindProperty(SupportsGet = true)]
    public string? State { get; set; }

    /// <summary>rental or system; empty: both.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    /// <summary>Code of a town; empty: all.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Town { get; set; }

    /// <summary>Only what is assigned to the caller.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Mine { get; set; }

    /// <summary>Where to go on.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>The board; null for whoever reads no incidents.</summary>
    public BoardView? Board { get; private set; }

    /// <summary>What is wrong with the watch, for whoever sees no board.</summary>
    public IReadOnlyList<string> Wrong { get; private set; } = [];

    /// <summary>The account, once after signing in: the sign-in before, and what failed since.</summary>
    public OwnAccount? SignedIn { get; private set; }

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        SignedIn = TempData[JustSignedIn] is not null ? await Send(new ReadOwnAccount(By)) : null;
        if (!May(Right.Read))
        {
            Wrong = May(Right.Watch) ? await Send(new ReadPulse()) : [];
            return null;
        }

        var outcome = await Send(new ReadBoard(By, new BoardFilter(Some(State), Some(Kind), Some(Town), Mine), Some(Cursor)));
        Board = outcome.Value;
        return outcome.Refused;
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    private static string? Some(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
