using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Data;

/// <summary>
/// A step that was raised: one row per incident, timer, step and deadline version, for ever, so that nothing is raised twice whoever and however many look.
/// </summary>
public sealed class AlertRow
{
    /// <summary>The four that make it unique, with dots between; it stands in every message, so that a receiver can tell a repetition.</summary>
    public required string Id { get; set; }

    /// <summary>Key of the incident; of the canary for the timer <see cref="Canary"/>; 0 where it is about none.</summary>
    public long Incident { get; set; }

    /// <summary>resolution, response, extension; <see cref="Canary"/>, or <see cref="Watch"/> for what the watch itself has to tell.</summary>
    public required string Timer { get; set; }

    /// <summary>Name of the step.</summary>
    public required string Step { get; set; }

    /// <summary>Version of the deadline it belongs to.</summary>
    public int DeadlineVersion { get; set; }

    /// <summary>When it was owed.</summary>
    public Instant DueAt { get; set; }

    /// <summary>When it was raised, to the millisecond.</summary>
    public DateTimeOffset RaisedAt { get; set; }

    /// <summary>The alert that tells of it too, where several were owed at once; null for one that speaks for itself.</summary>
    public string? FoldedInto { get; set; }

    /// <summary>When somebody first said 已知悉.</summary>
    public DateTimeOffset? AcknowledgedAt { get; set; }

    /// <summary>What it says, in zh-CN; empty for one that is folded into another.</summary>
    public required string Zh { get; set; }

    /// <summary>What it says, in English.</summary>
    public required string En { get; set; }

    /// <summary>Timer of the canary.</summary>
    public const string Canary = "canary";

    /// <summary>Timer of what the watch tells the operators.</summary>
    public const string Watch = "watch";

    /// <summary>The step as the ladder reads it.</summary>
    public RaisedStep ToStep() => new(Timer, Step, DeadlineVersion, AcknowledgedAt is not null);

    /// <summary>The key of an alert.</summary>
    public static string IdOf(long incident, string timer, string step, int version) => FormattableString.Invariant($"{incident}.{timer}.{step}.{version}");
}

/// <summary>An alert in a person's inbox: the channel of record.</summary>
public sealed class InboxRow
{
    /// <summary>Whose.</summary>
    public required string Person { get; set; }

    /// <summary>Which alert.</summary>
    public required string Alert { get; set; }

    /// <summary>When it was raised.</summary>
    public DateTimeOffset RaisedAt { get; set; }

    /// <summary>When that person said 已知悉.</summary>
    public DateTimeOffset? AcknowledgedAt { get; set; }
}

/// <summary>An alert on its way to one person, or one group, by one outside channel, at least once; <see cref="Id"/> travels with it.</summary>
public sealed class OutboxRow
{
    /// <summary>Alert, channel and person.</summary>
    public required string Id { get; set; }

    /// <summary>Which alert.</summary>
    public required string Alert { get; set; }

    /// <summary>Key of the incident whose end or new deadline cancels it; 0 where none does.</summary>
    public long Incident { get; set; }

    /// <summary>Timer of the alert.</summary>
    public required string Timer { get; set; }

    /// <summary>Version of the deadline.</summary>
    public int DeadlineVersion { get; set; }

    /// <summary>Code of the channel.</summary>
    public required string Channel { get; set; }

    /// <summary>To whom; <see cref="Group"/> where the channel has one reader for all.</summary>
    public required string Person { get; set; }

    /// <summary>pending, sent, cancelled or dead.</summary>
    public required string State { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>Not before.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>Until when one worker has it; a worker that was killed loses it then.</summary>
    public DateTimeOffset LeaseUntil { get; set; }

    /// <summary>Rises with each claim: who lost the lease can no longer write the outcome.</summary>
    public int Fence { get; set; }

    /// <summary>When it was delivered.</summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Key of the digest that tells of it among others; null for one that travels by itself.</summary>
    public string? Digest { get; set; }

    /// <summary>Why it was not delivered when it was last tried, without secrets.</summary>
    public string? Reason { get; set; }

    /// <summary>The reader of a channel that has one for all.</summary>
    public const string Group = "*";

    /// <summary>Not delivered yet.</summary>
    public const string Pending = "pending";

    /// <summary>Delivered.</summary>
    public const string Sent = "sent";

    /// <summary>The incident was over, or its deadline another one, before it was delivered.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Given up: refused, or not taken for a day. Somebody may have it sent again.</summary>
    public const string Dead = "dead";
}

/// <summary>A period of a job that recurs, begun once by one worker: which day or hour is not done is asked here, never of a clock that ran.</summary>
public sealed class JobPeriodRow
{
    /// <summary>Name of the job.</summary>
    public required string Job { get; set; }

    /// <summary>The day or hour in the installation's zone: <c>2026-05-03</c>, <c>2026-05-03T09</c>.</summary>
    public required string Period { get; set; }

    /// <summary>Until when one worker has it.</summary>
    public DateTimeOffset LeaseUntil { get; set; }

    /// <summary>Rises with each claim.</summary>
    public int Fence { get; set; }

    /// <summary>When it was done.</summary>
    public DateTimeOffset? DoneAt { get; set; }

    /// <summary>What came of it.</summary>
    public string? Result { get; set; }
}

/// <summary>When a job last ran to its end, in whatever process.</summary>
public sealed class HeartbeatRow
{
    /// <summary>Name of the job.</summary>
    public required string Job { get; set; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; set; }
}

/// <summary>自检工单: a ticket of the watch itself, without a number. Its breach must arrive every hour.</summary>
public sealed class CanaryRow
{
    /// <summary>yyyymmddhh in the installation's zone.</summary>
    public long Key { get; set; }

    /// <summary>Where its clock starts.</summary>
    public Instant StartAt { get; set; }

    /// <summary>When its alert is owed; null once it was raised.</summary>
    public Instant? NextStepAt { get; set; }

    /// <summary>When its alert was raised.</summary>
    public DateTimeOffset? RaisedAt { get; set; }
}
