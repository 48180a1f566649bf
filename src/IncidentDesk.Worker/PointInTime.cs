using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Worker;

/// <summary>The options --as-of and --known-at: RFC 3339; without an offset the installation's zone.</summary>
internal static class PointInTime
{
    /// <summary>Reads both, each null where it is not given; the refusal names the one that is not a time.</summary>
    public static Refusal? Read(IServiceProvider services, string? asOf, string? knownAt, out Instant? at, out DateTimeOffset? known)
    {
        var zone = Zone.Find(services.GetRequiredService<DeskSettings>().Zone)!;
        (at, known) = (null, null);
        if (asOf is not null)
        {
            if (!TimeText.TryAny(asOf, zone, out var instant))
            {
                return new Refusal("bad_time", "asOf", "--as-of 不是有效的时间。", "--as-of is not a time.");
            }

            at = instant;
        }

        if (knownAt is not null)
        {
            if (!TimeText.TryAny(knownAt, zone, out var instant))
            {
                return new Refusal("bad_time", "knownAt", "--known-at 不是有效的时间。", "--known-at is not a time.");
            }

            // Recorded times have milliseconds; those that were given count.
            known = instant.ToUtc().AddMilliseconds(Milliseconds(knownAt));
        }

        return null;
    }

    private static int Milliseconds(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? 0 : int.Parse(
            new string([.. text[(dot + 1)..].TakeWhile(char.IsAsciiDigit).Take(3)]).PadRight(3, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
