using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Incidents;

/// <summary>
/// One poll of the database a second feeds every board that is looked at on this host, however many there are; while nobody looks there is none. A poll that fails is told
/// to nobody: who looks sees that nothing comes, and the next second asks again.
/// </summary>
public sealed class BoardFeed(IServiceProvider services, TimeProvider clock, ILogger<BoardFeed> log) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> looking = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stopped = new();
    private TaskCompletionSource<BoardPoll> next = Coming();
    private volatile BoardPoll? last;
    private bool polls;

    /// <summary>Polls as they come, for whoever holds a credential.</summary>
    public async IAsyncEnumerable<BoardPoll> Listen(string credential, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Task<BoardPoll> coming;
        lock (gate)
        {
            looking[credential] = looking.GetValueOrDefault(credential) + 1;
            coming = next.Task;
            if (!polls)
            {
                polls = true;
                _ = Task.Run(Poll, CancellationToken.None);
            }
        }

        try
        {
            while (true)
            {
                yield return await coming.WaitAsync(cancellationToken);
                lock (gate)
                {
                    coming = next.Task;
                }
            }
        }
        finally
        {
            lock (gate)
            {
                if (--looking[credential] == 0)
                {
                    looking.Remove(credential);
                }
            }
        }
    }

    /// <summary>How many boards are open with a credential.</summary>
    public int LookingWith(string credential)
    {
        lock (gate)
        {
            return looking.GetValueOrDefault(credential);
        }
    }

    /// <summary>Reads for one page.</summary>
    public Task<BoardPoll> Read(CancellationToken cancellationToken) => Read([], cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        stopped.Cancel();
        stopped.Dispose();
    }

    private async Task<BoardPoll> Read(IReadOnlyCollection<string> credentials, CancellationToken cancellationToken) =>
        last = await services.SendAlone(new PollBoard(credentials, last), cancellationToken);

    private async Task Poll()
    {
        var (token, failing) = (stopped.Token, false);
        while (Credentials() is { Count: > 0 } credentials)
        {
            try
            {
                var poll = await Read(credentials, token);
                failing = false;
                Tell(poll);
            }
            catch (Exception e) when (e is not OperationCanceledException && !token.IsCancellationRequested)
            {
                if (!failing)
                {
                    log.LogWarning(e, "The board could not be read; it is asked for again each second.");
                }

                failing = true;
            }
            catch (Exception) when (token.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await Task.Delay(Every, clock, token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Of whom to ask; none ends the polling, decided where a listener comes in.</summary>
    private List<string> Credentials()
    {
        lock (gate)
        {
            polls = looking.Count > 0;
            return [.. looking.Keys];
        }
    }

    private void Tell(BoardPoll poll)
    {
        TaskCompletionSource<BoardPoll> told;
        lock (gate)
        {
            (told, next) = (next, Coming());
        }

        told.SetResult(poll);
    }

    private static TaskCompletionSource<BoardPoll> Coming() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
