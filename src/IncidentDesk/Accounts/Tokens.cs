using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>
/// Makes a personal access token for a program that calls in somebody's name, or with <paramref name="Display"/> one for a wall screen, which shows the board and nothing
/// else. People make their own; the operator at the machine (a null caller) makes one for anybody. The secret is told once.
/// </summary>
public sealed record AddToken(Caller? By, string Person, string Name, IReadOnlyList<string> Scopes, int Days, bool Display = false) : IRequest<Outcome<AddedToken>>, IUnitOfWork;

/// <summary>The token and its secret, told once.</summary>
public sealed record AddedToken(CredentialRow Token, string Secret)
{
    /// <inheritdoc/>
    public override string ToString() => "AddedToken " + Token.Id;
}

/// <inheritdoc cref="AddToken"/>
public sealed class AddTokenHandler(DeskDb db, TimeProvider clock) : IRequestHandler<AddToken, Outcome<AddedToken>>
{
    private const int MostDays = 366;

    /// <inheritdoc/>
    public async Task<Outcome<AddedToken>> Handle(AddToken request, CancellationToken cancellationToken)
    {
        var name = request.Name.Trim();
        var refused = request.By?.LacksSignIn() is { } token ? token
            : request is { Display: true, By: { } by } && by.Lacks(Right.Approve) is { } lacks && by.Lacks(Right.People) is not null ? lacks
            : name.Length is < 1 or > DeskDb.NameLength || name.Any(char.IsControl) ? new Refusal("bad_name", "name", "名称应为 1 至 100 个字。", "A name is 1 to 100 characters.")
            : request.Days is < 1 or > MostDays ? new Refusal("bad_days", "days", $"有效期应为 1 至 {MostDays} 天。", $"A token lives 1 to {MostDays} days.")
            : Roles.ParseScopes(request.Scopes) is null ? new Refusal(
                "unknown_scope", "scopes", "权限范围应为 " + string.Join("、", Enum.GetValues<Right>().Select(Roles.ScopeOf)) + " 中的一个或几个。",
                "Scopes are one or more of " + string.Join(", ", Enum.GetValues<Right>().Select(Roles.ScopeOf)) + ".")
            : await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == request.Person, cancellationToken) is not { Roles.Length: > 0 } person || !person.IsInForce(clock.GetUtcNow())
                ? new Refusal("unknown_person", "person", "没有该人员，或其账号已停用、已到期。", "There is no such person, or the account is disabled or has ended.")
            : null;
        if (refused is not null)
        {
            return refused;
        }

        var now = clock.GetUtcNow();
        var (secret, row) = Secrets.New(
            request.Display ? CredentialRow.Display : CredentialRow.Token, request.Person, name, now, request.Display ? null : now.AddDays(request.Days),
            scopes: string.Join(',', request.Scopes.Distinct().Order(StringComparer.Ordinal)));
        db.Credentials.Add(row);
        db.Log(request.By, request.Display ? "display_added" : "token_added", now, row.Id, $"{request.Person}: {name}");
        return new AddedToken(row, secret);
    }
}

/// <summary>Ends a token, or another session: one's own, or anybody's by an administrator or the operator at the machine. A token ends itself, and no other one of its person.</summary>
public sealed record RevokeToken(Caller? By, string Id) : IRequest<Outcome<CredentialRow>>, IUnitOfWork;

/// <inheritdoc cref="RevokeToken"/>
public sealed class RevokeTokenHandler(DeskDb db, TimeProvider clock) : IRequestHandler<RevokeToken, Outcome<CredentialRow>>
{
    /// <inheritdoc/>
    public async Task<Outcome<CredentialRow>> Handle(RevokeToken request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Credentials.FindAsync([request.Id], cancellationToken) is not { } token
            || (request.By is { } by && token.Person != by.Person.Id && by.Lacks(Right.People) is not null))
        {
            return new Refusal("token_not_found", "id", "没有这个令牌。", "There is no such token.");
        }

        if (request.By is { } self && self.Lacks(Right.People) is not null && token.Id != self.Credential && self.LacksSignIn() is { } unsigned)
        {
            return unsigned;
        }

        if (token.EndedAt is null)
        {
            token.EndedAt = now;
            db.Log(request.By, "token_revoked", now, token.Id, token.Person);
        }

        return token;
    }
}

/// <summary>The caller's own tokens, wall screens and sessions that have not ended, newest first. A token with scopes, and a wall screen's, tells of no other.</summary>
public sealed record ListTokens(Caller By) : IRequest<IReadOnlyList<CredentialRow>>;

/// <inheritdoc cref="ListTokens"/>
public sealed class ListTokensHandler(DeskDb db, TimeProvider clock) : IRequestHandler<ListTokens, IReadOnlyList<CredentialRow>>
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<CredentialRow>> Handle(ListTokens request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var only = request.By.Scopes is null ? null : request.By.Credential;
        return await db.Credentials.AsNoTracking().Where(c => c.Person == request.By.Person.Id && (only == null || c.Id == only) && c.EndedAt == null && (c.ExpiresAt == null || c.ExpiresAt > now))
            .OrderByDescending(c => c.CreatedAt).ToListAsync(cancellationToken);
    }
}
