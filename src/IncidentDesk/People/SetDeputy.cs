using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.People;

/// <summary>
/// Sets who decides in an approver's place for some time (代批): by the approver, or by an administrator. Times are instants; the end is exclusive. The deputy is no approver
/// and approves neither their own requests nor those of the one they stand in for.
/// </summary>
public sealed record SetDeputy(Caller By, string Principal, string Deputy, DateTimeOffset Since, DateTimeOffset Until) : IRequest<Outcome<DeputyRow>>, IUnitOfWork;

/// <summary>Ends a deputy's time now; the record stays.</summary>
public sealed record EndDeputy(Caller By, string Id) : IRequest<Outcome<DeputyRow>>, IUnitOfWork;

/// <inheritdoc cref="SetDeputy"/>
public sealed class SetDeputyHandler(DeskDb db, TimeProvider clock) : IRequestHandler<SetDeputy, Outcome<DeputyRow>>
{
    private const int MostDays = 92;

    /// <inheritdoc/>
    public async Task<Outcome<DeputyRow>> Handle(SetDeputy request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var both = await db.People.AsNoTracking().Where(p => p.Id == request.Principal || p.Id == request.Deputy).ToListAsync(cancellationToken);
        var principal = both.Find(p => p.Id == request.Principal && p.IsInForce(now));
        var deputy = both.Find(p => p.Id == request.Deputy && p.IsInForce(now) && p.Roles.Length > 0);
        var refused = (request.By.Person.Id == request.Principal && request.By.StandsInFor is null ? request.By.LacksScope(Right.Approve) : request.By.Lacks(Right.People))
            ?? (principal is null || Roles.Parse(principal.Roles)?.Contains(Role.Approver) is not true
                ? new Refusal("not_an_approver", "principal", "只有审批人可以指定代批人。", "Only an approver has a deputy.")
            : deputy is null || deputy.Id == principal.Id ? new Refusal("unknown_person", "deputy", "没有该人员，或其账号已停用、已到期，或即为本人。", "There is no such person, the account is disabled or has ended, or it is the same person.")
            : Roles.Parse(deputy.Roles) is not { } roles || roles.Contains(Role.Admin) || roles.Contains(Role.Auditor) || roles.Contains(Role.Evaluator)
                ? new Refusal("bad_deputy", "deputy", "系统管理员、安全审计员、核查人员不得代批。", "Administrators, auditors and evaluators do not stand in.")
            : request.Until <= request.Since || request.Until <= now || request.Until - request.Since > TimeSpan.FromDays(MostDays)
                ? new Refusal("bad_period", "until", $"代批期限应为将来的、不超过 {MostDays} 天的一段时间。", $"A deputy's time ends in the future and lasts at most {MostDays} days.")
            : await db.Deputies.AnyAsync(d => d.Deputy == deputy.Id && d.Since < request.Until && d.Until > request.Since, cancellationToken)
                ? new Refusal("already_deputy", "deputy", "该人员在此期间已代他人审批。", "That person stands in for somebody in that time already.")
            : null);
        if (refused is not null)
        {
            return refused;
        }

        var row = new DeputyRow
        {
            Id = Guid.CreateVersion7(now).ToString("N"), Principal = principal!.Id, Deputy = deputy!.Id, Since = request.Since < now ? now : request.Since, Until = request.Until,
            SetBy = request.By.Person.Id, SetAt = now,
        };
        db.Deputies.Add(row);
        db.Log(request.By, "deputy_set", now, row.Deputy, $"代 {row.Principal}，{row.Since:yyyy-MM-dd HH:mm}Z 至 {row.Until:yyyy-MM-dd HH:mm}Z");
        return row;
    }
}

/// <inheritdoc cref="EndDeputy"/>
public sealed class EndDeputyHandler(DeskDb db, TimeProvider clock) : IRequestHandler<EndDeputy, Outcome<DeputyRow>>
{
    /// <inheritdoc/>
    public async Task<Outcome<DeputyRow>> Handle(EndDeputy request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Deputies.SingleOrDefaultAsync(d => d.Id == request.Id, cancellationToken) is not { } row)
        {
            return new Refusal("deputy_not_found", "id", "没有这条代批记录。", "There is no such deputy.");
        }

        if ((request.By.Person.Id == row.Principal ? request.By.LacksScope(Right.Approve) : request.By.Lacks(Right.People)) is { } denied)
        {
            return denied;
        }

        if (row.Until > now)
        {
            row.Until = now < row.Since ? row.Since : now;
            db.Log(request.By, "deputy_ended", now, row.Deputy, $"代 {row.Principal}");
        }

        return row;
    }
}
