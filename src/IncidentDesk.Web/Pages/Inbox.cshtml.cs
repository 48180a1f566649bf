using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>What waits for the caller (待办): alerts to acknowledge, requests to decide.</summary>
internal sealed class InboxPage : DeskPage
{
    /// <summary>Acknowledged ones too.</summary>
    [BindProperty(SupportsGet = true)]
    public bool All { get; set; }

    /// <summary>Where to go on.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    /// <summary>The alerts, newest first.</summary>
    public Alerts.InboxPage Alerts { get; private set; } = null!;

    /// <summary>Requests about incidents that the caller may decide, oldest first.</summary>
    public IReadOnlyList<RequestView> Requests { get; private set; } = [];

    /// <summary>Requests for versions of the reference data.</summary>
    public IReadOnlyList<RequestView> Versions { get; private set; } = [];

    /// <summary>What the caller has asked for and somebody else decides.</summary>
    public IReadOnlyList<RequestView> Asked { get; private set; } = [];

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var inbox = await Send(new ReadInbox(By, !All, string.IsNullOrEmpty(Cursor) ? null : Cursor, null));
        if (inbox.Refused is { } refused)
        {
            return refused;
        }

        Alerts = inbox.Value!;
        if (May(Right.Read) && (await Send(new ListRequests(By))).Value is { } pending)
        {
            var (me, absent) = (By.Person.Id, By.StandsInFor?.Id);
            Asked = [.. pending.Where(r => r.Request.RequestedBy == me)];
            var others = pending.Where(r => May(Right.Approve) && r.Request.RequestedBy != me && r.Request.RequestedBy != absent).ToLookup(r => r.Version is not null);
            (Requests, Versions) = ([.. others[false]], [.. others[true]]);
        }

        return null;
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>已知悉.</summary>
    public async Task<IActionResult> OnPostAcknowledge(string? id)
    {
        var outcome = await Send(new Acknowledge(By, id ?? ""));
        return outcome.Refused is { } refused ? await Show(refused) : RedirectToPage(null, null, new { all = All ? "true" : null, cursor = Cursor, done = "acknowledged" });
    }

    /// <summary>What is asked for.</summary>
    public static string Subject(RequestRow request, Words words) => request.Subject switch
    {
        "pause" => words["暂停计时", "pause"],
        "void" => words["作废", "void"],
        "merge" => words["合并", "merge"],
        "extend" => words["延期", "extension"],
        "correct" => words["更正", "correction"],
        "late_resolve" => words["补录办结", "late completion"],
        "late_response" => words["补录响应", "late response"],
        _ => words["规则或基础数据新版本", "new version of rules or reference data"],
    };

    /// <summary>Whose incident an alert is about: its number, or null where it is about none.</summary>
    public static string? Number(InboxItem item) => item.Alert is { Timer: not (AlertRow.Canary or AlertRow.Watch), Incident: > 0 } ? item.Number : null;
}
