using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Reports;

/// <summary>What a report is asked for: a period and scope, read at <paramref name="AsOf"/> with what was recorded by <paramref name="KnownAt"/> (D19).</summary>
public sealed record ReportInputs(Period Period, string Scope, Instant AsOf, DateTimeOffset KnownAt)
{
    /// <summary>As somebody asks for it: both instants default to now.</summary>
    public static ReportInputs Of(Period period, string scope, Instant? asOf, DateTimeOffset? knownAt, DateTimeOffset now) =>
        new(period, scope, asOf ?? Instant.Of(now), Iso.ToMilliseconds(knownAt ?? now));

    /// <summary>Why there is no such report now, or null: neither instant may lie in the future, nor the whole period.</summary>
    public Refusal? Refused(Zone zone, DateTimeOffset now) =>
        !Domain.Incidents.Scope.All.Contains(Scope) ? new Refusal(
                "unknown_scope", "scope", "口径应为 rental、rental-other 或 system。", "The scope must be rental, rental-other or system.")
        : AsOf > Instant.Of(now) ? new Refusal(
                "as_of_in_future", "asOf", $"截至时间不得晚于现在({zone.Format(Instant.Of(now))})。", $"As-of lies in the future; it is now {zone.Format(Instant.Of(now))}.")
        : KnownAt > now ? new Refusal(
                "known_at_in_future", "knownAt", "“按截至…的记录”的时间不得晚于现在。", $"Known-at lies in the future; it is now {zone.Format(Instant.Of(now))}.")
        : zone.StartOf(Period.First) > Instant.Of(now) ? new Refusal(
                "period_not_begun", "month", "该期间尚未开始。", "The period has not begun.")
        : null;

    /// <summary>Points of the indicator: those of the policy in force when the period's last month begins.</summary>
    public decimal Weight(Rules rules) => rules.PolicyFor(rules.Zone.StartOf(Period.Last)).Weight;

    /// <summary>The first instant at which a ticket reported in the period's last second would be breached if open (D14).</summary>
    public Instant ClosableFrom(Rules rules)
    {
        var lastSecond = rules.Zone.StartOf(Period.Last.Next).Plus(-1);
        var policy = rules.PolicyFor(lastSecond);
        return rules.CalendarOf(policy).Add(lastSecond, policy.ResolutionLimitSec + 1) ?? Instant.Never;
    }

    /// <summary>Whether the period can be closed: as-of has reached that instant, and nothing is pending (D14).</summary>
    public bool Closable(Rules rules, long pending) => pending == 0 && ClosableFrom(rules) <= AsOf;
}
