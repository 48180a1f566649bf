using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Reference;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>Looks for incidents, closed ones too. A number typed in full leads to its incident at once.</summary>
internal sealed class SearchPage : DeskPage
{
    /// <summary>A number of ours, or of a source.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Number { get; set; }

    /// <summary>In title, description, notes, what was done.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Words { get; set; }

    /// <summary>Street and plate, or a part of it.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Place { get; set; }

    /// <summary>Who has the job or logged it: id, or a part of the name.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Person { get; set; }

    /// <summary>Code of the category.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Category { get; set; }

    /// <summary>Code of the town.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Town { get; set; }

    /// <summary>First day of logging, yyyy-MM-dd.</summary>
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    /// <summary>Last day.</summary>
    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    /// <summary>Where to go on.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>What was found; null before anything was asked, and where it was refused.</summary>
    public FoundIncidents? Found { get; private set; }

    /// <summary>The lists to choose from.</summary>
    public Desk Desk { get; private set; } = null!;

    /// <summary>Whether anything was asked.</summary>
    public bool IsAsked => Request.Query.Count > 0;

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        Desk = await HttpContext.RequestServices.GetRequiredService<DeskCache>().Get(HttpContext.RequestServices.GetRequiredService<DeskDb>(), HttpContext.RequestAborted);
        return By.Lacks(Right.Read);
    }

    /// <summary>Shows the form, and what was found.</summary>
    public async Task<IActionResult> OnGet()
    {
        if (!IsAsked || await Load() is not null)
        {
            return await Show();
        }

        var number = Some(Number);
        if (number is not null && Whole(number) is { } exact && (await Send(new ReadIncident(By, exact))).Refused is null or { Code: "not_your_place" })
        {
            return LocalRedirect("~/incidents/" + exact);
        }

        var (from, to) = (Day(From), Day(To));
        var wrong = Some(From) is not null && from is null ? new Refusal("bad_day", "from", "请填写日期，如 2026-05-03。", "A day is like 2026-05-03.")
            : Some(To) is not null && to is null ? new Refusal("bad_day", "to", "请填写日期，如 2026-05-03。", "A day is like 2026-05-03.") : null;
        if (wrong is not null)
        {
            return await Show(wrong);
        }

        var outcome = await Send(new SearchIncidents(By, number, Some(Words), Some(Place), Some(Person), Some(Category), Some(Town), from, to, Some(Cursor)));
        Found = outcome.Value;
        return await Show(outcome.Refused);
    }

    /// <summary>The address of the next page.</summary>
    public string Next(string cursor) => "~/search?" + string.Join('&', Request.Query.Where(q => q.Key != "cursor").Append(new("cursor", cursor))
        .Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value.ToString())}"));

    /// <summary>The state of a row that may be closed.</summary>
    public (string Class, string Sign, string Name) State(BoardRow row, Words words) => Found!.Ends[row.Key] switch
    {
        { ExcludedAs: "void" } => ("paused", "×", words["已作废", "void"]),
        { ExcludedAs: not null } => ("paused", "×", words["已合并", "merged"]),
        { ResolvedAt: not null } when row.BreachesAt is not null => ("overdue", "✓", words["已办结(超时)", "resolved late"]),
        { ResolvedAt: not null } => ("normal", "✓", words["已办结", "resolved"]),
        _ => (row.State(Found.Now), BoardWords.Sign(row.State(Found.Now)), words.State(row.State(Found.Now))),
    };

    /// <summary>A number as people type it: full-width digits, lower case, with or without the prefix; null where it is none of ours.</summary>
    private string? Whole(string typed)
    {
        var prefix = Desk.Installation.NumberPrefix;
        var narrow = Import.BuildingKey.Normal(typed).ToUpperInvariant();
        return new[] { narrow, prefix + narrow }.FirstOrDefault(n => IncidentNumber.TryParse(prefix, n, out _));
    }

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 2100 ? day : null;

    private static string? Some(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
