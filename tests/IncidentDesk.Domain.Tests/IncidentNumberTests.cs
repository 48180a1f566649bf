using CsCheck;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.WallTime;

namespace IncidentDesk.Domain.Tests;

/// <summary>Numbers of incidents and names of months: what is written is read back, and nothing else is.</summary>
public class IncidentNumberTests
{
    private static readonly Gen<DateOnly> AnyDay = Gen.Int[0, 400_000].Select(new DateOnly(1900, 1, 1).AddDays);

    private static readonly Gen<int> AnyN = Gen.OneOf(Gen.Int[1, 12_000], Gen.Int[1, IncidentNumber.Largest]);

    [Theory]
    [InlineData(1, false, "BY20260503-0001", 20260503_000001)]
    [InlineData(9_999, false, "BY20260503-9999", 20260503_009999)]
    [InlineData(10_000, false, "BY20260503-10000", 20260503_010000)]
    [InlineData(499_999, false, "BY20260503-499999", 20260503_499999)]
    [InlineData(1, true, "BY20260503-L0001", 20260503_500001)]
    [InlineData(499_999, true, "BY20260503-L499999", 20260503_999999)]
    public void A_number_is_prefix_day_and_four_digits_or_more(int n, bool imported, string text, long key)
    {
        var number = IncidentNumber.Of("BY", Day("2026-05-03"), n, imported);

        Assert.Equal((text, key), (number.ToString(), number.Key));
    }

    [Fact]
    public void A_number_is_read_back_with_its_day_and_series() => Gen.Select(AnyDay, AnyN, Gen.Bool).Sample((day, n, imported) =>
    {
        var number = IncidentNumber.Of("BY", day, n, imported);

        Assert.True(IncidentNumber.TryParse("BY", number.ToString(), out var read));
        Assert.Equal(number, read);
        Assert.Equal((day, n, imported), (read.Day, read.InDay, read.Imported));
    });

    [Fact]
    public void Keys_order_as_days_and_numbers_do() => Gen.Select(AnyDay, AnyN, AnyN, Gen.Int[1, 1_000]).Sample((day, n, other, later) =>
    {
        var key = IncidentNumber.Of("BY", day, n, true).Key;
        Assert.InRange(key, IncidentNumber.DayKey(day) + 1, IncidentNumber.DayKey(day.AddDays(later)) - 1);
        Assert.True(key < IncidentNumber.Of("BY", day.AddDays(later), other, false).Key);
        Assert.Equal(n < other, key < IncidentNumber.Of("BY", day, other, true).Key);
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("BY")]
    [InlineData("BY20260503")]
    [InlineData("BY20260503-")]
    [InlineData("BY20260503-L")]
    [InlineData("BY20260503-1")]
    [InlineData("BY20260503-001")]
    [InlineData("BY20260503-00001")]
    [InlineData("BY20260503-0000")]
    [InlineData("BY20260503-500000")]
    [InlineData("BY20260503-500001")]
    [InlineData("BY20260503-L500001")]
    [InlineData("BY20260503-99999999999")]
    [InlineData("BY20260503-l0001")]
    [InlineData("BY20260503-M0001")]
    [InlineData("BY20260503-+001")]
    [InlineData("BY20260503- 001")]
    [InlineData("BY20260503-0001 ")]
    [InlineData("BY20260503-０００１")]
    [InlineData("BY20260503_0001")]
    [InlineData("BY20260229-0001")]
    [InlineData("BY2026053-00001")]
    [InlineData("by20260503-0001")]
    [InlineData("BYX20260503-0001")]
    [InlineData("TH20260503-0001")]
    [InlineData("20260503-0001")]
    public void Anything_else_is_no_number_of_this_installation(string? text) => Assert.False(IncidentNumber.TryParse("BY", text, out _));

    [Fact]
    public void A_month_is_read_back_and_its_neighbours_know_it() => AnyDay.Sample(day =>
    {
        var month = Month.Of(day);

        Assert.True(Month.TryParse(month.ToString(), out var read));
        Assert.Equal(month, read);
        Assert.Equal((month, month), (month.Next.Previous, month.Previous.Next));
        Assert.True(month.Previous.Number < month.Number && month.Number < month.Next.Number);
        Assert.Equal(month.FirstDay, new DateOnly(day.Year, day.Month, 1));
        Assert.Equal(month, Zone.Shanghai.MonthOf(Zone.Shanghai.StartOf(month)));
        Assert.Equal(month.Previous, Zone.Shanghai.MonthOf(Zone.Shanghai.StartOf(month).Plus(-1)));
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026")]
    [InlineData("2026-5")]
    [InlineData("2026-00")]
    [InlineData("2026-13")]
    [InlineData("2026-05-01")]
    [InlineData("2026/05")]
    [InlineData(" 2026-05")]
    [InlineData("9999-01")]
    [InlineData("0000-01")]
    [InlineData("２０２６-05")]
    public void Anything_else_is_no_month(string? text) => Assert.False(Month.TryParse(text, out _));
}
