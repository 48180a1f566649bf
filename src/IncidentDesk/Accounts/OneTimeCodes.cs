using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IncidentDesk.Accounts;

/// <summary>The one-time codes of an authenticator app: RFC 6238 with SHA-1, 30 seconds, six digits, as every app knows them.</summary>
public static class OneTimeCodes
{
    private const int StepSeconds = 30;
    private const int SecretBytes = 20;

    // One step to either side is taken; how far a phone's clock may be off and still be told so.
    private const int Near = 1;
    private const int Far = 40;

    /// <summary>A new shared secret in base 32.</summary>
    public static string NewKey() => RandomNumberGenerator.GetString(Base32, SecretBytes * 8 / 5);

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The step whose code this is: within one step of now it may be taken; farther, it tells how much the phone's clock is off. Null: no step around now has it.</summary>
    public static (long Step, TimeSpan Off)? Find(string key, string code, DateTimeOffset now)
    {
        if (code.Length != 6 || !code.All(char.IsAsciiDigit))
        {
            return null;
        }

        var current = now.ToUnixTimeSeconds() / StepSeconds;
        var secret = Bytes(key);
        for (var distance = 0; distance <= Far; distance++)
        {
            foreach (var step in distance == 0 ? [current] : new[] { current - distance, current + distance })
            {
                if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(secret, step)), System.Text.Encoding.ASCII.GetBytes(code)))
                {
                    return (step, TimeSpan.FromSeconds(distance <= Near ? 0 : (step - current) * StepSeconds));
                }
            }
        }

        return null;
    }

    /// <summary>The code of an instant.</summary>
    public static string At(string key, DateTimeOffset time) => Code(Bytes(key), time.ToUnixTimeSeconds() / StepSeconds);

    /// <summary>What the QR code says.</summary>
    public static string Uri(string key, string person, string district) =>
        $"otpauth://totp/{System.Uri.EscapeDataString("IncidentDesk " + district)}:{System.Uri.EscapeDataString(person)}?secret={key}&issuer={System.Uri.EscapeDataString("IncidentDesk " + district)}&digits=6&period=30";

    private static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238's default: what authenticator apps compute. HMAC does not need collision resistance.
        var hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] Bytes(string key)
    {
        var bytes = new byte[key.Length * 5 / 8];
        var (buffer, bits, at) = (0, 0, 0);
        foreach (var c in key)
        {
            buffer = (buffer << 5) | Base32.IndexOf(c, StringComparison.Ordinal);
            bits += 5;
            if (bits >= 8)
            {
                bytes[at++] = (byte)(buffer >> (bits - 8));
                bits -= 8;
                buffer &= (1 << bits) - 1;
            }
        }

        return bytes;
    }
}
