using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>The caller's own new password. Every other session of theirs ends, and the present one is a full one from then on. Asks for the old one once more.</summary>
public sealed record ChangePassword(Caller By, string Old, string New) : IRequest<Outcome<string>>, IUnitOfWork
{
    /// <inheritdoc/>
    public override string ToString() => "ChangePassword " + By.Person.Id;
}

/// <inheritdoc cref="ChangePassword"/>
public sealed class ChangePasswordHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<ChangePassword, Outcome<string>>
{
    /// <inheritdoc/>
    public async Task<Outcome<string>> Handle(ChangePassword request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (request.By.LacksSignIn() is { } token)
        {
            return token;
        }

        if (await db.Accounts.SingleOrDefaultAsync(a => a.Person == request.By.Person.Id, cancellationToken) is not { } account || !Passwords.Fits(account, request.Old))
        {
            return new Refusal("bad_credentials", "old", "原口令不正确。", "The old password is not right.");
        }

        if (Passwords.Unfit(account, request.By.Person.Name, request.New, settings.Accounts) is { } unfit)
        {
            return unfit;
        }

        Passwords.Set(account, request.New, oneTime: false, now);
        await db.Credentials.EndAll(account.Person, now, except: request.By.Credential, cancellationToken);
        if (await db.Credentials.FindAsync([request.By.Credential], cancellationToken) is { Scopes: SignIn.Password } held)
        {
            var roles = Roles.Parse((await db.People.SingleAsync(p => p.Id == account.Person, cancellationToken)).Roles) ?? new HashSet<Role>();
            held.Scopes = account.TotpKey is null && roles.Any(settings.Accounts.SecondFactorRoles.Contains) ? SignIn.Factor : "";
        }

        db.Log(request.By, "password_changed", now, account.Person);
        return account.Person;
    }
}

/// <summary>Ends what people showed.</summary>
internal static class Ending
{
    /// <summary>Ends a person's sessions and known devices; tokens too with <paramref name="tokens"/>.</summary>
    public static async Task EndAll(
        this DbSet<CredentialRow> credentials, string person, DateTimeOffset now, string? except, CancellationToken cancellationToken, bool tokens = false)
    {
        foreach (var row in await credentials.Where(c => c.Person == person && c.EndedAt == null && c.Id != except
            && (tokens || c.Kind == CredentialRow.Session || c.Kind == CredentialRow.Device)).ToListAsync(cancellationToken))
        {
            row.EndedAt = now;
        }
    }
}
