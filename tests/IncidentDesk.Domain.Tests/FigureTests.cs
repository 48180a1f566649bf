using System.Globalization;
using System.Numerics;
using CsCheck;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;

namespace IncidentDesk.Domain.Tests;

/// <summary>Figures that an evaluator will recount (D14–D17, R18, R19).</summary>
public class FigureTests
{
    [Theory]
    [InlineData(29_999, 1, "99.99", "9.99")]
    [InlineData(1_999_999, 1, "99.99", "9.99")]
    [InlineData(999_999_999_999, 1, "99.99", "9.99")]
    [InlineData(1_000_000_000_000, 0, "100.00", "10.00")]
    [InlineData(2, 1, "66.66", "6.66")]
    [InlineData(1, 2, "33.33", "3.33")]
    [InlineData(76, 1, "98.70", "9.87")]
    [InlineData(1, 99_999, "0.00", "0.00")]
    [InlineData(0, 1, "0.00", "0.00")]
    public void Rate_and_points_are_truncated_and_never_rounded_up(long onTime, long breached, string rate, string points)
    {
        var figures = new MonthFigures(new Tally(onTime, breached, 0, 0), 10);

        Assert.Equal(rate, figures.RatePct);
        Assert.Equal(points, figures.PointsProportional);
    }

    [Theory]
    [InlineData("2.5", 2, 1, "1.66", "0.00")]
    [InlineData("2.5", 3, 0, "2.50", "2.50")]
    [InlineData("0.125", 1, 0, "0.12", "0.12")]
    [InlineData("0", 1, 0, "0.00", "0.00")]
    [InlineData("10.009", 1, 0, "10.00", "10.00")]
    [InlineData("1000000000000", 2, 1, "666666666666.66", "0.00")]
    [InlineData("3.3333333333333333333333333", 1, 2, "1.11", "0.00")]
    public void A_weight_may_have_decimals(string weight, long onTime, long breached, string proportional, string allOrNothing)
    {
        var figures = new MonthFigures(new Tally(onTime, breached, 0, 0), decimal.Parse(weight, CultureInfo.InvariantCulture));

        Assert.Equal((proportional, allOrNothing), (figures.PointsProportional, figures.PointsAllOrNothing));
    }

    [Fact]
    public void A_period_without_counted_tickets_has_no_rate_and_no_points()
    {
        var none = new MonthFigures(new Tally(0, 0, 0, 3), 10);

        Assert.Equal(("undefined", false, 3, 0), (none.Status, none.Provisional, none.Received, none.Denominator));
        Assert.Null(none.RatePct);
        Assert.Null(none.PointsAllOrNothing);
        Assert.Null(none.PointsProportional);
    }

    [Fact]
    public void A_period_of_pending_tickets_only_has_no_result_yet()
    {
        var pending = new MonthFigures(new Tally(0, 0, 4, 1), 10);

        Assert.Equal(("provisional", true, 5, 4, 0), (pending.Status, pending.Provisional, pending.Received, pending.Denominator, pending.Determinate));
        Assert.Null(pending.RatePct);
        Assert.Null(pending.PointsAllOrNothing);
        Assert.Null(pending.PointsProportional);
    }

    [Fact]
    public void A_provisional_period_has_a_rate_of_what_is_decided_and_no_points_yet()
    {
        var figures = new MonthFigures(new Tally(3, 0, 1, 0), 10);

        Assert.Equal("100.00", figures.RatePct);
        Assert.Null(figures.PointsAllOrNothing);
        Assert.Null(figures.PointsProportional);
    }

    [Fact]
    public void One_breach_fixes_the_strict_score_at_zero_even_while_provisional()
    {
        var figures = new MonthFigures(new Tally(3, 1, 1, 0), 10);

        Assert.Equal(("75.00", "0.00"), (figures.RatePct, figures.PointsAllOrNothing));
        Assert.Null(figures.PointsProportional);
    }

    [Fact]
    public void A_year_is_pooled_and_not_the_mean_of_its_months()
    {
        var year = new MonthFigures(new Tally(1, 0, 0, 1) + new Tally(1, 2, 0, 0), 10);

        Assert.Equal(("50.00", 5, "5.00"), (year.RatePct, (int)year.Received, year.PointsProportional));
    }

    [Fact]
    public void Every_outcome_is_tallied_in_its_own_place()
    {
        Assert.Equal(new Tally(1, 0, 0, 0), default(Tally).With(Outcome.OnTime));
        Assert.Equal(new Tally(0, 1, 0, 0), default(Tally).With(Outcome.Breached));
        Assert.Equal(new Tally(0, 0, 1, 0), default(Tally).With(Outcome.Pending));
        Assert.Equal(new Tally(0, 0, 0, 1), default(Tally).With(Outcome.Excluded));
    }

    [Fact]
    public void A_hundred_per_cent_appears_only_when_nothing_is_late() => Gen.Select(Counts, Counts).Sample((onTime, breached) =>
    {
        var rate = new MonthFigures(new Tally(onTime, breached, 0, 0), 10).RatePct;
        Assert.Equal(onTime + breached == 0, rate is null);
        Assert.Equal(onTime > 0 && breached == 0, rate == "100.00");
    });

    [Fact]
    public void A_figure_is_the_largest_hundredth_that_is_not_too_much() => Gen.Select(Counts, Counts, Gen.Int[0, 100_000]).Sample((onTime, breached, weight) =>
    {
        var figures = new MonthFigures(new Tally(onTime, breached, 0, 0), weight / 1000m);
        if (figures.Determinate > 0)
        {
            AssertTruncated(figures.RatePct!, new BigInteger(100_000) * onTime, figures.Determinate);
            AssertTruncated(figures.PointsProportional!, new BigInteger(weight) * onTime, figures.Determinate);
        }

        // text × 1000 × whole ≤ thousandths < (text + 0.01) × 1000 × whole, in whole numbers.
        static void AssertTruncated(string text, BigInteger thousandths, long whole)
        {
            Assert.Equal('.', text[^3]);
            var hundredths = BigInteger.Parse(text.Remove(text.Length - 3, 1), CultureInfo.InvariantCulture);
            Assert.True(hundredths * 10 * whole <= thousandths && thousandths < (hundredths + 1) * 10 * whole, text);
        }
    });

    private static Gen<long> Counts => Gen.OneOf(Gen.Long[0, 3], Gen.Long[0, 100_000], Gen.Long[0, 1_000_000_000_000]);
}
