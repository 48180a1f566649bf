using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain;
using IncidentDesk.Pipeline;
using Microsoft.AspNetCore.DataProtection;

namespace IncidentDesk.Alerts;

/// <summary>
/// The links of messages: sealed by the installation's keys, good for Web:LinkHours. A link says which alert it is about and whom it was sent to, and is no sign-in: who has it
/// sees what the message said already.
/// </summary>
public sealed class AlertLinks(IDataProtectionProvider protection, DeskSettings settings)
{
    private const string Purpose = "alert link";

    // Keys of alerts and people are bounded; nothing of ours is longer.
    private const int Longest = 1_000;

    private static readonly Refusal Invalid = new(
        "link_invalid", "k", "链接不完整，或不是本系统发出的。请从收到的消息中重新打开，或登录后在待办中查看。", "The link is incomplete or not one of this desk. Open it from the message again, or sign in and look into the inbox.");

    /// <summary>The address that a message holds; null where Web:PublicAddress is not set.</summary>
    public string? Of(string alert, string person, DateTimeOffset now) => settings.PublicAddress is { } at ? $"{at}/alert?k={Seal(alert, person, now)}" : null;

    /// <summary>What the address names it by. <paramref name="person"/>: the reader, or <see cref="Data.OutboxRow.Group"/>.</summary>
    public string Seal(string alert, string person, DateTimeOffset now) => Base64Url.EncodeToString(protection.CreateProtector(Purpose).Protect(
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(now + settings.LinkLifetime).ToUnixTimeSeconds()}\n{person}\n{alert}"))));

    /// <summary>Reads one: <c>link_invalid</c> where it was altered, cut short or sealed elsewhere, <c>link_expired</c> once its time is over.</summary>
    public Outcome<AlertLink> Open(string? key, DateTimeOffset now)
    {
        try
        {
            if (key is not { Length: > 0 and <= Longest })
            {
                return Invalid;
            }

            var parts = Encoding.UTF8.GetString(protection.CreateProtector(Purpose).Unprotect(Base64Url.DecodeFromChars(key))).Split('\n');
            return now.ToUnixTimeSeconds() < long.Parse(parts[0], CultureInfo.InvariantCulture)
                ? new AlertLink(parts[2], parts[1])
                : new Refusal("link_expired", "k", "链接已过有效期。请登录后在待办中查看。", "The link has expired. Sign in and look into the inbox.");
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return Invalid;
        }
    }
}

/// <summary>What a link says: the key of an alert, and whom it was sent to.</summary>
public sealed record AlertLink(string Alert, string Person);
