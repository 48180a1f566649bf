namespace IncidentDesk.Domain.Sla;

/// <summary>Where the clock starts (D3, R10). Product policies allow <see cref="Reported"/> only; the others exist for comparison in replay.</summary>
public enum ClockStart
{
    /// <summary>Effective reportedAt: when on-site staff first learned of it.</summary>
    Reported,

    /// <summary>When the handler accepted the job; without that, effective reportedAt.</summary>
    Accepted,

    /// <summary>When the fault occurred; without that, effective reportedAt.</summary>
    Occurred,
}

/// <summary>What an approved pause does (D8).</summary>
public enum PauseMode
{
    /// <summary>Recorded and disclosed, never deducted: 登记客观原因(不停钟).</summary>
    None,

    /// <summary>Approved pauses stop the clock.</summary>
    Approved,
}

/// <summary>What a reopen does to the time between resolve and reopen (D9, R13); <c>not_fixed</c> counts it under either mode.</summary>
public enum ReopenMode
{
    /// <summary>The gap does not count; the stretches before and after add up.</summary>
    Cumulative,

    /// <summary>The gap counts after every reopen, whatever its reason.</summary>
    Continuous,
}

/// <summary>
/// One version of a policy. Limits are in seconds of counted time and inclusive (D6). Times and limits only; what counts into the indicator is scope (D23).
/// </summary>
public sealed record SlaPolicy
{
    /// <summary>The policy's code, for example <c>strict</c>.</summary>
    public required string Code { get; init; }

    /// <summary>1 for the first version; a later version of the same code never changes tickets reported before it took force.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The code of the calendar that counts.</summary>
    public required string Calendar { get; init; }

    /// <summary>Where the clock starts.</summary>
    public ClockStart ClockStart { get; init; }

    /// <summary>Seconds allowed to the first human contact (D4).</summary>
    public required long ResponseLimitSec { get; init; }

    /// <summary>Seconds allowed to the resolution (D5).</summary>
    public required long ResolutionLimitSec { get; init; }

    /// <summary>What pauses do.</summary>
    public PauseMode PauseMode { get; init; }

    /// <summary>What reopens do.</summary>
    public ReopenMode ReopenMode { get; init; }

    /// <summary>A log or an entry later than this, in seconds of the wall clock, is 补录 (D3, D21).</summary>
    public long LateLogFlagSec { get; init; } = 1_800;

    /// <summary>Points of the indicator in the scorecard.</summary>
    public decimal Weight { get; init; } = 10;

    /// <summary>The default policy (D7): 24x7 from reportedAt, 24 hours, pauses not deducted.</summary>
    public static SlaPolicy Strict { get; } =
        new() { Code = "strict", Calendar = "24x7", ResponseLimitSec = 1_800, ResolutionLimitSec = 86_400 };
}
