using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>Everybody of the desk, and who stands in for whom: for an administrator, and as far as deputies go for an approver.</summary>
internal sealed class PeoplePage(TimeProvider clock) : DeskPage
{
    /// <summary>What is shown.</summary>
    public PeopleView View { get; private set; } = null!;

    /// <summary>The person just added, with the one-time password.</summary>
    public PersonAdded? Added { get; private set; }

    /// <summary>Those who may have a deputy.</summary>
    public IEnumerable<PersonRow> Approvers => View.People.Where(p => Roles.Parse(p.Roles)?.Contains(Role.Approver) is true);

    /// <summary>Those who may be one.</summary>
    public IEnumerable<PersonRow> MayStandIn => View.People.Where(p => p.DisabledAt is null && !p.Roles.Contains("admin", StringComparison.Ordinal)
        && !p.Roles.Contains("auditor", StringComparison.Ordinal) && !p.Roles.Contains("evaluator", StringComparison.Ordinal) && (May(Right.People) || p.Id != By.Person.Id));

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadPeople(By));
        View = outcome.Value!;
        return outcome.Refused;
    }

    /// <summary>Shows them.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Adds a person.</summary>
    public async Task<IActionResult> OnPost(string? id, string? name, List<string> roles, string? servicePoint)
    {
        var outcome = await Send(new AddPerson(By, id ?? "", name ?? "", string.Join(',', roles), string.IsNullOrWhiteSpace(servicePoint) ? null : servicePoint));
        (Added, IsTaken) = (outcome.Value, outcome.Refused is null);
        return await Show(outcome.Refused);
    }

    /// <summary>Sets a deputy, by days of the installation's zone.</summary>
    public async Task<IActionResult> OnPostDeputy([FromServices] Words words, string? principal, string? deputy, string? since, string? until)
    {
        var refused = words.Start(since) is not { } from ? BadDay("since")
            : words.Start(until, next: true) is not { } to ? BadDay("until")
            : (await Send(new SetDeputy(By, May(Right.People) ? principal ?? "" : By.Person.Id, deputy ?? "", from, to))).Refused;
        return refused is null ? Done("deputy_set") : await Show(refused);
    }

    /// <summary>Ends a deputy's time.</summary>
    public async Task<IActionResult> OnPostEndDeputy(string? id)
    {
        var outcome = await Send(new EndDeputy(By, id ?? ""));
        return outcome.Refused is { } refused ? await Show(refused) : Done("deputy_ended");
    }

    /// <summary>Where a person's rights hold.</summary>
    public string Places(PersonRow person, Words words)
    {
        var towns = person.Towns?.Split(',').Select(t => View.Towns.FirstOrDefault(known => known.Code == t).Name ?? t) ?? [];
        var places = string.Join(words["、", ", "], towns.Concat(person.ServicePoints?.Split('\n') ?? []));
        return places.Length == 0 ? words["全区", "everywhere"] : places;
    }

    /// <summary>Whether the account is in use.</summary>
    public string State(PersonRow person, Words words) =>
        person.DisabledAt is { } off ? words[$"已于 {words.Day(off)} 停用", $"disabled on {words.Day(off)}"]
        : person.EndsAt is not { } ends ? words["在用", "in use"]
        : ends <= clock.GetUtcNow() ? words["已到期", "ended"]
        : words[$"在用，{words.LastDay(ends)} 到期", $"in use until {words.LastDay(ends)}"];

    /// <summary>What a form gave is no day.</summary>
    internal static Refusal BadDay(string field) => new("bad_day", field, "请填写日期，如 2026-05-03。", "Give a day, as 2026-05-03.");
}
