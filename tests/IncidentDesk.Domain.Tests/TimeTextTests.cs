using CsCheck;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Tests;

/// <summary>Times as people and files write them (D1, R21).</summary>
public class TimeTextTests
{
    [Theory]
    [InlineData("2022-05-03T09:00:00", "2022-05-03T01:00:00Z")]
    [InlineData("2022-05-03T09:00:00+08:00", "2022-05-03T01:00:00Z")]
    [InlineData("2022-05-03T09:00:00Z", "2022-05-03T09:00:00Z")]
    [InlineData("2022-05-03T09:00:00-00:30", "2022-05-03T09:30:00Z")]
    [InlineData("2022-05-03T09:00:00+14:00", "2022-05-02T19:00:00Z")]
    [InlineData("2022-05-03T09:00:00-14:00", "2022-05-03T23:00:00Z")]
    [InlineData("2022-05-03T09:00:00.999", "2022-05-03T01:00:00Z")]
    [InlineData("2022-05-03T09:00:59.9999999999999+08:00", "2022-05-03T01:00:59Z")]
    [InlineData("2022-05-03T00:00:00", "2022-05-02T16:00:00Z")]
    [InlineData("2024-02-29T12:00:00", "2024-02-29T04:00:00Z")]
    [InlineData("2000-02-29T12:00:00", "2000-02-29T04:00:00Z")]
    [InlineData("1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z")]
    [InlineData("2999-12-31T23:59:59Z", "2999-12-31T23:59:59Z")]
    public void A_time_in_ISO_form_is_read_by_both_readers(string text, string utc)
    {
        Assert.True(TimeText.TryIso(text, Zone.Shanghai, out var iso));
        Assert.True(TimeText.TryAny(text, Zone.Shanghai, out var any));
        Assert.Equal((utc, utc), (iso.ToString(), any.ToString()));
    }

    [Theory]
    [InlineData("2022-05-03 09:00:00", "2022-05-03T01:00:00Z")]
    [InlineData("2022-05-03 09:00", "2022-05-03T01:00:00Z")]
    [InlineData("2022/5/3 9:05:07", "2022-05-03T01:05:07Z")]
    [InlineData("2022/5/3 9:05", "2022-05-03T01:05:00Z")]
    [InlineData("2022/05/03 09:05", "2022-05-03T01:05:00Z")]
    [InlineData("2022-5-3 9:05", "2022-05-03T01:05:00Z")]
    [InlineData(" 2022/5/3 23:59:59 ", "2022-05-03T15:59:59Z")]
    [InlineData("2022/5/3  9:05", "2022-05-03T01:05:00Z")]
    [InlineData("2022-05-03T09:00", "2022-05-03T01:00:00Z")]
    [InlineData("2022-05-03T09:00+08:00", "2022-05-03T01:00:00Z")]
    public void What_a_spreadsheet_makes_of_a_time_is_read_from_files_and_is_no_ISO(string text, string utc)
    {
        Assert.True(TimeText.TryAny(text, Zone.Shanghai, out var any));
        Assert.Equal(utc, any.ToString());
        Assert.False(TimeText.TryIso(text, Zone.Shanghai, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("昨天下午")]
    [InlineData("2022-05-03")]
    [InlineData("09:00:00")]
    [InlineData("2022-02-29T09:00:00")]
    [InlineData("1900-02-29T09:00:00")]
    [InlineData("2022-04-31T09:00:00")]
    [InlineData("2022-13-01T09:00:00")]
    [InlineData("2022-00-01T09:00:00")]
    [InlineData("2022-05-00T09:00:00")]
    [InlineData("2022-05-03T24:00:00")]
    [InlineData("2022-05-03T23:60:00")]
    [InlineData("2022-05-03T23:59:60")]
    [InlineData("2022-05-03T9:0:00")]
    [InlineData("2022-05-03T09:00:00.")]
    [InlineData("2022-05-03T09:00:00+8:00")]
    [InlineData("2022-05-03T09:00:00+0800")]
    [InlineData("2022-05-03T09:00:00+08")]
    [InlineData("2022-05-03T09:00:00+14:01")]
    [InlineData("2022-05-03T09:00:00+08:60")]
    [InlineData("2022-05-03T09:00:00+08:00x")]
    [InlineData("2022-05-03T09:00:00z")]
    [InlineData("2022-05-03T09:00:00 Z")]
    [InlineData("2022-05-03T09:00:00 上午")]
    [InlineData("2022-05-03t09:00:00")]
    [InlineData("2022-05-03T 09:00:00")]
    [InlineData("2022-05-03 T09:00:00")]
    [InlineData("2022-05/03 09:00:00")]
    [InlineData("2022.05.03 09:00:00")]
    [InlineData("22-05-03T09:00:00")]
    [InlineData("02022-05-03T09:00:00")]
    [InlineData("+2022-05-03T09:00:00")]
    [InlineData("1899-12-31T23:59:59")]
    [InlineData("3000-01-01T00:00:00")]
    [InlineData("２０２２-05-03T09:00:00")]
    [InlineData("44684.375")]
    public void Anything_else_is_refused_and_never_guessed(string? text)
    {
        Assert.False(TimeText.TryIso(text, Zone.Shanghai, out _));
        Assert.False(TimeText.TryAny(text, Zone.Shanghai, out _));
    }

    [Fact]
    public void A_time_of_day_that_daylight_saving_skips_is_the_hour_after()
    {
        Assert.True(TimeText.TryIso("2026-03-08T02:30:00", Zone.Find("America/New_York")!, out var skipped));

        Assert.Equal("2026-03-08T07:30:00Z", skipped.ToString());
    }

    [Fact]
    public void What_the_zone_writes_is_read_back() => AnyInstant.Sample(at =>
    {
        var text = Zone.Shanghai.Format(at);
        Assert.True(TimeText.TryIso(text, Zone.Shanghai, out var withOffset));
        Assert.True(TimeText.TryIso(text[..^6], Zone.Shanghai, out var without));
        Assert.True(TimeText.TryAny(text[..^6].Replace('T', ' ').Replace('-', '/'), Zone.Shanghai, out var spreadsheet));
        Assert.Equal((at, at, at), (withOffset, without, spreadsheet));
    });

    [Fact]
    public void An_instant_in_a_payload_is_read_back_and_no_other_form_is() => AnyInstant.Sample(at =>
    {
        Assert.Equal(at, Iso.ToInstant(at.ToString()));
        Assert.False(Iso.TryInstant(Zone.Shanghai.Format(at), out _));
        Assert.False(Iso.TryInstant(at.ToString().TrimEnd('Z'), out _));
        Assert.False(Iso.TryInstant(at + " ", out _));
    });

    [Fact]
    public void A_recorded_time_keeps_its_milliseconds_and_an_instant_its_seconds()
    {
        var time = new DateTimeOffset(2026, 5, 3, 9, 0, 0, 999, TimeSpan.FromHours(8)).AddTicks(9_999);

        Assert.Equal("2026-05-03T01:00:00.999Z", Iso.Recorded(Iso.ToMilliseconds(time)));
        Assert.Equal(0, Iso.ToMilliseconds(time).Ticks % TimeSpan.TicksPerMillisecond);
        Assert.Equal("2026-05-03T01:00:00Z", Instant.Of(time).ToString());
        Assert.Equal("1969-12-31T23:59:59Z", Instant.Of(DateTimeOffset.UnixEpoch.AddMilliseconds(-1)).ToString());
    }

    // Since China gave up daylight saving; before, an hour of autumn stands twice on the wall clock.
    private static Gen<Instant> AnyInstant =>
        Gen.Long[WallTime.At("1992-01-01 00:00").Seconds, WallTime.At("2999-12-31 23:59").Seconds].Select(s => new Instant(s));
}
