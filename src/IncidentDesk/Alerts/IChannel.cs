using Microsoft.Extensions.Logging;

namespace IncidentDesk.Alerts;

/// <summary>A way out of the house. It may fail without anything being lost: the inbox is the channel of record.</summary>
public interface IChannel
{
    /// <summary>Its name in keys and settings.</summary>
    string Name { get; }

    /// <summary>
    /// Delivers one message; throws where it could not. It may be asked again for the same <paramref name="key"/>, which stands in the message.
    /// </summary>
    Task Deliver(string key, string person, string zh, string en, CancellationToken cancellationToken);
}

/// <summary>Writes a line to the log.</summary>
public sealed class LogChannel(ILogger<LogChannel> log) : IChannel
{
    /// <inheritdoc/>
    public string Name => "log";

    /// <inheritdoc/>
    public Task Deliver(string key, string person, string zh, string en, CancellationToken cancellationToken)
    {
        log.LogWarning("{Key} {Person}: {Zh} / {En}", key, person, zh, en);
        return Task.CompletedTask;
    }
}
