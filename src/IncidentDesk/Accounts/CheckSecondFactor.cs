using System.Security.Cryptography;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>Whether the second factor of an account is given: a one-time code, a recovery code, or the mark of a device on which one was given within a day.</summary>
public sealed class CheckSecondFactor(DeskDb db, IDataProtectionProvider protection, DeskSettings settings, TimeProvider clock)
{
    /// <summary>No code came along; it is asked for in the next step.</summary>
    public static readonly Refusal Required = new("code_required", "code", "请输入验证器上的六位验证码，或一个恢复码。", "Enter the six digits of the authenticator, or a recovery code.");

    /// <summary>The step of the code, or the hash of the recovery code, that this sign-in uses up; neither on a device that is known. Uses nothing up itself.</summary>
    public async Task<(long? Step, string? Recovery, Refusal? Refused)> Of(AccountRow account, string? typed, string? mark, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (Secrets.HashOf(mark) is { } device
            && await db.Credentials.AnyAsync(c => c.Hash == device && c.Kind == CredentialRow.Device && c.Person == account.Person && c.ExpiresAt > now && c.EndedAt == null, cancellationToken))
        {
            return (null, null, null);
        }

        if (typed?.Replace(" ", "", StringComparison.Ordinal) is not { Length: > 0 } code)
        {
            return (null, null, Required);
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
            var (step, _) when step <= account.TotpStep => (null, null, Used),
            var (step, _) => (step, null, null),
        };
    }

    /// <summary>No code is taken twice.</summary>
    internal static readonly Refusal Used = new("code_used", "code", "该验证码已使用过，请等待下一个。", "That code was used already; wait for the next one.");

    private string Hour(DateTimeOffset time) => Zone.Find(settings.Zone)!.Format(Instant.Of(time));
}
