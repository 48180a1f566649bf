using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Data;

namespace IncidentDesk.Accounts;

/// <summary>The secrets that callers show: 256 random bits, told once, kept as their SHA-256.</summary>
public static class Secrets
{
    /// <summary>What a personal access token begins with, so that people and scanners know one when they see it.</summary>
    public const string TokenPrefix = "idt_";

    private const int Longest = 100;

    /// <summary>A new secret and the row that knows it.</summary>
    internal static (string Secret, CredentialRow Row) New(string kind, string person, string name, DateTimeOffset now, DateTimeOffset? expires, int idleSeconds = 0, string scopes = "")
    {
        var secret = (kind is CredentialRow.Token or CredentialRow.Display ? TokenPrefix : "") + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return (secret, new CredentialRow
        {
            Id = Guid.CreateVersion7(now).ToString("N"), Kind = kind, Person = person, Name = name, Hash = HashOf(secret)!, Scopes = scopes, CreatedAt = now, ExpiresAt = expires,
            IdleSeconds = idleSeconds, LastUsedAt = now,
        });
    }

    /// <summary>What the table knows a secret by; null for what cannot be one.</summary>
    internal static string? HashOf(string? secret) =>
        secret is { Length: > 0 and <= Longest } ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret))) : null;
}
