using System.Globalization;

namespace IncidentDesk.Domain.Sla;

/// <summary>
/// The installation's time zone (D1): where days, months and working windows begin and end, and how times without an offset are read.
/// </summary>
public sealed class Zone
{
    private readonly TimeZoneInfo info;

    private Zone(TimeZoneInfo info) => this.info = info;

    /// <summary>The model installation's zone, and the zone of the public calculator.</summary>
    public static Zone Shanghai { get; } = Find("Asia/Shanghai")!;

    /// <summary>The IANA name, for example <c>Asia/Shanghai</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The zone of that IANA name, or null where this machine knows none.</summary>
    public static Zone? Find(string id)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var found))
        {
            return new Zone(found) { Id = id };
        }

        // A machine without time zone data, or Windows without ICU, still knows the one zone the product is made for.
        return id == "Asia/Shanghai"
            ? new Zone(TimeZoneInfo.CreateCustomTimeZone(id, TimeSpan.FromHours(8), id, id)) { Id = id }
            : null;
    }

    /// <summary>The instant at which that wall clock shows <paramref name="local"/>; a time skipped by daylight saving counts as the hour after.</summary>
    public Instant At(DateTime local)
    {
        var unspecified = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (info.IsInvalidTime(unspecified))
        {
            unspecified = unspecified.AddHours(1);
        }

        return Instant.Of(new DateTimeOffset(unspecified, info.GetUtcOffset(unspecified)));
    }

    /// <summary>The first second of a day.</summary>
    public Instant StartOf(DateOnly day) => At(day.ToDateTime(TimeOnly.MinValue));

    /// <summary>The first second of a month; its last second is one before the next month's first (D13).</summary>
    public Instant StartOf(Month month) => StartOf(month.FirstDay);

    /// <summary>The wall clock at that instant, with its offset.</summary>
    public DateTimeOffset Local(Instant instant) => TimeZoneInfo.ConvertTime(instant.ToUtc(), info);

    /// <summary>The day an instant falls on.</summary>
    public DateOnly DayOf(Instant instant) => DateOnly.FromDateTime(Local(instant).DateTime);

    /// <summary>The month an instant falls in (D13).</summary>
    public Month MonthOf(Instant instant) => Month.Of(DayOf(instant));

    /// <summary>The instant on that wall clock with its offset: <c>2022-05-03T09:00:00+08:00</c> (R7).</summary>
    public string Format(Instant instant) =>
        Local(instant).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
