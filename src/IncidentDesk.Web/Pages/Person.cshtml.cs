using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>One person's account, for an administrator: roles, places, end, disabled or not, a new one-time password.</summary>
internal sealed class PersonPage(Words words) : DeskPage
{
    /// <summary>The person's id.</summary>
    [BindProperty(SupportsGet = true, Name = "id")]
    public string Id { get; set; } = "";

    /// <summary>The person.</summary>
    public PersonRow Person { get; private set; } = null!;

    /// <summary>The towns in force.</summary>
    public IReadOnlyList<(string Code, string Name)> Towns { get; private set; } = [];

    /// <summary>What a reset gave.</summary>
    public PersonAdded? Reset { get; private set; }

    /// <summary>Whether the form with roles and places was sent.</summary>
    public bool IsChanging => Chosen("change", "1");

    /// <summary>Whether a choice is ticked: as sent, or as it stands.</summary>
    public bool Ticked(string name, string value, IEnumerable<string> stands) => IsChanging ? Chosen(name, value) : stands.Contains(value);

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadPeople(By));
        var person = outcome.Value?.People.SingleOrDefault(p => p.Id == Id);
        (Person, Towns) = (person!, outcome.Value?.Towns ?? []);
        return By.Lacks(Right.People) ?? outcome.Refused ?? (person is null ? new Refusal("person_not_found", "id", "没有该人员。", "There is no such person.") : null);
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Changes roles, places and end.</summary>
    public async Task<IActionResult> OnPost(List<string> roles, List<string> towns, string? servicePoints, string? lastDay)
    {
        var ends = words.Start(lastDay, next: true);
        var refused = ends is null && !string.IsNullOrEmpty(lastDay) ? PeoplePage.BadDay("lastDay") : (await Send(new ChangePerson(
            By, Id, string.Join(',', roles), towns, servicePoints?.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [], ends, NoEnd: ends is null))).Refused;
        return refused is null ? Done("changed", id: Id) : await Show(refused);
    }

    /// <summary>Disables it.</summary>
    public Task<IActionResult> OnPostDisable() => Switch(off: true);

    /// <summary>Enables it.</summary>
    public Task<IActionResult> OnPostEnable() => Switch(off: false);

    /// <summary>Gives a one-time password.</summary>
    public async Task<IActionResult> OnPostReset(bool secondFactor)
    {
        var outcome = await Send(new ResetAccount(By, Id, secondFactor));
        (Reset, IsTaken) = (outcome.Value, outcome.Refused is null);
        return await Show(outcome.Refused);
    }

    private async Task<IActionResult> Switch(bool off)
    {
        var outcome = await Send(new ChangePerson(By, Id, Disabled: off));
        return outcome.Refused is { } refused ? await Show(refused) : Done(off ? "disabled" : "enabled", id: Id);
    }
}
