namespace IncidentDesk.Data;

/// <summary>
/// Something that befell the installation as a whole and that a reader of its reports must know: it was restored, it was moved, a clock jumped. Never changed, never deleted.
/// </summary>
public sealed class InstallationEventRow
{
    /// <summary>Random, in the order of time.</summary>
    public required string Id { get; set; }

    /// <summary><see cref="Restored"/>, <see cref="Copied"/> or <see cref="ClockJumped"/>.</summary>
    public required string Kind { get; set; }

    /// <summary>From when on it touches what was recorded: of a restore the instant of the backup; else when it was seen.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>When it was recorded, to the millisecond.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>The account of the operating system that did it, and the machine.</summary>
    public required string Who { get; set; }

    /// <summary>The facts: a canonical payload.</summary>
    public required string Detail { get; set; }

    /// <summary>The ledger goes on from a backup.</summary>
    public const string Restored = "restored";

    /// <summary>The ledger was moved from another database.</summary>
    public const string Copied = "copied";

    /// <summary>The clock of a host moved by more than two seconds against one that goes steadily.</summary>
    public const string ClockJumped = "clock_jumped";
}

/// <summary>A data-protection key as its XML, encrypted by what <c>Keys:File</c> or <c>Keys:Certificate</c> names where one is set.</summary>
public sealed class KeyRow
{
    /// <summary>The name that data protection gives it.</summary>
    public required string Id { get; set; }

    /// <summary>The key.</summary>
    public required string Xml { get; set; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>
/// A host's clock was measured against another one, or this was tried. Never changed, never deleted: reports tell how the clocks behind their times were kept.
/// </summary>
public sealed class ClockCheckRow
{
    /// <summary>Random, in the order of time.</summary>
    public required string Id { get; set; }

    /// <summary>The machine whose clock it is.</summary>
    public required string Host { get; set; }

    /// <summary>database or ntp: <see cref="Clocks.ClockSource"/>.</summary>
    public required string Source { get; set; }

    /// <summary>When it was recorded, to the millisecond, by that host's clock.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>How far the host's clock is ahead, in milliseconds; negative where it is behind, null where the other could not be asked.</summary>
    public long? OffsetMs { get; set; }

    /// <summary>The round trip in milliseconds; up to half of it may be an error of the offset.</summary>
    public long? DelayMs { get; set; }

    /// <summary>A code of why the other could not be asked; null where it was.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether it was to be asked and gave no answer.</summary>
    internal bool Failed => Failure is not (null or Clocks.ClockSource.NoSecondClock);

    /// <summary>As it was read.</summary>
    internal Clocks.ClockReading ToReading() => new(Source, Time(OffsetMs), Time(DelayMs), Failure);

    private static TimeSpan? Time(long? ms) => ms is { } known ? TimeSpan.FromMilliseconds(known) : null;
}
