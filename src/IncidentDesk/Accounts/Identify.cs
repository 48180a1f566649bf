using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.People;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>Who shows this secret, with the roles held now. <paramref name="Session"/>: it is a cookie's, otherwise a token's.</summary>
public sealed record Identify(string? Secret, bool Session, string Via, string? Address = null) : IRequest<Identified>;

/// <summary>The caller, or why there is none; and whether the credential was not used for a minute, so that the use is worth a note.</summary>
public sealed record Identified(Caller? Caller, Refusal? Refused, string? Credential = null, string? Person = null, bool Stale = false);

/// <inheritdoc cref="Identify"/>
public sealed class IdentifyHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<Identify, Identified>
{
    /// <summary>What nobody's secret is told.</summary>
    public static readonly Refusal Unknown = new("unknown_actor", "Authorization", "请先登录，或携带有效的令牌。", "Sign in, or send a valid token.");

    private static readonly TimeSpan Noted = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task<Identified> Handle(Identify request, CancellationToken cancellationToken)
    {
        if (Secrets.HashOf(request.Secret) is not { } hash)
        {
            return new Identified(null, Unknown);
        }

        // Every request begins here, and most go on to read the rules: one look for all of it. The count names the row because one that stands for itself is asked beforehand,
        // in a query of its own that blocks the thread.
        var now = clock.GetUtcNow();
        var found = await (
            from c in db.Credentials
            join p in db.People on c.Person equals p.Id
            where c.Hash == hash
            select new
            {
                Credential = c, Person = p, Versions = db.References.Count(_ => c.Id != null),
                For = db.Deputies.Where(d => d.Deputy == p.Id && d.Since <= now && d.Until > now).OrderBy(d => d.Since).Select(d => d.Principal).FirstOrDefault(),
            }).AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        if (found is null || (found.Credential.Kind == CredentialRow.Session) != request.Session || found.Credential.Kind == CredentialRow.Device)
        {
            return new Identified(null, Unknown);
        }

        cache.Seen(found.Versions);
        var (credential, person) = (found.Credential, found.Person);
        var stale = now - credential.LastUsedAt >= Noted;
        var refused = credential.EndedAt is not null ? Ended("credential_ended", "已退出或已撤销", "has ended or was revoked")
            : credential.IsExpired(now) ? Ended("credential_expired", "已过期", "has expired")
            : !person.IsInForce(now) ? new Refusal("account_ended", "Authorization", "该账号已停用或已到期。", "The account is disabled or has ended.")
            : null;
        if (refused is not null)
        {
            return new Identified(null, refused, credential.Id, person.Id, stale);
        }

        var roles = Roles.Parse(person.Roles) ?? new HashSet<Role>();
        var mustFirst = credential.Scopes is SignIn.Password or SignIn.Factor ? credential.Scopes : null;
        var caller = new Caller(new Actor(person.Id, person.Name), credential.Kind == CredentialRow.Display ? new HashSet<Role>() : roles, request.Via)
        {
            Scopes = mustFirst is not null || credential.Kind == CredentialRow.Display ? new HashSet<Right>()
                : credential.Scopes.Length == 0 ? null
                : Roles.ParseScopes(credential.Scopes.Split(',')),
            Towns = person.Towns?.Split(','),
            ServicePoints = person.ServicePoints?.Split('\n'),
            MustFirst = mustFirst,
            SignedIn = request.Session,
            Credential = credential.Id,
            Address = request.Address,
            Display = credential.Kind == CredentialRow.Display,
        };
        if (found.For is { } principal && !caller.Display && !roles.Contains(Role.Approver)
            && await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == principal, cancellationToken) is { } absent
            && absent.IsInForce(now) && Roles.Parse(absent.Roles)?.Contains(Role.Approver) is true)
        {
            caller = caller with { Roles = caller.Roles.Append(Role.Approver).ToHashSet(), StandsInFor = new Actor(absent.Id, absent.Name) };
        }

        return new Identified(caller, null, credential.Id, person.Id, stale);

        Refusal Ended(string code, string zh, string en) => request.Session
            ? new Refusal(code, "cookie", $"登录{zh}，请重新登录。", $"The session {en}; sign in again.")
            : new Refusal(code, "Authorization", $"令牌{zh}。", $"The token {en}.");
    }
}
