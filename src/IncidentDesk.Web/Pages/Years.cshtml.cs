using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reports;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>年度时效: twelve months in one table, and the year's indicator, which is the official one.</summary>
internal sealed class YearsPage(DeskSettings settings, TimeProvider clock) : ReportPage(settings, clock)
{
    /// <summary>The year asked for; empty: the one that it is.</summary>
    [BindProperty(SupportsGet = true, Name = "year")]
    public string? Asked { get; set; }

    /// <summary>The year that is shown.</summary>
    public int Year { get; private set; }

    /// <summary>What is shown; null where the times asked for cannot be had.</summary>
    public YearView? View { get; private set; }

    /// <inheritdoc/>
    public override string Here => "/years/" + Year;

    /// <inheritdoc/>
    protected internal override Task<Refusal?> Load()
    {
        var year = Now.Year;
        var known = string.IsNullOrEmpty(Asked) || (Asked.Length == 4 && int.TryParse(Asked, NumberStyles.None, CultureInfo.InvariantCulture, out year) && year is >= 1900 and < 3000);
        Year = known ? year : Now.Year;
        Refused = known ? null : new Refusal("bad_year", "year", "年份应为四位数字。", "The year has four digits.");
        return Ask<YearView>((asOf, knownAt) => new ReadYear(By, Year, Scope, asOf, knownAt), view => View = view);
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>The address of the very report as a file.</summary>
    public string Export(string format) => $"/api/v1/reports/{Year}" + QueryString.Create(new Dictionary<string, string?>
    {
        ["scope"] = Scope, ["asOf"] = View!.Inputs.AsOf.ToString(), ["knownAt"] = Iso.Recorded(View.Inputs.KnownAt), ["format"] = format,
    });
}
