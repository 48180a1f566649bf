using IncidentDesk.Domain;
using IncidentDesk.People;
using Microsoft.Extensions.Configuration;

namespace IncidentDesk.Accounts;

/// <summary>
/// The settings <c>Accounts:*</c>: how long passwords live, when an account locks, when a session ends. The defaults are the values that assessors of classified protection
/// (等保 2.0, 身份鉴别) usually ask for.
/// </summary>
public sealed record AccountRules
{
    /// <summary>The shortest password, in characters.</summary>
    public int PasswordLength { get; init; } = 10;

    /// <summary>After how many days a password must be changed; 0: never.</summary>
    public int PasswordDays { get; init; } = 90;

    /// <summary>After how many failed sign-ins a name is locked.</summary>
    public int LockAfter { get; init; } = 5;

    /// <summary>For how many minutes.</summary>
    public int LockMinutes { get; init; } = 15;

    /// <summary>After how many failed sign-ins from one address within that time the address is locked for the rest of it.</summary>
    public int LockAddressAfter { get; init; } = 50;

    /// <summary>LockMinutes as a time.</summary>
    public TimeSpan LockWindow => TimeSpan.FromMinutes(LockMinutes);

    /// <summary>After how many minutes without a request a session ends.</summary>
    public int IdleMinutes { get; init; } = 15;

    /// <summary>The same for 驻点人员 on a phone.</summary>
    public int StaffPhoneIdleMinutes { get; init; } = 30;

    /// <summary>After how many hours it ends in any case.</summary>
    public int SessionHours { get; init; } = 8;

    /// <summary>Roles that need the second factor; others may have it.</summary>
    public IReadOnlySet<Role> SecondFactorRoles { get; init; } = new HashSet<Role>();

    /// <summary>For how many days the security log is kept; at least 185 (网络安全法: six months).</summary>
    public int AuditDays { get; init; } = LeastAuditDays;

    /// <summary>Six months in days, at their longest.</summary>
    public const int LeastAuditDays = 185;

    /// <summary>How many of a person's last passwords are not taken again.</summary>
    public const int Remembered = 5;

    /// <summary>Reads and checks them; the refusal names the setting that is wrong.</summary>
    public static (AccountRules? Rules, Refusal? Refused) Read(IConfiguration configuration)
    {
        Refusal? refused = null;
        var rules = new AccountRules();
        rules = new AccountRules
        {
            PasswordLength = Number(nameof(PasswordLength), 8, 64, rules.PasswordLength),
            PasswordDays = Number(nameof(PasswordDays), 0, 3_650, rules.PasswordDays),
            LockAfter = Number(nameof(LockAfter), 3, 20, rules.LockAfter),
            LockMinutes = Number(nameof(LockMinutes), 1, 1_440, rules.LockMinutes),
            LockAddressAfter = Number(nameof(LockAddressAfter), 10, 100_000, rules.LockAddressAfter),
            IdleMinutes = Number(nameof(IdleMinutes), 1, 480, rules.IdleMinutes),
            StaffPhoneIdleMinutes = Number(nameof(StaffPhoneIdleMinutes), 1, 480, rules.StaffPhoneIdleMinutes),
            SessionHours = Number(nameof(SessionHours), 1, 24, rules.SessionHours),
            AuditDays = Number(nameof(AuditDays), LeastAuditDays, 36_500, rules.AuditDays),
            SecondFactorRoles = Roles.Parse(configuration["Accounts:SecondFactorRoles"] ?? "") is { } roles
                ? roles
                : Bad("SecondFactorRoles", "中有不认识的角色", "names an unknown role", rules.SecondFactorRoles),
        };
        return refused is null ? (rules, null) : (null, refused);

        int Number(string name, int least, int most, int otherwise) =>
            configuration["Accounts:" + name] is not { Length: > 0 } text ? otherwise
            : int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n
            : Bad(name, $"应为 {least} 至 {most} 的整数", $"must be a whole number from {least} to {most}", otherwise);

        T Bad<T>(string name, string zh, string en, T otherwise)
        {
            refused ??= new Refusal("bad_account_rule", "Accounts:" + name, $"设置 Accounts:{name} {zh}。", $"The setting Accounts:{name} {en}.");
            return otherwise;
        }
    }
}
