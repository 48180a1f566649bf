using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>
/// Opens a session for somebody who has shown who they are, and uses up what they showed. <paramref name="Attempt"/> was counted and was no failure; whom an identity provider
/// names (<paramref name="Proven"/>) needs no password of ours, and no second factor of ours where the provider has seen two.
/// </summary>
internal sealed record OpenSession(string Person, CountAttempt? Attempt, long? Step, string? Recovery, bool Phone, Origin From, ProvenIdentity? Proven = null)
    : IRequest<Outcome<SignedIn>>, IUnitOfWork;

/// <inheritdoc cref="OpenSession"/>
internal sealed class OpenSessionHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<OpenSession, Outcome<SignedIn>>
{
    private static readonly TimeSpan DeviceLives = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public async Task<Outcome<SignedIn>> Handle(OpenSession request, CancellationToken cancellationToken)
    {
        var (now, rules) = (clock.GetUtcNow(), settings.Accounts);
        var person = await db.People.SingleAsync(p => p.Id == request.Person, cancellationToken);
        if (await db.Accounts.SingleOrDefaultAsync(a => a.Person == request.Person, cancellationToken) is not { } account)
        {
            // Nobody ever gave them a password, and none is needed by who comes from the identity provider.
            db.Accounts.Add(account = new AccountRow { Person = person.Id });
        }

        var recovery = account.RecoveryHashes.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (request.Step <= account.TotpStep || (request.Recovery is { } used && !recovery.Remove(used)))
        {
            return CheckSecondFactor.Used;
        }

        if (request.Proven is { } proven && !proven.Bind(account))
        {
            return ProvenIdentity.Another;
        }

        if (request.Attempt is { } attempt)
        {
            await db.SignInAttempts.Uncount(attempt, now - rules.LockWindow, cancellationToken);
            if (await db.SignInAttempts.FindAsync([attempt.Name], cancellationToken) is { } failed)
            {
                db.SignInAttempts.Remove(failed);
            }
        }

        var (lastAt, lastFrom) = (account.LastSignInAt, account.LastSignInFrom);
        account.TotpStep = request.Step ?? account.TotpStep;
        account.RecoveryHashes = string.Join('\n', recovery);
        account.LastSignInAt = now;
        account.LastSignInFrom = request.From.Address;
        account.Version++;
        var roles = Roles.Parse(person.Roles) ?? new HashSet<Role>();
        var mustFirst = request.Proven is null && (account.OneTime || (rules.PasswordDays > 0 && account.PasswordSetAt?.AddDays(rules.PasswordDays) <= now)) ? SignIn.Password
            : account.TotpKey is null && request.Proven?.TwoFactors is not true && roles.Any(rules.SecondFactorRoles.Contains) ? SignIn.Factor
            : null;
        var idle = request.Phone && roles.Contains(Role.Staff) ? rules.StaffPhoneIdleMinutes : rules.IdleMinutes;
        var (session, row) = Secrets.New(
            CredentialRow.Session, person.Id, request.Phone ? "phone" : "desk", now, now.AddHours(rules.SessionHours), idle * 60, mustFirst ?? "");
        db.Credentials.Add(row);
        string? device = null;
        if (request.Step is not null)
        {
            (device, var known) = Secrets.New(CredentialRow.Device, person.Id, request.Phone ? "phone" : "desk", now, now + DeviceLives);
            db.Credentials.Add(known);
        }

        var detail = (request.Proven is null ? "" : "身份认证平台 / identity provider ") + (request.Recovery is null ? "" : "恢复码 / recovery code");
        db.Log(person.Id, request.From, "sign_in", SecurityLog.Done, now, row.Id, detail.Length == 0 ? null : detail.Trim());
        return new SignedIn(person.Id, person.Name, person.Roles, session, row.ExpiresAt!.Value, mustFirst, lastAt, lastFrom, device, account.TotpKey is null ? -1 : recovery.Count);
    }
}
