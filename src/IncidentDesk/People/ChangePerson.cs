using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.People;

/// <summary>
/// Changes a person's roles, places or end, disables or enables the account; null leaves as it is. Whoever signs in later does so with what stands then; what they showed so
/// far ends. With <paramref name="NoEnd"/> the account has no end any more, or an evaluator's the usual one. A null caller is the operator at the machine. Nobody changes their own roles, and one administrator stays.
/// </summary>
public sealed record ChangePerson(
    Caller? By, string Id, string? Roles = null, IReadOnlyList<string>? Towns = null, IReadOnlyList<string>? ServicePoints = null, DateTimeOffset? EndsAt = null, bool? Disabled = null,
    bool NoEnd = false)
    : IRequest<Outcome<PersonRow>>, IUnitOfWork;

/// <inheritdoc cref="ChangePerson"/>
public sealed class ChangePersonHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ChangePerson, Outcome<PersonRow>>
{
    /// <inheritdoc/>
    public async Task<Outcome<PersonRow>> Handle(ChangePerson request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (request.By?.Lacks(Right.People) is { } denied)
        {
            return denied;
        }

        if (await db.People.SingleOrDefaultAsync(p => p.Id == request.Id && p.Roles != "", cancellationToken) is not { } person)
        {
            return new Refusal("person_not_found", "id", "没有该人员。", "There is no such person.");
        }

        var roles = People.Roles.Parse(request.Roles ?? person.Roles);
        var desk = await cache.Get(db, cancellationToken);
        var today = desk.Zone.DayOf(Domain.Sla.Instant.Of(now));
        var refused = request.By?.Person.Id == request.Id ? new Refusal("own_account", "id", "不得变更本人的角色或账号状态。", "Nobody changes their own roles or state.")
            : roles is null or { Count: 0 } ? AddPersonHandler.UnknownRole
            : request.Towns?.FirstOrDefault(t => desk.Reference.Find("town", t, today) is null) is { } unknown
                ? new Refusal("unknown_code", "towns", $"没有镇街代码 {unknown}。", $"There is no town {unknown}.")
            : request.ServicePoints?.Any(p => Incidents.Texts.CheckName("servicePoints", p, DeskDb.NameLength) is not null) is true || request.ServicePoints?.Sum(p => p.Length + 1) > 1_000
                ? new Refusal("bad_service_points", "servicePoints", "受理点名称过长或含有控制字符。", "A service point is too long or holds control characters.")
            : await LeavesNoAdministrator(request, person, roles, now, cancellationToken)
                ? new Refusal("last_administrator", "id", "至少应保留一名系统管理员。", "One administrator must stay.")
            : null;
        if (refused is not null)
        {
            return refused;
        }

        person.Roles = People.Roles.Codes(roles!);
        person.Towns = request.Towns is null ? person.Towns : request.Towns.Count == 0 ? null : string.Join(',', request.Towns);
        person.ServicePoints = request.ServicePoints is null ? person.ServicePoints : request.ServicePoints.Count == 0 ? null : string.Join('\n', request.ServicePoints);
        person.EndsAt = AddPersonHandler.EndOf(roles!, request.NoEnd ? null : request.EndsAt ?? person.EndsAt, now);
        person.DisabledAt = request.Disabled is { } off ? off ? person.DisabledAt ?? now : null : person.DisabledAt;
        await db.Credentials.EndAll(person.Id, now, except: null, cancellationToken, tokens: request.Disabled is true);
        db.Log(request.By, request.Disabled switch { true => "account_disabled", false => "account_enabled", _ => "person_changed" }, now, person.Id, person.Roles);
        return person;
    }

    /// <summary>Whether this administrator goes, now or at the end that is set, and then none would be in use.</summary>
    private async Task<bool> LeavesNoAdministrator(ChangePerson request, PersonRow person, IReadOnlySet<Role> roles, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset? goes = request.Disabled is true || !roles.Contains(Role.Admin) ? now : request.NoEnd ? null : request.EndsAt;
        return goes is { } then && person.IsInForce(now) && People.Roles.Parse(person.Roles)?.Contains(Role.Admin) is true
            && !(await db.People.AsNoTracking().Where(p => p.Id != person.Id && p.DisabledAt == null).ToListAsync(cancellationToken))
                .Exists(p => p.IsInForce(now) && p.IsInForce(then) && People.Roles.Parse(p.Roles)?.Contains(Role.Admin) is true);
    }
}

/// <summary>
/// Gives somebody a one-time password, told once: it opens only the change of it. Their second factor goes with <paramref name="SecondFactor"/>; their lock and who they are to the
/// identity provider go in any case, and what they showed so far ends.
/// </summary>
public sealed record ResetAccount(Caller? By, string Id, bool SecondFactor) : IRequest<Outcome<PersonAdded>>, IUnitOfWork;

/// <inheritdoc cref="ResetAccount"/>
public sealed class ResetAccountHandler(DeskDb db, TimeProvider clock) : IRequestHandler<ResetAccount, Outcome<PersonAdded>>
{
    /// <inheritdoc/>
    public async Task<Outcome<PersonAdded>> Handle(ResetAccount request, CancellationToken cancellationToken)
    {
        if (request.By?.Lacks(Right.People) is { } denied)
        {
            return denied;
        }

        if (await db.People.SingleOrDefaultAsync(p => p.Id == request.Id && p.Roles != "", cancellationToken) is not { } person)
        {
            return new Refusal("person_not_found", "id", "没有该人员。", "There is no such person.");
        }

        var now = clock.GetUtcNow();
        if (await db.Accounts.SingleOrDefaultAsync(a => a.Person == person.Id, cancellationToken) is not { } account)
        {
            db.Accounts.Add(account = new AccountRow { Person = person.Id });
        }

        var password = Passwords.Random();
        Passwords.Set(account, password, oneTime: true, now);
        if (request.SecondFactor)
        {
            (account.TotpKey, account.RecoveryHashes) = (null, "");
        }

        account.Subject = null;
        var name = person.Id.ToLowerInvariant();
        db.SignInAttempts.RemoveRange(await db.SignInAttempts.Where(a => a.Name == name).ToListAsync(cancellationToken));
        await db.Credentials.EndAll(person.Id, now, except: null, cancellationToken);
        db.Log(request.By, "account_reset", now, person.Id, request.SecondFactor ? "口令、二次验证 / password, second factor" : "口令 / password");
        return new PersonAdded(person, password);
    }
}
