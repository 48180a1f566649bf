using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Reference;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>规则与基础数据: the lists, or the codes of one, and the versions that wait for a second person.</summary>
internal sealed class RulesPage : DeskPage
{
    /// <summary>The list whose codes are shown; empty: all lists.</summary>
    [BindProperty(SupportsGet = true)]
    public string? List { get; set; }

    /// <summary>A code that somebody wants to add.</summary>
    [BindProperty(SupportsGet = true)]
    public string? NewCode { get; set; }

    /// <summary>The lists.</summary>
    public IReadOnlyList<ListView> Lists { get; private set; } = [];

    /// <summary>The codes of the list.</summary>
    public IReadOnlyList<CodeView> Codes { get; private set; } = [];

    /// <summary>What waits for a second person.</summary>
    public IReadOnlyList<RequestView> Pending { get; private set; } = [];

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var lists = await Send(new ListReference(By));
        if (lists.Refused is { } hidden)
        {
            return hidden;
        }

        Lists = lists.Value!;
        Pending = [.. ((await Send(new ListRequests(By))).Value ?? []).Where(r => r.Version is { Version: var v } && (string.IsNullOrEmpty(List) || v.List == List))];
        if (!string.IsNullOrEmpty(List))
        {
            var codes = await Send(new ReadCodes(By, List));
            (Codes, var unknown) = (codes.Value ?? [], codes.Refused);
            return unknown;
        }

        return null;
    }

    /// <summary>Shows them, or leads to the form of a new code.</summary>
    public async Task<IActionResult> OnGet() => !string.IsNullOrWhiteSpace(NewCode) && !string.IsNullOrEmpty(List) ? LocalRedirect(Url.Content(At(List, NewCode.Trim()))) : await Show();

    /// <summary>The address of a code; links made of routes come in small letters, and codes do not.</summary>
    public static string At(string list, string code) => $"~/rules/{Uri.EscapeDataString(list)}/{Uri.EscapeDataString(code)}";
}
