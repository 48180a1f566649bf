using IncidentDesk.Domain;

namespace IncidentDesk.Channels;

/// <summary>
/// A kind of way out of the house. It may fail without anything being lost: the inbox is the channel of record. Several channels of a kind may be set up, each with settings
/// of its own.
/// </summary>
public interface IChannel
{
    /// <summary>Its code in settings; one that <see cref="Reach.Everybody"/> needs no settings for is a channel of that name by itself.</summary>
    string Kind { get; }

    /// <summary>Whom a message goes to.</summary>
    Reach Reach { get; }

    /// <summary>What has to be set.</summary>
    IReadOnlyList<ChannelField> Fields => [];

    /// <summary>How many messages its server takes; null where it does not say.</summary>
    SendingLimit? Limit => null;

    /// <summary>What is wrong with settings that are complete; null where nothing is.</summary>
    Refusal? Check(ChannelSettings settings) => null;

    /// <summary>
    /// Sends one message and says what came of it; what it throws is tried again. It may be asked again for the same <see cref="ChannelMessage.Key"/>, which stands in the
    /// message.
    /// </summary>
    Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken);
}

/// <summary>Whom a message of a channel goes to.</summary>
public enum Reach
{
    /// <summary>Everybody an alert is for, by their id.</summary>
    Everybody,

    /// <summary>Each of them who has an e-mail address.</summary>
    Email,

    /// <summary>Each of them who has a phone number.</summary>
    Phone,

    /// <summary>A group of people, or a program: one message for all, without personal data, about tickets only.</summary>
    Group,
}

/// <summary>A setting of a kind. A secret one is stored encrypted and never shown again.</summary>
public sealed record ChannelField(string Name, bool Secret = false, bool Required = true, int Longest = 500);

/// <summary>So many messages in any stretch of that length.</summary>
public sealed record SendingLimit(int Most, TimeSpan Per);

/// <summary>The settings of one channel, its secrets among them: never printed.</summary>
public sealed record ChannelSettings(string Code, IReadOnlyDictionary<string, string> Values, IReadOnlySet<string> Secrets)
{
    /// <summary>A setting; empty where it is not set.</summary>
    public string this[string name] => Values.GetValueOrDefault(name, "");

    /// <summary>Its code only.</summary>
    public override string ToString() => Code;

    /// <summary>A text from outside, cut short, in which no secret stands: robots say the address that they were asked by.</summary>
    public string Masked(string text)
    {
        foreach (var secret in Secrets.Select(s => this[s]).Where(v => v.Length > 0))
        {
            var parts = Uri.TryCreate(secret, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
                ? [secret, uri!.PathAndQuery, .. uri.Query.Split('?', '&', '=').Concat(uri.Segments).Where(p => p.Length >= 12)]
                : new[] { secret, Uri.EscapeDataString(secret) };
            text = parts.OrderByDescending(p => p.Length).Where(p => p.Length > 1).Aggregate(text, (t, part) => t.Replace(part, "****", StringComparison.Ordinal));
        }

        return string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(200));
    }
}

/// <summary>
/// What a channel sends. <paramref name="Key"/> is the same when it is sent again. <paramref name="Facts"/> says kind, town and time left; nothing in here is personal but
/// <paramref name="Address"/>, where it goes. <paramref name="Ticket"/> is null where it is about no single ticket.
/// </summary>
public sealed record ChannelMessage(string Key, string? Address, string Zh, string En, string Facts, string? Link, AlertedTicket? Ticket)
{
    /// <summary>Its first words, for a subject line.</summary>
    public string Title => Zh.IndexOfAny(['：', '，', '。', '\n']) is > 0 and var end ? Zh[..end] : Zh;

    /// <summary>Where it goes is nobody's business but the channel's.</summary>
    public override string ToString() => Key;
}

/// <summary>The ticket and step of an alert, for programs: codes, and instants in UTC.</summary>
public sealed record AlertedTicket(string Number, string Alert, string Timer, string Step, DateTimeOffset OwedAt, string? Kind, string? Category, string? Town, DateTimeOffset? DueAt);

/// <summary>What came of a message.</summary>
public enum Delivered
{
    /// <summary>The server said that it took it.</summary>
    Sent,

    /// <summary>It may succeed later.</summary>
    RetryLater,

    /// <summary>No message will get through until somebody mends the channel.</summary>
    ChannelDisabled,

    /// <summary>This message, or its address, is not taken. An answer that nobody knows is one of these, never <see cref="Sent"/>.</summary>
    Rejected,
}

/// <summary>
/// What came of a message and why, without secrets: a code, and what the server said. <paramref name="AfterSec"/>: not before. <paramref name="WholeChannel"/>: it concerns
/// not this message but whichever comes next.
/// </summary>
public sealed record DeliveryOutcome(Delivered How, string Reason = "", int? AfterSec = null, bool WholeChannel = false)
{
    /// <summary>The server said that it took it.</summary>
    public static readonly DeliveryOutcome Sent = new(Delivered.Sent);

    /// <summary>The server, or the way to it, is not well.</summary>
    public static DeliveryOutcome Away(string reason, int? afterSec = null) => new(Delivered.RetryLater, reason, afterSec, WholeChannel: true);

    /// <summary>Somebody has to mend the channel.</summary>
    public static DeliveryOutcome Broken(string reason) => new(Delivered.ChannelDisabled, reason, WholeChannel: true);

    /// <summary>This one is not taken.</summary>
    public static DeliveryOutcome Refused(string reason) => new(Delivered.Rejected, reason);
}
