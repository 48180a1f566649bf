using System.Security.Cryptography;
using System.Text.RegularExpressions;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>
/// Signs somebody in by name and password and, where they have it, the second factor: <paramref name="Code"/> is a one-time code or a recovery code,
/// <paramref name="Device"/> the mark of a device on which it was given within a day. Unknown names and wrong passwords get the same answer after the same time; every
/// attempt is counted before the password is looked at, and after some the name is locked for a while, whether or not anybody has it.
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
public sealed partial class SignInHandler(DeskDb db, IServiceProvider services, DeskSettings settings, IDataProtectionProvider protection, TimeProvider clock)
    : IRequestHandler<SignIn, Outcome<SignedIn>>
{
    private static readonly SemaphoreSlim Cores = new(Environment.ProcessorCount);

    private static readonly Refusal Wrong = new("bad_credentials", "password", "用户名或口令不正确。", "The name or the password is not right.");

    /// <inheritdoc/>
    public async Task<Outcome<SignedIn>> Handle(SignIn request, CancellationToken cancellationToken)
    {
        var name = Name().IsMatch(request.Id) ? request.Id.ToLowerInvariant() : "?";
        if (await services.SendAlone(new CountAttempt(name), cancellationToken) is { } locked)
        {
            return await Refuse(request, new Refusal(
                "account_locked", "password", $"连续失败次数过多，已锁定至 {Hour(locked)}；请稍后再试，或请系统管理员重置。",
                $"Too many failures: locked until {Hour(locked)}. Try again later, or ask an administrator for a reset."), cancellationToken);
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
            return await Refuse(request, new Refusal("account_ended", "id", "该账号已停用或已到期。", "The account is disabled or has ended."), cancellationToken);
        }

        var (step, recovery, refused) = account!.TotpKey is null ? (null, null, null) : await SecondFactor(request, account, cancellationToken);
        return refused is not null
            ? await Refuse(request, refused, cancellationToken)
            : await services.SendAlone(new OpenSession(person.Id, name, step, recovery, request.Phone, request.From), cancellationToken);
    }

    /// <summary>The step of the code, or the hash of the recovery code, that is used up by this sign-in; neither on a device that is known.</summary>
    private async Task<(long? Step, string? Recovery, Refusal? Refused)> SecondFactor(SignIn request, AccountRow account, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (Secrets.HashOf(request.Device) is { } device
            && await db.Credentials.AnyAsync(c => c.Hash == device && c.Kind == CredentialRow.Device && c.Person == account.Person && c.ExpiresAt > now && c.EndedAt == null, cancellationToken))
        {
            return (null, null, null);
        }

        if (request.Code?.Replace(" ", "", StringComparison.Ordinal) is not { Length: > 0 } code)
        {
            return (null, null, new Refusal("code_required", "code", "请输入验证器上的六位验证码，或一个恢复码。", "Enter the six digits of the authenticator, or a recovery code."));
        }

        if (Secrets.HashOf(code.ToUpperInvariant()) is { } recovery && account.RecoveryHashes.Split('\n').Contains(recovery))
        {
            return (null, recovery, null);
        }

        string key;
        try
        {
            key = SecondFactors.Unprotect(protection, account.TotpKey!);
        }
        catch (CryptographicException)
        {
            return (null, null, new Refusal(
                "second_factor_unreadable", "code", "本系统的数据保护密钥已丢失，无法核对验证码；请使用恢复码，或请系统管理员重置该账号的二次验证。",
                "The data-protection keys are lost and no code can be checked: use a recovery code, or ask an administrator to reset the second factor."));
        }

        return OneTimeCodes.Find(key, code, now) switch
        {
            null => (null, null, new Refusal("bad_code", "code", "验证码不正确。", "The code is not right.")),
            var (_, off) when off != TimeSpan.Zero => (null, null, new Refusal(
                "code_clock_off", "code", $"验证码不在有效时间内：手机时间与服务器相差约 {Math.Abs(off.TotalMinutes):0.#} 分钟，请校准手机时间(服务器时间 {Hour(now)})。",
                $"The code is of another time: the phone's clock is off by about {Math.Abs(off.TotalMinutes):0.#} minutes (the server's is {Hour(now)}).")),
            var (step, _) when step <= account.TotpStep => (null, null, new Refusal("code_used", "code", "该验证码已使用过，请等待下一个。", "That code was used already; wait for the next one.")),
            var (step, _) => (step, null, null),
        };
    }

    private async Task<Refusal> Refuse(SignIn request, Refusal refusal, CancellationToken cancellationToken)
    {
        await services.SendAlone(new NoteRefusal(request.Id, request.From, "sign_in", refusal.Code), cancellationToken);
        return refusal;
    }

    private string Hour(DateTimeOffset time) => Domain.Sla.Zone.Find(settings.Zone)!.Format(Domain.Sla.Instant.Of(time));

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Name();
}

/// <summary>Counts an attempt to sign in under a name; until when it is locked, or null.</summary>
internal sealed record CountAttempt(string Name) : IRequest<DateTimeOffset?>, IUnitOfWork;

/// <inheritdoc cref="CountAttempt"/>
internal sealed class CountAttemptHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<CountAttempt, DateTimeOffset?>
{
    /// <inheritdoc/>
    public async Task<DateTimeOffset?> Handle(CountAttempt request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var row = await db.SignInAttempts.FindAsync([request.Name], cancellationToken);
        if (row is null)
        {
            db.SignInAttempts.Add(row = new SignInAttemptRow { Name = request.Name });
        }

        if (row.LockedUntil > now)
        {
            return row.LockedUntil;
        }

        var window = TimeSpan.FromMinutes(settings.Accounts.LockMinutes);
        row.Failed = row.LockedUntil is not null || now - row.LastAt > window ? 1 : row.Failed + 1;
        row.LastAt = now;
        row.LockedUntil = row.Failed >= settings.Accounts.LockAfter ? now + window : null;
        return null;
    }
}

/// <summary>Opens a session for somebody who has shown who they are, and uses up what they showed.</summary>
internal sealed record OpenSession(string Person, string Name, long? Step, string? Recovery, bool Phone, Origin From) : IRequest<Outcome<SignedIn>>, IUnitOfWork;

/// <inheritdoc cref="OpenSession"/>
internal sealed class OpenSessionHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<OpenSession, Outcome<SignedIn>>
{
    private static readonly TimeSpan DeviceLives = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public async Task<Outcome<SignedIn>> Handle(OpenSession request, CancellationToken cancellationToken)
    {
        var (now, rules) = (clock.GetUtcNow(), settings.Accounts);
        var person = await db.People.SingleAsync(p => p.Id == request.Person, cancellationToken);
        var account = await db.Accounts.SingleAsync(a => a.Person == request.Person, cancellationToken);
        var recovery = account.RecoveryHashes.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (request.Step <= account.TotpStep || (request.Recovery is { } used && !recovery.Remove(used)))
        {
            return new Refusal("code_used", "code", "该验证码已使用过，请等待下一个。", "That code was used already; wait for the next one.");
        }

        var (lastAt, lastFrom) = (account.LastSignInAt, account.LastSignInFrom);
        account.TotpStep = request.Step ?? account.TotpStep;
        account.RecoveryHashes = string.Join('\n', recovery);
        account.LastSignInAt = now;
        account.LastSignInFrom = request.From.Address;
        account.Version++;
        if (await db.SignInAttempts.FindAsync([request.Name], cancellationToken) is { } attempts)
        {
            db.SignInAttempts.Remove(attempts);
        }

        var roles = Roles.Parse(person.Roles) ?? new HashSet<Role>();
        var mustFirst = account.OneTime || (rules.PasswordDays > 0 && account.PasswordSetAt?.AddDays(rules.PasswordDays) <= now) ? SignIn.Password
            : account.TotpKey is null && roles.Any(rules.SecondFactorRoles.Contains) ? SignIn.Factor
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

        db.Log(person.Id, request.From, "sign_in", SecurityLog.Done, now, row.Id, request.Recovery is null ? null : "恢复码 / recovery code");
        return new SignedIn(person.Id, person.Name, person.Roles, session, row.ExpiresAt!.Value, mustFirst, lastAt, lastFrom, device, account.TotpKey is null ? -1 : recovery.Count);
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
