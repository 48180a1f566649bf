using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain;

namespace IncidentDesk.Channels;

/// <summary>钉钉群机器人, signed (加签). 20 messages a minute, after which its server takes none for ten.</summary>
public sealed class DingTalkRobot(OutgoingHttp http, DeskSettings desk, TimeProvider clock) : IChannel
{
    internal const int MostBytes = 4_096;
    private const int ThrottledSec = 600;

    /// <inheritdoc/>
    public string Kind => "dingtalk";

    /// <inheritdoc/>
    public Reach Reach => Reach.Group;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelField> Fields { get; } = [new("url", Secret: true), new("secret", Secret: true), new("keyword", Required: false, Longest: 50)];

    /// <inheritdoc/>
    public SendingLimit Limit { get; } = new(20, TimeSpan.FromMinutes(1));

    /// <inheritdoc/>
    public Refusal? Check(ChannelSettings settings) => desk.Outgoing.Check("settings.url", settings["url"])
        ?? (settings["url"].Contains("access_token=", StringComparison.Ordinal)
            ? null : new Refusal("bad_address", "settings.url", "应为机器人的完整地址，含 access_token。", "It must be the robot's full address with its access_token."));

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
    {
        // Each request is signed from the address as it was set: one that is signed twice grows.
        var ms = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var address = string.Create(CultureInfo.InvariantCulture, $"{settings["url"]}&timestamp={ms}&sign={Uri.EscapeDataString(Sign(settings["secret"], ms))}");
        var text = MessageText.Of(message, settings["keyword"], MostBytes, "\n\n");
        using var body = MessageText.Json(new { msgtype = "markdown", markdown = new { title = message.Title, text }, at = new { isAtAll = false } });
        var (answer, failed) = await http.Post(settings, address, body, cancellationToken);
        return failed ?? RobotAnswer.Read(settings, answer, "errcode", "errmsg", Known);
    }

    /// <summary>base64 of HMAC-SHA256 over milliseconds, line feed and secret, with the secret as key.</summary>
    public static string Sign(string secret, long ms) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{ms}\n{secret}"))));

    private static DeliveryOutcome? Known(string code, string said) => code switch
    {
        "-1" => DeliveryOutcome.Away(said, 30),
        "130101" or "410100" => DeliveryOutcome.Away(said, ThrottledSec),

        // Keyword, signature or address: the words tell which, and somebody has to mend any of them.
        "310000" or "300001" or "300005" or "40035" or "400102" => DeliveryOutcome.Broken(said),
        _ => null,
    };
}
