using IncidentDesk.Attachments;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IncidentDesk.Web.Pages;

/// <summary>What <c>Parts/_Attachments</c> shows, on this page and wherever an incident is shown; <paramref name="Back"/>: where its forms lead in the end, <c>incident</c> or empty for this page.</summary>
internal sealed record AttachedFiles(IncidentView View, string Person, bool May, int Megabytes, Refusal? Refused = null, string Back = "", int? Withdrawing = null)
{
    /// <summary>Each attachment with the event that brought it and the name that its sender gave it.</summary>
    public IEnumerable<(Attachment Attachment, Data.EventRow Event, string? Name)> Shown => View.State.Attachments.Select(
        a => (a, View.Events.Single(e => e.Seq == a.Seq), View.Texts[a.Seq].FirstOrDefault(t => t.Field == "fileName").Value));

    /// <summary>What kind of file it is.</summary>
    public static string Kind(Words t, string type) => FileContent.IsPhoto(type) ? t["照片", "Photo"] : FileContent.EndingOf(type).ToUpperInvariant();

    /// <summary>How long a file is, in words.</summary>
    public static string Size(long bytes) => bytes >= 1 << 20 ? $"{bytes / 1048576.0:0.0} MB" : $"{Math.Max(1, bytes / 1024)} kB";
}

/// <summary>A page whose form is read by its own hand: nothing is bound from it, which would keep a file in full first.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class FormAsItComesAttribute : Attribute, IResourceFilter
{
    /// <inheritdoc/>
    public void OnResourceExecuting(ResourceExecutingContext context)
    {
        context.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
        context.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
        context.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
    }

    /// <inheritdoc/>
    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}

/// <summary>
/// The photos and documents of an incident: send one, withdraw one. A file goes past the form reader, which would keep it in full before anybody asked whose it is: that it was sent
/// from a page of ours is told by the browser then, and by the form's token otherwise.
/// </summary>
[IgnoreAntiforgeryToken, FormAsItComes]
internal sealed class AttachmentsPage(DeskSettings settings, IAntiforgery forgery) : DeskPage
{
    private IncidentView view = null!;

    /// <summary>The incident's number.</summary>
    [BindProperty(SupportsGet = true, Name = "number")]
    public string Number { get; set => field = value?.ToUpperInvariant() ?? ""; } = "";

    /// <summary>The attachment whose form of withdrawal was sent.</summary>
    [BindProperty(SupportsGet = true, Name = "id")]
    public int? Id { get; set; }

    /// <summary>What is shown.</summary>
    public AttachedFiles Files => new(view, By.Person.Id, May(Right.Handle), settings.FileMegabytes, Refused, Withdrawing: IsPosted ? Id : null);

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadIncident(By, Number));
        view = outcome.Value!;
        return outcome.Refused;
    }

    /// <summary>Shows them.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Attaches one.</summary>
    public async Task<IActionResult> OnPost()
    {
        var isForm = FilePart.IsForm(Request);
        if (isForm ? DeskApi.Foreign(HttpContext) is not null : !await forgery.IsRequestValidAsync(HttpContext))
        {
            return BadRequest();
        }

        // Nobody else reads the form: its file has been read here.
        IsTaken = true;
        var part = isForm ? await FilePart.Read(HttpContext) : null;
        var received = await AttachmentRoutes.Receive(HttpContext, By, Number, part ?? new FilePart(Stream.Null, null, new Dictionary<string, string>()));
        if (received.Value is not { } file)
        {
            await FilePart.ReadOn(HttpContext);
            return await Show(received.Refused);
        }

        var outcome = await Send(new Attach(By, Number, file, part?.Name));
        return outcome.Refused is { } refused ? await Show(refused with { Field = "file" }) : After("attached", part?.Fields.GetValueOrDefault("back"));
    }

    /// <summary>Withdraws one. Sent twice, it is withdrawn all the same.</summary>
    public async Task<IActionResult> OnPostWithdraw()
    {
        if (FilePart.IsForm(Request) || !await forgery.IsRequestValidAsync(HttpContext))
        {
            return BadRequest();
        }

        var outcome = await Send(new WithdrawAttachment(By, Number, Id ?? 0, Typed("reason")));
        return outcome.Refused is { Code: not "already_withdrawn" } refused ? await Show(refused) : After("attachment_withdrawn", Typed("back"));
    }

    private LocalRedirectResult After(string done, string? back) =>
        LocalRedirect(Url.Content($"~/incidents/{Uri.EscapeDataString(Number)}{(back == "incident" ? "" : "/attachments")}?done={done}"));
}
