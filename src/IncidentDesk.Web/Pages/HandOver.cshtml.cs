using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>值班交接: what the reader has open, given to the next shift with one form, and then the list that both sign; and what was given to the reader, accepted with one.</summary>
internal sealed class HandOverPage : DeskPage
{
    /// <summary>Who took over, of a hand-over that is shown.</summary>
    [BindProperty(SupportsGet = true, Name = "to")]
    public string? To { get; set; }

    /// <summary>When, in seconds since 1970.</summary>
    [BindProperty(SupportsGet = true, Name = "at")]
    public long? At { get; set; }

    /// <summary>The lists.</summary>
    public HandOverView View { get; private set; } = null!;

    /// <summary>Who can take over.</summary>
    public IEnumerable<Actor> Next { get; private set; } = [];

    /// <summary>Given to the reader and not accepted yet.</summary>
    public IReadOnlyList<HandOverLine> ToAccept => [.. View.Mine.Where(l => l.Row.Handler == By.Person.Id && !l.Accepted)];

    /// <summary>Whether a hand-over is shown, to be printed and signed.</summary>
    public bool IsSheet => !IsPosted && To is not null && At is not null && View.To is not null;

    /// <summary>When the hand-over took place.</summary>
    public Instant Since => new(At ?? 0);

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadHandOver(By, To, At is { } at and > 0 and < 32_000_000_000 ? new Instant(at) : null));
        View = outcome.Value!;
        Next = outcome.Refused is null ? ((await Send(new ReadAssignees(By))).Value ?? []).Where(p => p.Id != By.Person.Id) : [];
        return outcome.Refused;
    }

    /// <summary>Shows them.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Hands over.</summary>
    public async Task<IActionResult> OnPost(string? note)
    {
        var outcome = await Send(new HandOver(By, To ?? "", note, FormKey.Of(Request, By.Person.Id, "/hand-over")));
        return outcome.Value is { } done
            ? RedirectToPage("/HandOver", null, new { to = done.To, at = Instant.Of(done.At).Seconds.ToString(CultureInfo.InvariantCulture), done = "handed_over" })
            : await Show(outcome.Refused);
    }

    /// <summary>Accepts all that was given to the reader; one that went on meanwhile keeps no other.</summary>
    public async Task<IActionResult> OnPostAccept()
    {
        if (await Load() is { } hidden)
        {
            return await Show(hidden);
        }

        foreach (var line in ToAccept)
        {
            await Send(new AcceptAssignment(By, line.Number.ToString()));
        }

        return RedirectToPage("/HandOver", null, new { done = "accepted" });
    }
}
