namespace IncidentDesk.Domain.Sla;

/// <summary>A half-open stretch of time [<paramref name="From"/>, <paramref name="To"/>), in whole seconds.</summary>
public readonly record struct Interval(Instant From, Instant To)
{
    /// <summary>Its length in seconds; 0 when it ends before it begins.</summary>
    public long Length => Math.Max(0, To.Since(From));
}

/// <summary>
/// The one interval algebra of the clock. Elapsed time and due times are both read from the same stretches, so that adding and
/// subtracting cannot disagree. Lists are in order and disjoint; every result is.
/// </summary>
public static class Intervals
{
    /// <summary>The same stretches in order, overlaps joined, empty ones gone.</summary>
    public static List<Interval> Union(IEnumerable<Interval> stretches)
    {
        var joined = new List<Interval>();
        foreach (var next in stretches.Where(s => s.Length > 0).OrderBy(s => s.From))
        {
            if (joined.Count > 0 && next.From <= joined[^1].To)
            {
                joined[^1] = new Interval(joined[^1].From, Instant.Max(joined[^1].To, next.To));
            }
            else
            {
                joined.Add(next);
            }
        }

        return joined;
    }

    /// <summary>What lies in both lists; lazily, so that one of them may go on without end.</summary>
    public static IEnumerable<Interval> Intersect(IEnumerable<Interval> left, IEnumerable<Interval> right)
    {
        using var a = left.GetEnumerator();
        using var b = right.GetEnumerator();
        var more = a.MoveNext() && b.MoveNext();
        while (more)
        {
            var both = new Interval(Instant.Max(a.Current.From, b.Current.From), Instant.Min(a.Current.To, b.Current.To));
            if (both.Length > 0)
            {
                yield return both;
            }

            more = a.Current.To <= b.Current.To ? a.MoveNext() : b.MoveNext();
        }
    }

    /// <summary>What lies in <paramref name="from"/> and not in <paramref name="taken"/>.</summary>
    public static List<Interval> Subtract(IReadOnlyList<Interval> from, IReadOnlyList<Interval> taken)
    {
        var left = new List<Interval>();
        foreach (var stretch in from)
        {
            var begin = stretch.From;
            foreach (var hole in taken)
            {
                if (hole.To > begin && hole.From < stretch.To)
                {
                    Keep(begin, hole.From);
                    begin = Instant.Max(begin, hole.To);
                }
            }

            Keep(begin, stretch.To);
        }

        return left;

        void Keep(Instant begin, Instant end)
        {
            if (begin < end)
            {
                left.Add(new Interval(begin, end));
            }
        }
    }

    /// <summary>Seconds in all the stretches together.</summary>
    public static long Length(IEnumerable<Interval> stretches) => stretches.Sum(s => s.Length);

    /// <summary>
    /// The earliest instant at which <paramref name="seconds"/> of the stretches have passed: where a stretch ends exactly then, its
    /// end, not the next one's beginning (R11). Null where they never add up to that.
    /// </summary>
    public static Instant? RunOut(IEnumerable<Interval> stretches, long seconds)
    {
        var left = seconds;
        foreach (var stretch in stretches)
        {
            if (left <= stretch.Length)
            {
                return stretch.From.Plus(left);
            }

            left -= stretch.Length;
        }

        return null;
    }
}
