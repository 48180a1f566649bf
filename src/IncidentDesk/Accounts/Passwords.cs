using System.Security.Cryptography;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using Microsoft.AspNetCore.Identity;

namespace IncidentDesk.Accounts;

/// <summary>Passwords: what is taken for one, and whether a given one is right. Hashes are ASP.NET Core Identity's.</summary>
public static class Passwords
{
    private const int Longest = 128;

    private static readonly PasswordHasher<AccountRow> Hasher = new();

    // Who signs in under a name that nobody has waits as long as everybody else.
    private static readonly Lazy<string> Nobodys = new(() => Hasher.HashPassword(null!, Random()));

    /// <summary>Whether it is the account's password; takes as long for an account that does not exist or has none.</summary>
    public static bool Fits(AccountRow? account, string password)
    {
        var right = Hasher.VerifyHashedPassword(account!, account?.PasswordHash ?? Nobodys.Value, password.Length <= Longest ? password : "") != PasswordVerificationResult.Failed;
        return right && account?.PasswordHash is not null;
    }

    /// <summary>Why this is no password for that person, or null: length, three of four classes, not the person's own name, none of the last five.</summary>
    public static Refusal? Unfit(AccountRow account, string name, string password, AccountRules rules)
    {
        var classes = (password.Any(char.IsAsciiLetterLower) ? 1 : 0) + (password.Any(char.IsAsciiLetterUpper) ? 1 : 0) + (password.Any(char.IsAsciiDigit) ? 1 : 0)
            + (password.Any(c => !char.IsAsciiLetterOrDigit(c)) ? 1 : 0);
        return password.Length < rules.PasswordLength || password.Length > Longest || password.Any(char.IsControl)
                ? Weak($"口令应为 {rules.PasswordLength} 至 {Longest} 个字符。", $"A password has {rules.PasswordLength} to {Longest} characters.")
            : classes < 3
                ? Weak("口令应包含大写字母、小写字母、数字、其他字符中的至少三类。", "A password holds three of: capital letters, small letters, digits, other characters.")
            : password.Contains(account.Person, StringComparison.OrdinalIgnoreCase) || (name.Length > 1 && password.Contains(name, StringComparison.OrdinalIgnoreCase))
                ? Weak("口令不得包含人员编号或姓名。", "A password does not contain the person's id or name.")
            : Fits(account, password) || Earlier(account).Any(hash => Hasher.VerifyHashedPassword(account, hash, password) != PasswordVerificationResult.Failed)
                ? new Refusal("password_used", "password", $"不得使用最近 {AccountRules.Remembered} 次用过的口令。", $"The last {AccountRules.Remembered} passwords are not taken again.")
            : null;
    }

    /// <summary>Sets it; the one before is remembered.</summary>
    public static void Set(AccountRow account, string password, bool oneTime, DateTimeOffset now)
    {
        if (account.PasswordHash is { } before)
        {
            account.Earlier = string.Join('\n', Earlier(account).Prepend(before).Take(AccountRules.Remembered - 1));
        }

        account.PasswordHash = Hasher.HashPassword(account, password);
        account.PasswordSetAt = now;
        account.OneTime = oneTime;
        account.Version++;
    }

    /// <summary>A password to be told once: 16 characters of all four classes, none that are mistaken for each other.</summary>
    public static string Random() =>
        RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz", 6) + RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZ", 4)
        + "-" + RandomNumberGenerator.GetString("23456789", 5);

    private static string[] Earlier(AccountRow account) => account.Earlier.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Refusal Weak(string zh, string en) => new("weak_password", "password", zh, en);
}
