namespace IncidentDesk.Data;

/// <summary>How a person signs in: one row for each who may, beside the row in People.</summary>
public sealed class AccountRow
{
    /// <summary>Whose.</summary>
    public required string Person { get; set; }

    /// <summary>ASP.NET Core Identity's password hash (PBKDF2, its own salt and rounds inside); null: no password yet.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>When the password was set.</summary>
    public DateTimeOffset? PasswordSetAt { get; set; }

    /// <summary>Whether somebody else set it: it opens nothing but the change of it.</summary>
    public bool OneTime { get; set; }

    /// <summary>Hashes of the passwords before, newest first, one a line; they are not taken again.</summary>
    public string Earlier { get; set; } = "";

    /// <summary>The shared secret of the second factor, protected by the installation's keys; null: none.</summary>
    public string? TotpKey { get; set; }

    /// <summary>The step of the last one-time code taken: none is taken twice.</summary>
    public long TotpStep { get; set; }

    /// <summary>SHA-256 of the recovery codes not used yet, one a line.</summary>
    public string RecoveryHashes { get; set; } = "";

    /// <summary>When the person last signed in.</summary>
    public DateTimeOffset? LastSignInAt { get; set; }

    /// <summary>From which address that was.</summary>
    public string? LastSignInFrom { get; set; }

    /// <summary>Who it is at the OpenID Connect provider; null: not bound.</summary>
    public string? Subject { get; set; }

    /// <summary>Rises with every change, so that two at once are decided one after the other.</summary>
    public int Version { get; set; }
}

/// <summary>
/// What a caller shows instead of a name and a password: the cookie of a session, a personal access token, the token of a wall screen, or the mark of a device that has
/// passed the second factor. The secret itself is nowhere; whoever reads the table cannot call with it.
/// </summary>
public sealed class CredentialRow
{
    /// <summary>Names it in lists and in the security log.</summary>
    public required string Id { get; set; }

    /// <summary>One of the kinds below.</summary>
    public required string Kind { get; set; }

    /// <summary>Whose; of a wall screen's token who made it.</summary>
    public required string Person { get; set; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of the secret, lower-case hex.</summary>
    public required string Hash { get; set; }

    /// <summary>Codes of the rights that it gives at most, comma between; empty: all of its person.</summary>
    public string Scopes { get; set; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it ends by itself; null: when it is revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>After how many seconds without a request it ends; 0: none.</summary>
    public int IdleSeconds { get; set; }

    /// <summary>The last request with it, to the minute.</summary>
    public DateTimeOffset LastUsedAt { get; set; }

    /// <summary>When it was ended: signed out, revoked, disabled.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Whether it has come to its end, by age or because it was not used for too long.</summary>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now || (IdleSeconds > 0 && now - LastUsedAt >= TimeSpan.FromSeconds(IdleSeconds));

    /// <summary>Whether it opens anything at an instant.</summary>
    public bool IsInForce(DateTimeOffset now) => EndedAt is null && !IsExpired(now);

    /// <summary>The cookie of a session.</summary>
    public const string Session = "session";

    /// <summary>A personal access token.</summary>
    public const string Token = "token";

    /// <summary>A wall screen's token: the board and nothing else.</summary>
    public const string Display = "display";

    /// <summary>A device on which the second factor was given today.</summary>
    public const string Device = "device";
}

/// <summary>Failed sign-ins under a name since the last one that succeeded, whether or not anybody has that name.</summary>
public sealed class SignInAttemptRow
{
    /// <summary>The name as typed, in lower case.</summary>
    public required string Name { get; set; }

    /// <summary>How many, counted before the password is looked at.</summary>
    public int Failed { get; set; }

    /// <summary>The last one.</summary>
    public DateTimeOffset LastAt { get; set; }

    /// <summary>Until when none is looked at.</summary>
    public DateTimeOffset? LockedUntil { get; set; }
}

/// <summary>代批: somebody decides in another's place for some days.</summary>
public sealed class DeputyRow
{
    /// <summary>Random.</summary>
    public required string Id { get; set; }

    /// <summary>In whose place.</summary>
    public required string Principal { get; set; }

    /// <summary>Who does.</summary>
    public required string Deputy { get; set; }

    /// <summary>From when on.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>Until before when.</summary>
    public DateTimeOffset Until { get; set; }

    /// <summary>Who set it.</summary>
    public required string SetBy { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset SetAt { get; set; }
}

/// <summary>An entry of the security log: who did what, when, from where, and how it ended. Never changed; deleted by age only, never before 185 days.</summary>
public sealed class SecurityEventRow
{
    /// <summary>Random, in the order of time.</summary>
    public required string Id { get; set; }

    /// <summary>When, to the millisecond.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Who: a person's id, a name as typed at sign-in, or account and machine of the operating system; empty where nobody is known.</summary>
    public required string Who { get; set; }

    /// <summary>What: <c>sign_in</c>, <c>password_changed</c>, …</summary>
    public required string What { get; set; }

    /// <summary><c>done</c>, or the code of the refusal.</summary>
    public required string Outcome { get; set; }

    /// <summary>Whom or what it concerns: a person's id, a token's id, an incident's number, a route; null where nothing else.</summary>
    public string? About { get; set; }

    /// <summary>The address it came from; null for a command.</summary>
    public string? Address { get; set; }

    /// <summary>page, api or cli.</summary>
    public required string Via { get; set; }

    /// <summary>Facts in words, without secrets and without anybody's personal data.</summary>
    public string? Detail { get; set; }
}
