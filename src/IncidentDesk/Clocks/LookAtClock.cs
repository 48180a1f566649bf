using IncidentDesk.Domain.Sla;
using MediatR;

namespace IncidentDesk.Clocks;

/// <summary>
/// Compares how far this host's clock has moved since the last look with the clock that nobody can set. It asks the database only when one jumped; what could not be recorded
/// is tried again at the next look. The result is how many jumps were seen and dealt with.
/// </summary>
public sealed record LookAtClock : IRequest<int>;

/// <summary>The host's clock jumped by so much, forward or, negative, back, and this was seen at that time of its own.</summary>
public sealed record ClockJump(TimeSpan By, DateTimeOffset SeenAt);

/// <summary>What this process remembers of its host's clock.</summary>
public sealed class ClockWatch(TimeProvider clock)
{
    // Both clocks are read within this, or a process that was held in between would see a jump.
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);

    private readonly Queue<ClockJump> jumps = new();
    private (DateTimeOffset Wall, long Steady)? last;

    /// <summary>The machine whose clock it is.</summary>
    public static string Host { get; } = Environment.MachineName is { Length: > 64 } longer ? longer[..64] : Environment.MachineName;

    /// <summary>Whether this process has checked its clock already.</summary>
    internal bool Checked { get; set; }

    /// <summary>Jumps that are not recorded yet; only one look goes on at a time.</summary>
    internal Queue<ClockJump> Look()
    {
        var (steady, wall) = (clock.GetTimestamp(), clock.GetUtcNow());
        if (clock.GetElapsedTime(steady) < AtOnce)
        {
            if (last is var (before, since) && wall - before - clock.GetElapsedTime(since, steady) is var by && by.Duration() > ClockReading.Tolerance)
            {
                jumps.Enqueue(new ClockJump(by, Iso.ToMilliseconds(wall)));
            }

            last = (wall, steady);
        }

        return jumps;
    }
}

/// <inheritdoc cref="LookAtClock"/>
public sealed class LookAtClockHandler(ClockWatch watch, IServiceProvider services) : IRequestHandler<LookAtClock, int>
{
    /// <inheritdoc/>
    public async Task<int> Handle(LookAtClock request, CancellationToken cancellationToken)
    {
        var seen = 0;
        for (var waiting = watch.Look(); waiting.TryPeek(out var jump); waiting.Dequeue())
        {
            await services.SendAlone(new CheckClock(jump), cancellationToken);
            seen++;
        }

        return seen;
    }
}
