using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Evidence;

/// <summary>Everything of an event that its hash covers. Names and ids hold no control characters.</summary>
public readonly record struct Envelope(
    string InstallationId, string Incident, int Seq, string Type, int SchemaVersion, Instant EffectiveAt, DateTimeOffset RecordedAt,
    string ActorId, string ActorName, string Via, string Payload);

/// <summary>
/// The hash chain of one incident's events: SHA-256 over the lines of the envelope, each ended by LF, the last one the hash of the event before. Anyone can
/// recompute it with any SHA-256 program.
/// </summary>
public static class EventChain
{
    /// <summary>What stands for the previous hash of an incident's first event.</summary>
    public static readonly string Genesis = new('0', 64);

    /// <summary>The hash of an event, lower-case hex, given the hash of the event before it.</summary>
    public static string Hash(in Envelope e, string previous)
    {
        var lines = string.Create(CultureInfo.InvariantCulture,
            $"IDEV1\n{e.InstallationId}\n{e.Incident}\n{e.Seq}\n{e.Type}\n{e.SchemaVersion}\n{e.EffectiveAt}\n{Iso.Recorded(e.RecordedAt)}\n{e.ActorId}\n{e.ActorName}\n{e.Via}\n{Sha256(e.Payload)}\n{previous}\n");
        return Sha256(lines);
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>
/// Free text and personal data beside the chain: the payload holds HMAC-SHA256(salt, value), so that erasing salt and value leaves a hash that
/// nobody can guess the words from, and the chain still verifies.
/// </summary>
public sealed record ErasableText(string Field, string Value, byte[] Salt)
{
    /// <summary>The members of a payload that hold hashes of texts begin with this.</summary>
    public const string Prefix = "text.";

    private const int SaltBytes = 32;

    /// <summary>What the payload holds of it, lower-case hex.</summary>
    public string Hash { get; } = HashOf(Salt, Value);

    /// <summary>A text with a random salt of its own.</summary>
    public static ErasableText New(string field, string value) => new(field, value, RandomNumberGenerator.GetBytes(SaltBytes));

    /// <summary>HMAC-SHA256(salt, value in UTF-8), lower-case hex.</summary>
    public static string HashOf(byte[] salt, string value) => Convert.ToHexStringLower(HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(value)));
}
