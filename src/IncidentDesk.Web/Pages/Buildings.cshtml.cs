using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reference;
using IncidentDesk.Reports;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>楼栋、类型、镇街 of a month, and what comes back.</summary>
internal sealed class BuildingsPage(DeskSettings settings, TimeProvider clock) : ReportPage(settings, clock)
{
    /// <summary>The month asked for, yyyy-MM; empty: the one that it is.</summary>
    [BindProperty(SupportsGet = true, Name = "month")]
    public string? Asked { get; set; }

    /// <summary>Within how many days something comes back.</summary>
    [BindProperty(SupportsGet = true)]
    public int Days { get; set; } = BuildingsView.Windows[0];

    /// <summary>The month that is shown.</summary>
    public Month Month { get; private set; }

    /// <summary>What is shown; null where it cannot be had.</summary>
    public BuildingsView? View { get; private set; }

    /// <inheritdoc/>
    public override string Here => "/buildings";

    /// <inheritdoc/>
    protected internal override Task<Refusal?> Load()
    {
        var known = Domain.Sla.Month.TryParse(string.IsNullOrEmpty(Asked) ? Now.ToString() : Asked, out var month);
        Month = known ? month : Now;
        Refused = known ? null : new Refusal("bad_month", "month", "月份应为 yyyy-MM。", "The month is yyyy-MM.");
        return Ask<BuildingsView>((_, _) => new ReadBuildings(By, Month, Scope, Days), view => View = view);
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>A town's name.</summary>
    public string Town(string? code, Words words) => code is null ? words["未登记镇街", "no town recorded"] : Name(View!.Desk, ReferenceList.Town, code, null, words);

    /// <summary>A category's name.</summary>
    public string Category(string code, Words words) =>
        Name(View!.Desk, Scope == Domain.Incidents.Scope.System ? ReferenceList.SystemType : ReferenceList.RentalType, code, null, words);

    /// <summary>A building by its key, which begins with the town's code.</summary>
    public string Building(string key, Words words) =>
        key.IndexOf(' ', StringComparison.Ordinal) is > 0 and var gap ? Town(key[..gap], words) + words["", " "] + key[(gap + 1)..] : key;
}
