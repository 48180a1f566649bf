using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>One incident: its clock, what is known of it, what waits on it, and what the reader can do now.</summary>
internal sealed class OneIncidentPage(DeskSettings settings, Words words) : DeskPage
{
    /// <summary>Its number, as it is written: links come in small letters too.</summary>
    [BindProperty(SupportsGet = true, Name = "number")]
    public string Number { get; set => field = value?.ToUpperInvariant() ?? ""; } = "";

    /// <summary>The address of this page with a query. Links that are made of routes come in small letters, and a number is read aloud as it is written.</summary>
    public string At(string query) => Url.Content($"~/incidents/{Uri.EscapeDataString(Number)}?{query}");

    /// <summary>The act whose form stands open: the one that was sent, or that a link names.</summary>
    [BindProperty(SupportsGet = true, Name = "act")]
    public Act? Sent { get; set; }

    /// <summary>What is shown.</summary>
    public IncidentWork Work { get; private set; } = null!;

    /// <summary>Names of codes.</summary>
    public CodeNames Names { get; } = new(words);

    /// <summary>Whom it can be assigned to.</summary>
    public IReadOnlyList<Actor> Assignees { get; private set; } = [];

    /// <summary>The reporter, shown this once.</summary>
    public RevealedReporter? Revealed { get; private set; }

    /// <summary>Sentences of events.</summary>
    public EventWords Events => new(words, Names.Of);

    /// <summary>Whether an act's form is shown: it is allowed now, or has just been refused and nothing typed may be lost.</summary>
    public bool Shows(Act act) => Work.Acts.Contains(act) || (IsPosted && act == Sent && act != Act.Reveal && Typed("form").Length > 0);

    /// <summary>What happened since the form was shown, where that is why it was refused.</summary>
    public IEnumerable<EventRow> Meanwhile => Refused?.Code == "changed_since" ? Work.View.Events.Where(e => e.Seq > Seen) : [];

    /// <summary>The key of the form that was sent, while it is shown again; a new one for every other form.</summary>
    public string KeyOf(string form) => Typed("form") == form && Typed(FormKey.Name) is { Length: > 0 } key ? key : FormKey.New();

    /// <summary>The last event that the form's reader had seen; 0, which no incident is at, where the form does not say.</summary>
    private int Seen => int.TryParse(Typed("seen"), out var seq) ? seq : 0;

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new WorkOnIncident(By, Number));
        Work = outcome.Value!;
        if (outcome.Refused is null)
        {
            await Names.Load(Send, By);
            Assignees = Work.Acts.Contains(Act.Assign) ? (await Send(new ReadAssignees(By))).Value ?? [] : [];
        }

        return outcome.Refused;
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Sends the form of an act.</summary>
    public async Task<IActionResult> OnPost()
    {
        var form = new ActForm(Sent ?? Act.Reveal, Request.Form, By, Number, Zone.Find(settings.Zone)!, Seen, FormKey.Of(Request, By.Person.Id, $"/incidents/{Sent}"));
        var message = form.Message();
        if (message is null || form.Unread is not null)
        {
            return await Show(form.Unread is { } unread ? form.Beside(unread) : new Refusal("unknown_act", "act", "没有此项操作。", "There is no such act."));
        }

        var outcome = await Send(message);
        return outcome.Refused is { } no ? await Show(form.Beside(no)) : After(outcome.Value!.RequestId is null ? Sent!.Value.ToString().ToLowerInvariant() : "asked");
    }

    /// <summary>Approves or rejects a request.</summary>
    public async Task<IActionResult> OnPostDecide(string? request, bool approve)
    {
        var (act, field) = approve ? ("approve", "approve-" + request) : ("reject", "reject-" + request);
        var outcome = await Send(new DecideRequest(By, request ?? "", approve, Typed(field), Seen, FormKey.Of(Request, By.Person.Id, "/requests/" + act)));
        return outcome.Refused is { } refused ? await Show(refused.Field == "note" ? refused with { Field = field } : refused) : After(approve ? "approved" : "rejected");
    }

    /// <summary>Shows the reporter once, for a reason that stands in the security log.</summary>
    public async Task<IActionResult> OnPostReveal()
    {
        var outcome = await Send(new RevealReporter(By, Number, Typed("reveal-reason")));
        (Revealed, IsTaken, Sent) = (outcome.Value, outcome.Refused is null, Act.Reveal);
        return await Show(outcome.Refused is { Field: "reason" } bare ? bare with { Field = "reveal-reason" } : outcome.Refused);
    }

    private LocalRedirectResult After(string done) => LocalRedirect(At("done=" + done));
}
