using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.Pipeline;

namespace IncidentDesk.Data;

/// <summary>
/// Faults that are logged at the same time share a commit: whoever finds the writer idle writes at once, and whoever comes while it writes is in the next commit, up to 64
/// of them. Nobody is ever waited for. A batch that fails is written one by one, so that only what is wrong itself fails.
/// </summary>
public sealed class CommitQueue(IServiceProvider services, DeskSettings settings)
{
    /// <summary>How many share a commit.</summary>
    public const int Most = 64;

    /// <summary>How many wait before the next is sent away: some seconds' work.</summary>
    public const int Longest = 4096;

    private static readonly Refusal Busy = new("busy", "database", "登记请求过多，请稍后再试，未保存任何内容。", "Too many wait to be logged; nothing was stored. Try again.");

    private readonly Queue<Waiting> waiting = new();
    private int inHand;
    private bool writing;

    /// <summary>How many wait, and how many are being written.</summary>
    public (int Waiting, int InHand) Depth
    {
        get
        {
            lock (waiting)
            {
                return (waiting.Count, inHand);
            }
        }
    }

    /// <summary>Logs one fault and waits until it is on the disk. Who gives up waiting does not take it back: the same key finds it again.</summary>
    public async Task<Outcome<IncidentChanged>> Log(FaultToLog fault, CancellationToken cancellationToken)
    {
        if (!settings.SharedCommits)
        {
            return (await services.SendAlone(new LogFaults([fault]), cancellationToken))[0];
        }

        var mine = new Waiting(fault);
        lock (waiting)
        {
            if (waiting.Count >= Longest)
            {
                return Busy;
            }

            waiting.Enqueue(mine);
            if (!writing)
            {
                // Not under the first caller's trace, nor ended with their request.
                using var apart = ExecutionContext.SuppressFlow();
                writing = true;
                _ = Task.Run(Write, CancellationToken.None);
            }
        }

        return await mine.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task Write()
    {
        while (Next() is { Count: > 0 } batch)
        {
            await Write(batch);
        }
    }

    private async Task Write(List<Waiting> batch)
    {
        try
        {
            var answers = await services.SendAlone(new LogFaults(batch.ConvertAll(w => w.Fault)));
            for (var i = 0; i < batch.Count; i++)
            {
                batch[i].Answer.TrySetResult(answers[i]);
            }
        }
        catch (Exception e) when (batch.Count == 1 || EngineOptions.IsAway(e))
        {
            // A database that is away is away for all of them.
            batch.ForEach(w => w.Answer.TrySetException(e));
        }
        catch (Exception)
        {
            foreach (var alone in batch)
            {
                await Write([alone]);
            }
        }
    }

    /// <summary>All that wait, at most a batch; none ends the writing.</summary>
    private List<Waiting> Next()
    {
        lock (waiting)
        {
            var batch = new List<Waiting>(Most);
            while (batch.Count < Most && waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            inHand = batch.Count;
            writing = inHand > 0;
            return batch;
        }
    }

    private sealed record Waiting(FaultToLog Fault)
    {
        public TaskCompletionSource<Outcome<IncidentChanged>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
