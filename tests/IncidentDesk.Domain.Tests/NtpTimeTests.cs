using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Tests;

/// <summary>What four timestamps of an exchange say of a clock.</summary>
public sealed class NtpTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 3, 12, 0, 0, TimeSpan.Zero);

    // The second in which the upper half of the timestamp begins at zero again.
    private static readonly DateTimeOffset Rollover = new(2036, 2, 7, 6, 28, 16, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 10, 5, 10, 0, 20)] // The same time on both sides, 10 ms each way.
    [InlineData(-5_000, 10, 5, 10, 5_000, 20)] // A server that is 5 s behind: the client is ahead.
    [InlineData(61_000, 10, 0, 10, -61_000, 20)]
    [InlineData(0, 30, 0, 10, -10, 40)] // Unequal ways: half of their difference is an error.
    [InlineData(86_400_000L * 365, 1, 1, 1, -86_400_000L * 365, 2)]
    public void The_offset_is_how_far_the_client_is_ahead_and_the_delay_what_the_packets_were_under_way(
        long serverAheadMs, int thereMs, int heldMs, int backMs, long offsetMs, int delayMs)
    {
        foreach (var sentAt in new[] { Noon, Rollover.AddMilliseconds(-15), Rollover.AddMilliseconds(-1) })
        {
            var sent = NtpTime.Of(sentAt);
            var received = NtpTime.Of(sentAt.AddMilliseconds(thereMs + serverAheadMs));
            var answered = NtpTime.Of(sentAt.AddMilliseconds(thereMs + heldMs + serverAheadMs));
            var (offset, delay) = NtpTime.Exchange(sent, received, answered, sent.After(TimeSpan.FromMilliseconds(thereMs + heldMs + backMs)));

            Assert.Equal((offsetMs, delayMs), (Math.Round(offset.TotalMilliseconds), Math.Round(delay.TotalMilliseconds)));
        }
    }

    [Fact]
    public void A_timestamp_counts_seconds_since_1900_and_begins_again_in_2036()
    {
        Assert.Equal(2_208_988_800UL << 32, NtpTime.Of(DateTimeOffset.UnixEpoch).Bits);
        Assert.Equal((2_208_988_800UL << 32) | 0x8000_0000UL, NtpTime.Of(DateTimeOffset.UnixEpoch.AddMilliseconds(500)).Bits);
        Assert.Equal(0xFFFF_FFFFUL << 32, NtpTime.Of(Rollover.AddSeconds(-1)).Bits);
        Assert.Equal(0UL, NtpTime.Of(Rollover).Bits);
        Assert.Equal(TimeSpan.FromSeconds(2), NtpTime.Of(Rollover.AddSeconds(1)).Since(NtpTime.Of(Rollover.AddSeconds(-1))));
        Assert.Equal(TimeSpan.FromSeconds(-2), NtpTime.Of(Rollover.AddSeconds(-1)).Since(NtpTime.Of(Rollover.AddSeconds(1))));
    }
}
