using System.Globalization;
using System.Numerics;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Timeliness;

/// <summary>How many tickets of a period ended how (R18).</summary>
public readonly record struct Tally(long OnTime, long Breached, long Pending, long Excluded)
{
    /// <summary>One ticket more.</summary>
    public Tally With(Outcome outcome) => outcome switch
    {
        Outcome.OnTime => this with { OnTime = OnTime + 1 },
        Outcome.Breached => this with { Breached = Breached + 1 },
        Outcome.Pending => this with { Pending = Pending + 1 },
        _ => this with { Excluded = Excluded + 1 },
    };

    /// <summary>The two together: a year is pooled, not the mean of its months (D15).</summary>
    public static Tally operator +(Tally a, Tally b) =>
        new(a.OnTime + b.OnTime, a.Breached + b.Breached, a.Pending + b.Pending, a.Excluded + b.Excluded);
}

/// <summary>
/// The figures of a month, a year or any period (D14–D17, R18, R19): counts, the rate in percent and both scores, truncated to two decimals from
/// whole numbers (D16). Rate and scores are null where nothing is determinate; never 100 % or 0 % then (D15).
/// </summary>
public sealed record MonthFigures(Tally Tally, decimal Weight)
{
    /// <summary>接报: every ticket of the period.</summary>
    public long Received => Tally.Excluded + Denominator;

    /// <summary>纳入考核工单: received less void and duplicate.</summary>
    public long Denominator => Determinate + Tally.Pending;

    /// <summary>Tickets with a verdict.</summary>
    public long Determinate => Tally.OnTime + Tally.Breached;

    /// <summary>Whether some counted ticket is undecided (D14).</summary>
    public bool Provisional => Tally.Pending > 0;

    /// <summary><c>undefined</c>, <c>provisional</c> or <c>final</c> (R19).</summary>
    public string Status => Denominator == 0 ? "undefined" : Provisional ? "provisional" : "final";

    /// <summary>24小时处理及时率 in percent, for example <c>98.70</c>.</summary>
    public string? RatePct => Determinate == 0 ? null : Truncated(100, Tally.OnTime, Determinate);

    /// <summary>从严口径: the weight or 0.00; one breach fixes 0.00 even while provisional (D17).</summary>
    public string? PointsAllOrNothing =>
        Denominator == 0 ? null
        : Tally.Breached > 0 ? "0.00"
        : Provisional ? null
        : Truncated(Weight, 1, 1);

    /// <summary>The weight by the rate.</summary>
    public string? PointsProportional => Denominator == 0 || Provisional ? null : Truncated(Weight, Tally.OnTime, Determinate);

    /// <summary>factor × part ÷ whole with two decimals, truncated; exact, because nothing is rounded before the one division.</summary>
    private static string Truncated(decimal factor, long part, long whole)
    {
        var bits = decimal.GetBits(factor);
        var scale = (bits[3] >> 16) & 0xFF;
        var unscaled = (new BigInteger((uint)bits[2]) << 64) | (new BigInteger((uint)bits[1]) << 32) | (uint)bits[0];
        var hundredths = unscaled * part * 100 / (whole * BigInteger.Pow(10, scale));
        return string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100}.{(int)(hundredths % 100):00}");
    }
}
