using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// Logs a fault, with what was done on the spot. What should be known first (call 119; the building had three of late) is asked before anything is stored. The script that
/// keeps faults while there is no network sends the same form and reads JSON.
/// </summary>
internal sealed class LogPage(Words words, TimeProvider clock) : DeskPage
{
    private static readonly Refusal SentBefore = new(
        "form_sent_before", "form", "这张表单此前已登记成功，而现在的内容与已登记的不同。同一故障请到该工单中补充；若是另一起故障，请再按一次「登记」。",
        "This form was logged before, with other content. If it is the same fault, add to that ticket; if it is another one, press “Log” once more.");

    /// <summary>Whether it begins as the caller's last one (同上).</summary>
    [BindProperty(SupportsGet = true)]
    public string? Same { get; set; }

    /// <summary>What there is to choose from.</summary>
    public LogForm Form { get; private set; } = null!;

    /// <summary>What the caller should know before it is stored; null where nothing is asked.</summary>
    public BeforeLogging? Ask { get; private set; }

    /// <summary>The key of the form: the same for as long as it is the same fault.</summary>
    public string Key => IsPosted && Refused != SentBefore && Typed("key") is { Length: > 0 } key ? key : Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadLogForm(By));
        Form = outcome.Value!;
        return outcome.Refused;
    }

    /// <summary>What stands in a field: as typed, else as the last one was where that was asked for, else what is usual.</summary>
    public string? Value(string name) => IsPosted ? Typed(name) : (name, Same is null ? null : Form.Last) switch
    {
        ("kind", _) => (Form.Last?.Details.Kind ?? FaultKind.Rental).Code(),
        ("basis", null) => "phone",
        ("town", null) => Form.Places is [var latest, ..] ? latest.Town : null,
        ("way", _) => "on_site",
        ("servicePoint", null) => Form.ServicePoint,
        (_, null) => null,
        ("basis", var last) => last.Details.Basis?.Code,
        ("category", var last) => last.Details.Category.Code,
        ("system", var last) => last.Details.System?.Code,
        ("town", var last) => last.Place.Town,
        ("address", var last) => last.Place.Address,
        ("room", var last) => last.Place.Room,
        ("description", var last) => last.Description,
        ("servicePoint", var last) => last.Details.ServicePoint,
        _ => null,
    };

    /// <summary>The form.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>For the script, before it sends what has waited: who is signed in now, and what shows that a form is one of ours.</summary>
    public IActionResult OnGetReady([FromServices] IAntiforgery forgery) =>
        new JsonResult(new { person = By.Person.Id, name = By.Person.Name, may = May(Right.Log), token = forgery.GetAndStoreTokens(HttpContext).RequestToken });

    /// <summary>For the script, while the address is typed: what the building had of late.</summary>
    public async Task<IActionResult> OnGetNear(string? town, string? address)
    {
        var outcome = await Send(new LookBeforeLogging(By, "rental", null, "", town, address));
        return outcome.Refused is { } refused ? Answer(refused) : new JsonResult(Told(outcome.Value!));
    }

    /// <summary>Logs it.</summary>
    public async Task<IActionResult> OnPost()
    {
        var (fault, refused) = new TypedFault(Request.Form, words.Zone, Instant.Of(clock.GetUtcNow())).Read(By);
        if ((refused ?? OpenedByAnother()) is { } no)
        {
            return await Refuse(no);
        }

        var look = await Send(new LookBeforeLogging(By, fault!.Kind, fault.Category, fault.Severity, fault.Town, fault.Address, fault.Idempotency));
        if (look.Value is { } known && Unasked(known) is { } ask)
        {
            Ask = ask;
            return ByScript ? new JsonResult(new { code = "ask", urgent = ask.Urgent, near = Told(ask) }) { StatusCode = StatusCodes.Status409Conflict } : await Show();
        }

        var outcome = await Send(fault);
        var at = Url.Content($"~/incidents/{outcome.Value?.Number}?done=logged");
        return outcome.Refused is { } wrong ? await Refuse(wrong.Code == "idempotency_key_reused" ? SentBefore : wrong)
            : ByScript ? new JsonResult(new { number = outcome.Value!.Number, at }) : Redirect(at);
    }

    /// <summary>What has been asked by now, to be sent along.</summary>
    public IEnumerable<string> Asked => Request.Form["asked"].OfType<string>().Concat(Ask is { Urgent: true } ? ["p1"] : []).Concat(Ask is { Near.Count: > 0, Building: { } here } ? [here] : []).Distinct();

    /// <summary>What of it the sender has not been asked yet. Who had no network could not be told of the building's tickets.</summary>
    private BeforeLogging? Unasked(BeforeLogging known)
    {
        var asked = Request.Form["asked"];
        var ask = known with { Urgent = known.Urgent && !asked.Contains("p1"), Near = asked.Contains("offline") || asked.Contains(known.Building) ? [] : known.Near };
        return ask is { Urgent: false, Near.Count: 0 } ? null : ask;
    }

    /// <summary>A form that one person opened is not logged under the name of the next one on the same phone.</summary>
    private Refusal? OpenedByAnother() => Request.Form["person"].ToString() is var person && (person.Length == 0 || person == By.Person.Id) ? null : new Refusal(
        "other_person", "form", $"本页是另一人({person})登录时打开的。再按一次「登记」，将以您({By.Person.Name})的名义登记。", $"Somebody else ({person}) opened this page. Press “Log” once more to log it under your name ({By.Person.Name}).");

    private bool ByScript => Request.Headers.Accept.ToString().StartsWith("application/json", StringComparison.Ordinal);

    private async Task<IActionResult> Refuse(Refusal refused)
    {
        var shown = await Show(refused);
        return ByScript ? Answer(refused) : shown;
    }

    private JsonResult Answer(Refusal refused) => new(new { code = refused.Code, field = refused.Field, said = words.Of(refused) }) { StatusCode = Problems.StatusOf(refused) };

    private object Told(BeforeLogging known) => new
    {
        building = known.Building,
        said = NearWords(known),
        tickets = known.Near.Take(5).Select(t => new { number = t.Number, said = Line(t), at = Url.Content("~/incidents/" + t.Number) }),
    };

    /// <summary>How many there were, as a question.</summary>
    public string NearWords(BeforeLogging known) => words[
        $"本栋近{BeforeLogging.Days}天 {known.Near.Count} 单，疑似重复？", $"{known.Near.Count} ticket{(known.Near.Count == 1 ? "" : "s")} of this building in the last {BeforeLogging.Days} days: the same fault?"];

    /// <summary>One of them.</summary>
    public string Line(NearFault ticket) => $"{words[ticket.CategoryZh, ticket.CategoryEn]} · {words.Minute(ticket.ReportedAt)} · {(ticket.Resolved ? words["已办结", "resolved"] : words["未办结", "open"])}";
}
