using System.Security.Cryptography;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>The caller's own second factor. The first step gives a key to show as a QR code and stores nothing; it counts once a code made with it comes back.</summary>
public static class SecondFactors
{
    private const string Purpose = "second factor";
    private const int RecoveryCodes = 8;

    /// <summary>A new key, what the QR code says, and the key protected for the way back.</summary>
    public static (string Key, string Uri, string Sealed) Offer(IDataProtectionProvider protection, Caller by, string district)
    {
        var key = OneTimeCodes.NewKey();
        return (key, OneTimeCodes.Uri(key, by.Person.Id, district), Protector(protection).Protect(by.Person.Id + "\n" + key));
    }

    /// <summary>What was offered to this caller before, by the protected key that came back; null where it is none of ours, or another's.</summary>
    public static (string Key, string Uri, string Sealed)? OfferedBefore(IDataProtectionProvider protection, Caller by, string district, string sealedKey) =>
        Opened(protection, by, sealedKey) is { } key ? (key, OneTimeCodes.Uri(key, by.Person.Id, district), sealedKey) : null;

    /// <summary>The key that was offered to this caller; null where it is none of ours, or another's.</summary>
    internal static string? Opened(IDataProtectionProvider protection, Caller by, string sealedKey)
    {
        try
        {
            return Protector(protection).Unprotect(sealedKey).Split('\n') is [var person, var key] && person == by.Person.Id ? key : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The key as it was before it was stored.</summary>
    internal static string Unprotect(IDataProtectionProvider protection, string stored) => Protector(protection).Unprotect(stored).Split('\n')[1];

    internal static IDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector(Purpose);

    /// <summary>Codes for the day on which the phone is lost: each opens once.</summary>
    internal static IReadOnlyList<string> NewRecoveryCodes() =>
        [.. Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString("ABCDEFGHJKMNPQRSTUVWXYZ23456789", 5) + "-" + RandomNumberGenerator.GetString("ABCDEFGHJKMNPQRSTUVWXYZ23456789", 5))];
}

/// <summary>Takes a key into use that was offered, with a first code made with it; answers the recovery codes, told once.</summary>
public sealed record SetUpSecondFactor(Caller By, string Sealed, string Code) : IRequest<Outcome<IReadOnlyList<string>>>, IUnitOfWork
{
    /// <inheritdoc/>
    public override string ToString() => "SetUpSecondFactor " + By.Person.Id;
}

/// <inheritdoc cref="SetUpSecondFactor"/>
public sealed class SetUpSecondFactorHandler(DeskDb db, IDataProtectionProvider protection, TimeProvider clock) : IRequestHandler<SetUpSecondFactor, Outcome<IReadOnlyList<string>>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<string>>> Handle(SetUpSecondFactor request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (request.By.LacksSignIn() is { } token)
        {
            return token;
        }

        if (SecondFactors.Opened(protection, request.By, request.Sealed) is not { } key)
        {
            return new Refusal("bad_offer", "sealed", "二次验证的设置已失效，请重新开始。", "This set-up is not valid any more; begin again.");
        }

        if (OneTimeCodes.Find(key, request.Code.Trim(), now) is not var (step, off) || off != TimeSpan.Zero)
        {
            return new Refusal("bad_code", "code", "验证码不正确；请检查手机时间是否准确。", "The code is not right; check the clock of the phone.");
        }

        var account = await db.Accounts.SingleAsync(a => a.Person == request.By.Person.Id, cancellationToken);
        var codes = SecondFactors.NewRecoveryCodes();
        account.TotpKey = request.Sealed;
        account.TotpStep = step;
        account.RecoveryHashes = string.Join('\n', codes.Select(c => Secrets.HashOf(c)));
        account.Version++;
        await db.Credentials.EndAll(account.Person, now, except: request.By.Credential, cancellationToken);
        if (await db.Credentials.FindAsync([request.By.Credential], cancellationToken) is { Scopes: SignIn.Factor } held)
        {
            held.Scopes = "";
        }

        db.Log(request.By, "second_factor_on", now, account.Person);
        return new Outcome<IReadOnlyList<string>>(codes, null);
    }
}
