namespace IncidentDesk.Data;

/// <summary>
/// Something that befell the installation as a whole and that a reader of its reports must know: it was restored, it was moved. Never changed, never deleted.
/// </summary>
public sealed class InstallationEventRow
{
    /// <summary>Random, in the order of time.</summary>
    public required string Id { get; set; }

    /// <summary><see cref="Restored"/> or <see cref="Copied"/>.</summary>
    public required string Kind { get; set; }

    /// <summary>From when on it touches what was recorded: of a restore the instant of the backup; else the same as <see cref="At"/>.</summary>
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
