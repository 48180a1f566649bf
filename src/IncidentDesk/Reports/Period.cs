using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Reports;

/// <summary>A month, or the twelve months of a year.</summary>
public readonly record struct Period(Month First, Month Last)
{
    /// <summary>One month.</summary>
    public static Period Of(Month month) => new(month, month);

    /// <summary>A year, pooled (D15).</summary>
    public static Period OfYear(int year) => new(new Month((year * 100) + 1), new Month((year * 100) + 12));

    /// <summary>Whether it is a year.</summary>
    public bool IsYear => First != Last;

    /// <summary>Its months in order.</summary>
    public IEnumerable<Month> Months
    {
        get
        {
            for (var month = First; month.Number <= Last.Number; month = month.Next)
            {
                yield return month;
            }
        }
    }

    /// <summary>Whether a month belongs to it.</summary>
    public bool Contains(Month month) => month.Number >= First.Number && month.Number <= Last.Number;

    /// <summary><c>2025-03</c> or <c>2025</c>.</summary>
    public override string ToString() => IsYear ? First.ToString()[..4] : First.ToString();
}
