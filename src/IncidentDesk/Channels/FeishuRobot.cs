using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain;

namespace IncidentDesk.Channels;

/// <summary>飞书群机器人, signed (签名校验): time in seconds and signature stand in the body. 5 messages a second and 100 a minute; a body of 20 KB.</summary>
public sealed class FeishuRobot(OutgoingHttp http, DeskSettings desk, TimeProvider clock) : IChannel
{
    // Of a body of 20 KB, in which JSON may write what takes four bytes as twelve.
    internal const int MostBytes = 6_000;

    /// <inheritdoc/>
    public string Kind => "feishu";

    /// <inheritdoc/>
    public Reach Reach => Reach.Group;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelField> Fields { get; } = [new("url", Secret: true), new("secret", Secret: true), new("keyword", Required: false, Longest: 50)];

    /// <inheritdoc/>
    public SendingLimit Limit { get; } = new(5, TimeSpan.FromSeconds(3));

    /// <inheritdoc/>
    public Refusal? Check(ChannelSettings settings) => desk.Outgoing.Check("settings.url", settings["url"]);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
    {
        var seconds = clock.GetUtcNow().ToUnixTimeSeconds();
        using var body = MessageText.Json(new
        {
            timestamp = seconds.ToString(CultureInfo.InvariantCulture), sign = Sign(settings["secret"], seconds), msg_type = "text",
            content = new { text = MessageText.Of(message, settings["keyword"], MostBytes) },
        });
        var (answer, failed) = await http.Post(settings, settings["url"], body, cancellationToken);
        return failed ?? RobotAnswer.Read(settings, answer, "code", "msg", Known);
    }

    /// <summary>base64 of HMAC-SHA256 over nothing, with seconds, line feed and secret as key.</summary>
    public static string Sign(string secret, long seconds) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}\n{secret}")), Array.Empty<byte>()));

    private static DeliveryOutcome? Known(string code, string said) => code switch
    {
        "11232" => DeliveryOutcome.Away(said, 60),
        "19021" or "19022" or "19024" => DeliveryOutcome.Broken(said),
        _ => null,
    };
}
