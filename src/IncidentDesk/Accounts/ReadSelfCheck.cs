using IncidentDesk.Data;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>What a self-check for classified protection (等保自查) finds in the database now; for a 安全审计员 and a 系统管理员.</summary>
public sealed record ReadSelfCheck(Caller By) : IRequest<Outcome<SelfCheck>>;

/// <summary>
/// Numbers of accounts in force: all of them, those that can approve, those still on a one-time password, those without a second factor that their role needs, those not
/// signed in for <see cref="IdleDays"/> days; evaluators without an end; the oldest entry of the security log.
/// </summary>
public sealed record SelfCheck(int Accounts, int Approvers, int OneTime, int WithoutFactor, int Idle, int EndlessEvaluators, DateTimeOffset? LogSince)
{
    /// <summary>After how many days without a sign-in an account is worth a look.</summary>
    public const int IdleDays = 90;
}

/// <inheritdoc cref="ReadSelfCheck"/>
public sealed class ReadSelfCheckHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<ReadSelfCheck, Outcome<SelfCheck>>
{
    /// <inheritdoc/>
    public async Task<Outcome<SelfCheck>> Handle(ReadSelfCheck request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Audit) is { } refused && request.By.Lacks(Right.People) is not null)
        {
            return refused;
        }

        var now = clock.GetUtcNow();
        var people = await db.People.AsNoTracking().Where(p => p.Roles != "" && p.DisabledAt == null && (p.EndsAt == null || p.EndsAt > now)).ToListAsync(cancellationToken);
        var accounts = await db.Accounts.AsNoTracking().ToDictionaryAsync(a => a.Person, cancellationToken);
        var idle = now.AddDays(-SelfCheck.IdleDays);
        return new SelfCheck(
            people.Count,
            PeopleView.ApproversOf(people, now),
            people.Count(p => accounts.GetValueOrDefault(p.Id)?.OneTime is true),
            people.Count(p => accounts.GetValueOrDefault(p.Id)?.TotpKey is null && Roles.Parse(p.Roles)?.Any(settings.Accounts.SecondFactorRoles.Contains) is true),
            people.Count(p => p.CreatedAt < idle && !(accounts.GetValueOrDefault(p.Id)?.LastSignInAt >= idle)),
            people.Count(p => p.EndsAt is null && Roles.Parse(p.Roles)?.Contains(Role.Evaluator) is true),
            await db.SecurityEvents.AsNoTracking().OrderBy(e => e.At).Select(e => (DateTimeOffset?)e.At).FirstOrDefaultAsync(cancellationToken));
    }
}
