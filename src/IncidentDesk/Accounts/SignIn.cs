using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>
/// Signs somebody in by name and password and, where they have it, the second factor: <paramref name="Code"/> is a one-time code or a recovery code,
/// <paramref name="Device"/> the mark of a device on which it was given within a day. Unknown names and wrong passwords get the same answer after the same time; every
/// attempt is counted before the password is looked at, and after some the name is locked for a while, whether or not anybody has it. To be asked for the code is no failure.
/// </summary>
public sealed record SignIn(string Id, string Secret, string? Code, string? Device, bool Phone, Origin From) : IRequest<Outcome<SignedIn>>
{
    /// <summary>The scope of a session that opens only the change of the password.</summary>
    public const string Password = "password";

    /// <summary>The scope of a session that opens only the set-up of the second factor.</summary>
    public const string Factor = "factor";

    /// <inheritdoc/>
    public override string ToString() => $"SignIn {Id}";
}

/// <summary>A session: its secret for the cookie, when it ends at the latest, what must be done first, and where and when the person last signed in before.</summary>
public sealed record SignedIn(
    string Person, string Name, string Roles, string Session, DateTimeOffset EndsAt, string? MustFirst, DateTimeOffset? LastAt, string? LastFrom, string? Device, int RecoveryLeft);

/// <inheritdoc cref="SignIn"/>
public sealed class SignInHandler(DeskDb db, IServiceProvider services, CheckSecondFactor factor, DeskSettings settings, TimeProvider clock) : IRequestHandler<SignIn, Outcome<SignedIn>>
{
    private static readonly SemaphoreSlim Cores = new(Environment.ProcessorCount);

    private static readonly Refusal Wrong = new("bad_credentials", "password", "用户名或口令不正确。", "The name or the password is not right.");

    /// <inheritdoc/>
    public async Task<Outcome<SignedIn>> Handle(SignIn request, CancellationToken cancellationToken)
    {
        var attempt = new CountAttempt(CountAttempt.NameOf(request.Id), request.From.Address);
        if (await services.SendAlone(attempt, cancellationToken) is { } locked)
        {
            return await Refuse(request, locked.Refusal(settings), cancellationToken);
        }

        var person = await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == request.Id, cancellationToken);
        var account = person is null ? null : await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Person == person.Id, cancellationToken);

        // Hashing takes tens of milliseconds of a core: outside the unit of work, and not more at once than there are cores.
        await Cores.WaitAsync(cancellationToken);
        bool fits;
        try
        {
            fits = Passwords.Fits(account, request.Secret);
        }
        finally
        {
            Cores.Release();
        }

        if (!fits)
        {
            return await Refuse(request, Wrong, cancellationToken);
        }

        if (!person!.IsInForce(clock.GetUtcNow()))
        {
            return await Refuse(request, Ended, cancellationToken);
        }

        var (step, recovery, refused) = account!.TotpKey is null ? (null, null, null) : await factor.Of(account, request.Code, request.Device, cancellationToken);
        if (refused == CheckSecondFactor.Required)
        {
            await services.SendAlone(new UncountAttempt(attempt), cancellationToken);
        }

        return refused is not null
            ? await Refuse(request, refused, cancellationToken)
            : await services.SendAlone(new OpenSession(person.Id, attempt, step, recovery, request.Phone, request.From), cancellationToken);
    }

    /// <summary>What somebody is told whose account is not in use any more.</summary>
    internal static readonly Refusal Ended = new("account_ended", "id", "该账号已停用或已到期。", "The account is disabled or has ended.");

    private async Task<Refusal> Refuse(SignIn request, Refusal refusal, CancellationToken cancellationToken)
    {
        await services.SendAlone(new NoteRefusal(request.Id, request.From, "sign_in", refusal.Code), cancellationToken);
        return refusal;
    }
}

/// <summary>Ends the caller's session.</summary>
public sealed record SignOut(Caller By) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="SignOut"/>
public sealed class SignOutHandler(DeskDb db, TimeProvider clock) : IRequestHandler<SignOut, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(SignOut request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Credentials.FindAsync([request.By.Credential], cancellationToken) is { EndedAt: null, Kind: CredentialRow.Session } session)
        {
            session.EndedAt = now;
            db.Log(request.By, "sign_out", now, session.Id);
        }

        return true;
    }
}
