namespace IncidentDesk.Alerts;

/// <summary>
/// Which channels this process delivers by just now: each by one at a time, and none waits for another. Whoever rings for a channel that is busy has it look once more.
/// </summary>
public sealed class ChannelTurns
{
    private readonly Lock turn = new();

    // Whether somebody rang meanwhile.
    private readonly Dictionary<string, bool> busy = new(StringComparer.Ordinal);

    /// <summary>Begins a turn; false where the channel is busy, which then looks once more.</summary>
    public bool Begin(string channel)
    {
        lock (turn)
        {
            if (busy.TryAdd(channel, false))
            {
                return true;
            }

            busy[channel] = true;
            return false;
        }
    }

    /// <summary>Ends the turn; false where somebody rang meanwhile, and it goes on.</summary>
    public bool End(string channel, bool whatever = false)
    {
        lock (turn)
        {
            if (!whatever && busy[channel])
            {
                busy[channel] = false;
                return false;
            }

            busy.Remove(channel);
            return true;
        }
    }
}
