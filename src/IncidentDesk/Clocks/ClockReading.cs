using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Clocks;

/// <summary>What a host's clock is measured against.</summary>
public static class ClockSource
{
    /// <summary>The clock of the database server.</summary>
    public const string Database = "database";

    /// <summary>The NTP server that <c>Clock:Ntp</c> names.</summary>
    public const string Ntp = "ntp";

    /// <summary>Why the embedded engine cannot be asked: its clock is this host's own. Nothing failed.</summary>
    public const string NoSecondClock = "no_second_clock";
}

/// <summary>
/// One look at another clock: how far this host's is ahead of it, negative where it is behind, measured in the middle of the round trip, of which up to half may be an error;
/// or the code of why it could not be asked.
/// </summary>
public sealed record ClockReading(string Source, TimeSpan? Offset, TimeSpan? Delay, string? Failure)
{
    /// <summary>Clocks that differ by more are wrong.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    // A statement that took longer is asked again: the first of a process is still being compiled, and one that waited says little.
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(50);

    /// <summary>One without an answer.</summary>
    internal static ClockReading Failed(string source, string reason) => new(source, null, null, reason);

    /// <summary>Whether the clock is wrong by more than the tolerance, however the round trip was spent.</summary>
    internal bool Wrong => Offset is { } offset && offset.Duration() - (Delay!.Value / 2) > Tolerance;

    /// <summary>
    /// Measures against the database server. A slow answer is asked for again, and the quicker one counts. Throws what the driver does where the server does not answer.
    /// </summary>
    internal static async Task<ClockReading> OfDatabase(DeskDb db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (db.ServerClock is null)
        {
            return Failed(ClockSource.Database, ClockSource.NoSecondClock);
        }

        var first = await Ask();
        var second = first.Delay > Quick ? await Ask() : first;
        return second.Delay < first.Delay ? second : first;

        async Task<ClockReading> Ask()
        {
            var (asked, started) = (clock.GetUtcNow(), clock.GetTimestamp());
            var server = await db.Database.SqlQueryRaw<DateTime>(db.ServerClock).SingleAsync(cancellationToken);
            var took = clock.GetElapsedTime(started);
            return new ClockReading(ClockSource.Database, asked + (took / 2) - new DateTimeOffset(DateTime.SpecifyKind(server, DateTimeKind.Utc)), took, null);
        }
    }
}
