namespace IncidentDesk.Tests.Clocks;

/// <summary>A clock that somebody sets: the wall clock of this machine, apart by so much, beside the one that nobody can set.</summary>
public sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
}
