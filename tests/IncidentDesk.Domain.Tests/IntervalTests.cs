using CsCheck;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Tests;

/// <summary>The interval algebra against a model that looks at every second.</summary>
public class IntervalTests
{
    private const int Horizon = 100;

    // In any order, overlapping, touching, empty and backward ones too.
    private static readonly Gen<Interval[]> AnyStretches =
        Gen.Select(Gen.Int[0, 60], Gen.Int[-3, 20], (from, length) => Of(from, from + length)).Array[0, 8];

    // In order and disjoint, as the algebra asks; touching ones too.
    private static readonly Gen<List<Interval>> Line =
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 6]).Array[0, 8].Select(steps =>
        {
            var line = new List<Interval>();
            var at = 0;
            foreach (var (gap, length) in steps)
            {
                line.Add(Of(at + gap, at + gap + length));
                at += gap + length;
            }

            return line;
        });

    [Fact]
    public void A_union_holds_exactly_the_seconds_of_its_stretches_in_order_and_apart() => AnyStretches.Sample(
        stretches =>
        {
            var union = Intervals.Union(stretches);
            Assert.Equal(Seconds(stretches), Seconds(union));
            Assert.All(union, u => Assert.True(u.From < u.To));
            Assert.All(union.Zip(union.Skip(1)), pair => Assert.True(pair.First.To < pair.Second.From));
        },
        iter: 2_000);

    [Fact]
    public void An_intersection_holds_exactly_the_seconds_of_both() => Gen.Select(Line, Line).Sample(
        (left, right) =>
        {
            var both = Intervals.Intersect(left, right).ToList();
            Assert.Equal(Seconds(left).Intersect(Seconds(right)), Seconds(both));
            AssertInOrder(both);
        },
        iter: 2_000);

    [Fact]
    public void A_difference_holds_exactly_the_seconds_that_were_not_taken() => Gen.Select(Line, Line).Sample(
        (from, taken) =>
        {
            var left = Intervals.Subtract(from, taken);
            Assert.Equal(Seconds(from).Except(Seconds(taken)), Seconds(left));
            AssertInOrder(left);
        },
        iter: 2_000);

    [Fact]
    public void A_budget_runs_out_at_the_first_instant_by_which_it_has_passed() => Gen.Select(Line, Gen.Int[1, 60]).Sample(
        (line, budget) =>
        {
            var seconds = Seconds(line);
            var expected = seconds.Count < budget ? (Instant?)null : new Instant(seconds[budget - 1] + 1);
            Assert.Equal(expected, Intervals.RunOut(line, budget));
        },
        iter: 2_000);

    [Fact]
    public void What_is_taken_and_what_is_left_add_up() => Gen.Select(Line, Line).Sample((from, taken) => Assert.Equal(
        Intervals.Length(from),
        Intervals.Length(Intervals.Subtract(from, taken)) + Intervals.Length(Intervals.Intersect(from, taken))));

    [Fact]
    public void An_intersection_is_lazy_so_that_one_side_may_never_end()
    {
        var hits = Intervals.Intersect([Of(5, 25)], Forever());

        Assert.Equal([Of(5, 6), Of(10, 11), Of(15, 16), Of(20, 21)], hits);

        static IEnumerable<Interval> Forever()
        {
            for (var s = 0; ; s += 5)
            {
                yield return Of(s, s + 1);
            }
        }
    }

    private static Interval Of(int from, int to) => new(new Instant(from), new Instant(to));

    private static List<int> Seconds(IEnumerable<Interval> stretches)
    {
        var all = stretches.ToList();
        return [.. Enumerable.Range(0, Horizon).Where(s => all.Exists(i => i.From.Seconds <= s && s < i.To.Seconds))];
    }

    private static void AssertInOrder(List<Interval> line)
    {
        Assert.All(line, i => Assert.True(i.From < i.To));
        Assert.All(line.Zip(line.Skip(1)), pair => Assert.True(pair.First.To <= pair.Second.From));
    }
}
