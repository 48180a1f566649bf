using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Incidents;

namespace IncidentDesk.Domain.Sla;

/// <summary>
/// A version of something that a verdict or a report reads: in force from the first second of <paramref name="ValidFrom"/>, known from
/// <paramref name="RecordedAt"/> on. Never changed, only followed by another (DESIGN §2).
/// </summary>
public sealed record Versioned<T>(string Code, int Version, DateOnly ValidFrom, DateTimeOffset RecordedAt, T What)
{
    /// <summary>Whether the code is ended from this version on: a policy or ladder that is ended rules no ticket reported from that day on.</summary>
    public bool Ended { get; init; }
}

/// <summary>All versions of policies, calendars, official days, scope and ladders, ever.</summary>
public sealed class RuleBook(
    Zone zone,
    IReadOnlyList<Versioned<SlaPolicy>> policies,
    IReadOnlyList<Versioned<CalendarVersion>> calendars,
    IReadOnlyList<Versioned<OfficialYear>> years,
    IReadOnlyList<Versioned<bool>> countsInIndicator,
    IReadOnlyList<Versioned<EscalationLadder>> ladders)
{
    /// <summary>When the newest version was recorded; a report known at that time or later reads all of them.</summary>
    public DateTimeOffset LastRecordedAt { get; } = policies.Select(p => p.RecordedAt)
        .Concat(calendars.Select(c => c.RecordedAt)).Concat(years.Select(y => y.RecordedAt)).Concat(countsInIndicator.Select(c => c.RecordedAt)).Max();

    private Rules? newest;

    /// <summary>The rules as they were known then: what was recorded later does not exist (D19).</summary>
    public Rules KnownAt(DateTimeOffset knownAt) =>
        knownAt >= LastRecordedAt && ladders.All(l => l.RecordedAt <= knownAt) ? newest ??= Of(knownAt) : Of(knownAt);

    private Rules Of(DateTimeOffset knownAt) => new(
        zone, Known(policies, knownAt), Known(calendars, knownAt), Known(years, knownAt), Known(countsInIndicator, knownAt), Known(ladders, knownAt));

    private static IReadOnlyList<Versioned<T>> Known<T>(IReadOnlyList<Versioned<T>> versions, DateTimeOffset knownAt) =>
        [.. versions.Where(v => v.RecordedAt <= knownAt).OrderBy(v => v.ValidFrom).ThenBy(v => v.RecordedAt).ThenBy(v => v.Version)];
}

/// <summary>The rules known at one time; lists are in order of force, so the last one that fits rules.</summary>
public sealed class Rules(
    Zone zone,
    IReadOnlyList<Versioned<SlaPolicy>> policies,
    IReadOnlyList<Versioned<CalendarVersion>> calendars,
    IReadOnlyList<Versioned<OfficialYear>> years,
    IReadOnlyList<Versioned<bool>> countsInIndicator,
    IReadOnlyList<Versioned<EscalationLadder>> ladders)
{
    private readonly Dictionary<string, WorkCalendar> built = calendars.GroupBy(c => c.Code).ToDictionary(
        c => c.Key, c => new WorkCalendar(c.Key, zone, [.. c.Select(v => v.What)], new OfficialDays(years.Select(y => y.What))));

    private readonly ILookup<string, Versioned<bool>> scope = countsInIndicator.ToLookup(c => c.Code);

    /// <summary>The installation's zone.</summary>
    public Zone Zone { get; } = zone;

    /// <summary>Versions of the policies, in order of force.</summary>
    public IReadOnlyList<Versioned<SlaPolicy>> Policies { get; } = policies;

    /// <summary>Versions of the calendars, in order of force.</summary>
    public IReadOnlyList<Versioned<CalendarVersion>> Calendars { get; } = calendars;

    /// <summary>The official lists of days, in order of force.</summary>
    public IReadOnlyList<Versioned<OfficialYear>> OfficialYears { get; } = years;

    /// <summary>Which categories count into the indicator, in order of force (D23).</summary>
    public IReadOnlyList<Versioned<bool>> CountsInIndicator { get; } = countsInIndicator;

    /// <summary>The policy of a ticket: chosen once, by its effective reportedAt (D7).</summary>
    public SlaPolicy PolicyFor(Instant reportedAt) => InForce(Policies, Zone.DayOf(reportedAt))!.What;

    /// <summary>The ladder of a ticket, by its effective reportedAt as the policy is.</summary>
    public EscalationLadder LadderFor(Instant reportedAt) => InForce(ladders, Zone.DayOf(reportedAt))!.What;

    /// <summary>The first day, from <paramref name="from"/> on, whose tickets would have no policy or no ladder; null where there is none such.</summary>
    public DateOnly? FirstWithout(DateOnly from)
    {
        var changes = Policies.Select(p => p.ValidFrom).Concat(ladders.Select(l => l.ValidFrom)).Where(day => day > from).Prepend(from).Order();
        return changes.Where(day => InForce(Policies, day) is null || InForce(ladders, day) is null).Select(day => (DateOnly?)day).FirstOrDefault();
    }

    /// <summary>The calendar that a policy counts in.</summary>
    public WorkCalendar CalendarOf(SlaPolicy policy) => built[policy.Calendar];

    /// <summary>The scope of a ticket, by the version in force at its effective reportedAt (D23).</summary>
    public string ScopeOf(FaultKind kind, string category, Instant reportedAt)
    {
        var day = Zone.DayOf(reportedAt);
        return Scope.Of(kind, kind == FaultKind.Rental && scope[category].LastOrDefault(c => c.ValidFrom <= day) is { What: true });
    }

    /// <summary>Reads a ticket's clock under the policy that its facts choose.</summary>
    public SlaReading Read(ClockFacts facts, Instant asOf)
    {
        var policy = PolicyFor(facts.ReportedAt);
        return SlaClock.Read(facts, policy, CalendarOf(policy), asOf);
    }

    /// <summary>The version that rules a day, whatever its code: the last one in force of the codes that are not ended on that day.</summary>
    private static Versioned<T>? InForce<T>(IReadOnlyList<Versioned<T>> versions, DateOnly day)
    {
        for (var i = versions.Count - 1; i >= 0; i--)
        {
            if (versions[i].ValidFrom <= day && versions.Last(own => own.Code == versions[i].Code && own.ValidFrom <= day) is { Ended: false })
            {
                return versions[i];
            }
        }

        return null;
    }
}
