using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reports;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>月度时效: a month's report as it stands, what costs its points, and what proves it.</summary>
internal sealed class MonthsPage(DeskSettings settings, TimeProvider clock) : ReportPage(settings, clock)
{
    /// <summary>The month asked for, yyyy-MM; empty: the one that it is.</summary>
    [BindProperty(SupportsGet = true, Name = "month")]
    public string? Asked { get; set; }

    /// <summary>The month that is shown.</summary>
    public Month Month { get; private set; }

    /// <summary>What is shown; null where the times asked for cannot be had.</summary>
    public MonthView? View { get; private set; }

    /// <inheritdoc/>
    public override string Here => "/months/" + Month;

    /// <inheritdoc/>
    protected internal override Task<Refusal?> Load()
    {
        var known = Domain.Sla.Month.TryParse(string.IsNullOrEmpty(Asked) ? Now.ToString() : Asked, out var month);
        Month = known ? month : Now;
        Refused = known ? null : new Refusal("bad_month", "month", "月份应为 yyyy-MM。", "The month is yyyy-MM.");
        return Ask<MonthView>((asOf, knownAt) => new ReadMonth(By, Month, Scope, asOf, knownAt), view => View = view);
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>The address of the very report as a file: what the API gives for the two instants that the page shows.</summary>
    public string Export(string format)
    {
        var inputs = View!.Reading.Report.Inputs;
        return $"/api/v1/reports/{Month}" + QueryString.Create(new Dictionary<string, string?>
        {
            ["scope"] = Scope, ["asOf"] = inputs.AsOf.ToString(), ["knownAt"] = Iso.Recorded(inputs.KnownAt), ["format"] = format,
        });
    }
}
