namespace IncidentDesk.Domain.Sla;

/// <summary>
/// A timestamp of the network time protocol: seconds since 1900 in its upper half, their fraction in the lower. It wraps around in 2036; two that lie less than 68 years apart
/// are told apart rightly across that day, because only their difference is ever taken.
/// </summary>
public readonly record struct NtpTime(ulong Bits)
{
    private static readonly DateTimeOffset Zero = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The timestamp of a time, to the 100 ns of its own.</summary>
    public static NtpTime Of(DateTimeOffset time) => new(unchecked((ulong)(((Int128)(time - Zero).Ticks << 32) / TimeSpan.TicksPerSecond)));

    /// <summary>So much later.</summary>
    public NtpTime After(TimeSpan time) => new(unchecked(Bits + (ulong)(long)(((Int128)time.Ticks << 32) / TimeSpan.TicksPerSecond)));

    /// <summary>From an earlier one to this; negative where that is the later.</summary>
    public TimeSpan Since(NtpTime other) => new((long)(((Int128)unchecked((long)(Bits - other.Bits)) * TimeSpan.TicksPerSecond) >> 32));

    /// <summary>
    /// What an exchange tells of the client's clock, of the four times at which it was sent and received, and the answer sent and received: how far the client is ahead of the
    /// server, negative where it is behind; and how long the packets were under way, of which up to half may be an error of the former.
    /// </summary>
    public static (TimeSpan Offset, TimeSpan Delay) Exchange(NtpTime sent, NtpTime received, NtpTime answered, NtpTime back) =>
        ((sent.Since(received) / 2) + (back.Since(answered) / 2), back.Since(sent) - answered.Since(received));
}
