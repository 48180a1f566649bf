using Microsoft.Extensions.Logging;

namespace IncidentDesk.Channels;

/// <summary>Writes a line to the log, for everybody and always.</summary>
public sealed class LogChannel(ILogger<LogChannel> log) : IChannel
{
    /// <inheritdoc/>
    public string Kind => "log";

    /// <inheritdoc/>
    public Reach Reach => Reach.Everybody;

    /// <inheritdoc/>
    public Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
    {
        log.LogWarning("{Key} {Person}: {Zh} / {En}", message.Key, message.Address, message.Zh, message.En);
        return Task.FromResult(DeliveryOutcome.Sent);
    }
}
