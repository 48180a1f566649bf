using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// A job ran to its end just now. It never goes back: one that lies ahead shows that a clock was set back, or is slow. One statement, which is its own transaction and may be
/// repeated: no unit of work.
/// </summary>
public sealed record Heartbeat(string Job) : IRequest<DateTimeOffset>
{
    /// <summary>The job that raises alerts, every second.</summary>
    public const string Tick = "tick";

    /// <summary>A web host that was asked whether it is ready.</summary>
    public const string Web = "web";
}

/// <inheritdoc cref="Heartbeat"/>
public sealed class HeartbeatHandler(DeskDb db, WriterGate gate, TimeProvider clock) : IRequestHandler<Heartbeat, DateTimeOffset>
{
    /// <inheritdoc/>
    public async Task<DateTimeOffset> Handle(Heartbeat request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        using var turn = await gate.Enter(db, cancellationToken);
        if (await db.Heartbeats.Where(h => h.Job == request.Job).ExecuteUpdateAsync(set => set.SetProperty(h => h.At, h => h.At > now ? h.At : now), cancellationToken) == 0)
        {
            db.Heartbeats.Add(new HeartbeatRow { Job = request.Job, At = now });
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException) when (db.Heartbeats.AsNoTracking().Any(h => h.Job == request.Job))
            {
                // Another process made the row in between; its sign of life is as good.
                db.ChangeTracker.Clear();
            }
        }

        return now;
    }
}
