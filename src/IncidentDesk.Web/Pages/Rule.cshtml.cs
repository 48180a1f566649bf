using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.Jobs;
using IncidentDesk.People;
using IncidentDesk.Reference;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>A code of a list: its versions, the one that waits with what approval changes, and the form of a new one, which is previewed before it is asked for.</summary>
internal sealed class RulePage(Words words, TimeProvider clock) : DeskPage
{
    private const string Prefix = "content.";

    /// <summary>The list.</summary>
    [BindProperty(SupportsGet = true)]
    public string List { get; set; } = "";

    /// <summary>The code.</summary>
    [BindProperty(SupportsGet = true)]
    public string Code { get; set; } = "";

    /// <summary>Its versions; null for a code that has none yet.</summary>
    public CodeHistory? History { get; private set; }

    /// <summary>The version that waits for its second person.</summary>
    public RequestView? Pending { get; private set; }

    /// <summary>What the form's version would move, once it was asked.</summary>
    public VersionEffect? Effect { get; private set; }

    /// <summary>The codes that a member may be, by list.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<CodeView>> Codes { get; private set; } = new Dictionary<string, IReadOnlyList<CodeView>>();

    /// <summary>The newest version, what the form begins with.</summary>
    public ReferenceRow? Newest => History?.Versions[^1];

    /// <summary>The version seen, as the form repeats it.</summary>
    public int Seen => IsPosted && int.TryParse(Typed("seen"), out var seen) ? seen : Newest?.Version ?? 0;

    /// <summary>The day after today: the earliest valid-from.</summary>
    public string Tomorrow => words.Day(clock.GetUtcNow().AddDays(1));

    /// <summary>The form's key: a new one for a form that was not sent.</summary>
    public string Key => Typed(FormKey.Name) is { Length: > 0 } key ? key : FormKey.New();

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var history = await Send(new ReadVersions(By, List, Code));
        if (history.Refused is { } refused && !(refused.Code == "code_not_found" && May(Right.PreviewRules)))
        {
            return refused;
        }

        History = history.Value;
        Pending = ((await Send(new ListRequests(By))).Value ?? []).FirstOrDefault(r => r.Version is { Version: var v } && v.List == List && v.Code == Code);
        var codes = new Dictionary<string, IReadOnlyList<CodeView>>(StringComparer.Ordinal);
        foreach (var list in ReferenceList.MembersOf(List).Select(m => m.CodesOf).OfType<string>().Distinct())
        {
            codes[list] = (await Send(new ReadCodes(By, list))).Value ?? [];
        }

        Codes = codes;
        return null;
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Says what the version would move.</summary>
    public async Task<IActionResult> OnPost()
    {
        var outcome = await Send(new PreviewVersion(By, Draft()));
        Effect = outcome.Value;
        return await Show(outcome.Refused);
    }

    /// <summary>Asks for it.</summary>
    public async Task<IActionResult> OnPostAsk()
    {
        var outcome = await Send(new AskVersion(By, Draft(), int.TryParse(Typed("seen"), out var seen) ? seen : -1, FormKey.Of(Request, By.Person.Id, "/rules/ask")));
        return outcome.Refused is { } refused ? await Show(refused) : After("asked");
    }

    /// <summary>Approves or rejects the version that waits.</summary>
    public async Task<IActionResult> OnPostDecide([FromServices] IServiceProvider services, string? request, bool approve)
    {
        var outcome = await Send(new DecideRequest(
            By, request ?? "", approve, Typed("note"), int.TryParse(Typed("stands"), out var seen) ? seen : -1, FormKey.Of(Request, By.Person.Id, "/rules/decide")));
        if (outcome.Refused is { } refused)
        {
            return await Show(refused);
        }

        if (outcome.Value!.Version is { Approved: true })
        {
            await Schedule.RingForVersion(services, clock, HttpContext.RequestAborted);
        }

        return After(approve ? "approved" : "rejected");
    }

    /// <summary>What stands in a member's field: what was typed, or what the newest version has.</summary>
    public string Standing(string member) => IsPosted && Request.Form.ContainsKey(Prefix + member) ? Typed(Prefix + member) : Newest is { } row ? RuleWords.Of(row.Content, member) : member == "year" ? Code : "";

    private VersionDraft Draft()
    {
        var content = new Payload();
        foreach (var member in ReferenceList.MembersOf(List))
        {
            content = content.Add(member.Name, Typed(Prefix + member.Name) is { Length: > 0 } typed ? typed : null);
        }

        return new VersionDraft(List, Code, Typed("nameZh"), Typed("nameEn"), Typed("validFrom").Trim(), Typed("ended") == "true", content, Typed("note") is { Length: > 0 } note ? note : null);
    }

    private LocalRedirectResult After(string done) => LocalRedirect(Url.Content(RulesPage.At(List, Code)) + "?done=" + done);
}
