using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Channels;

/// <summary>
/// A program of somebody else's, by Standard Webhooks: id, timestamp and HMAC-SHA256 signature in the headers. For a week after the secret was changed messages are signed
/// with the one before as well, so that the receiver may change at leisure.
/// </summary>
public sealed class StandardWebhook(OutgoingHttp http, DeskSettings desk, TimeProvider clock) : IChannel
{
    /// <summary>The secret before; kept by the product.</summary>
    internal const string Previous = "previousSecret";

    /// <summary>Until when it signs too, in UTC; kept by the product.</summary>
    internal const string PreviousUntil = "previousUntil";

    internal static readonly TimeSpan Overlap = TimeSpan.FromDays(7);

    private const string Prefix = "whsec_";

    /// <inheritdoc/>
    public string Kind => "webhook";

    /// <inheritdoc/>
    public Reach Reach => Reach.Group;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelField> Fields { get; } =
        [new("url", Secret: true), new("secret", Secret: true), new(Previous, Secret: true, Required: false), new(PreviousUntil, Required: false)];

    /// <inheritdoc/>
    public Refusal? Check(ChannelSettings settings) => desk.Outgoing.Check("settings.url", settings["url"])
        ?? (KeyOf(settings["secret"]) is { Length: >= 24 and <= 64 }
            ? null : new Refusal("bad_secret", "settings.secret", "应为 whsec_ 加 24 至 64 字节的 base64。", "It must be whsec_ and 24 to 64 bytes in base64."));

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var t = message.Ticket;
        using var body = MessageText.Json(new
        {
            type = t is null ? "alert.digest" : "alert.raised", timestamp = Iso.Recorded(now),
            data = new
            {
                key = message.Key, alert = t?.Alert, number = t?.Number, timer = t?.Timer, step = t?.Step, owedAt = t is null ? null : Iso.Recorded(t.OwedAt), kind = t?.Kind, category = t?.Category,
                town = t?.Town, dueAt = t?.DueAt is { } due ? Iso.Recorded(due) : null, textZh = message.Zh, textEn = message.En, link = message.Link,
            },
        });
        var id = message.Key.Replace('.', '_').Replace("*", "all", StringComparison.Ordinal);
        var (seconds, bytes) = (now.ToUnixTimeSeconds(), await body.ReadAsByteArrayAsync(cancellationToken));
        List<string> secrets = [settings["secret"]];
        if (settings[Previous].Length > 0 && DateTimeOffset.TryParse(settings[PreviousUntil], CultureInfo.InvariantCulture, out var until) && now < until)
        {
            secrets.Add(settings[Previous]);
        }

        var (_, failed) = await http.Post(
            settings, settings["url"], body, cancellationToken, ("webhook-id", id), ("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture)),
            ("webhook-signature", string.Join(' ', secrets.Select(s => Sign(s, id, seconds, bytes)))));
        return failed ?? DeliveryOutcome.Sent;
    }

    /// <summary><c>v1,</c> and base64 of HMAC-SHA256 over id, seconds and body with dots between.</summary>
    public static string Sign(string secret, string id, long seconds, byte[] body) =>
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(KeyOf(secret)!, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{seconds}.")).Concat(body).ToArray()));

    private static byte[]? KeyOf(string secret)
    {
        var key = new byte[128];
        return secret.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[Prefix.Length..], key, out var length) ? key[..length] : null;
    }
}
