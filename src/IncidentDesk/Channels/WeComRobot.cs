using IncidentDesk.Domain;

namespace IncidentDesk.Channels;

/// <summary>企业微信群机器人 (and 粤政易 where its address is set). 20 messages a minute; markdown of 4096 bytes; HTTP 200 says nothing, errcode does.</summary>
public sealed class WeComRobot(OutgoingHttp http, DeskSettings desk) : IChannel
{
    internal const int MostBytes = 4_096;

    /// <inheritdoc/>
    public string Kind => "wecom";

    /// <inheritdoc/>
    public Reach Reach => Reach.Group;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelField> Fields { get; } = [new("url", Secret: true), new("keyword", Required: false, Longest: 50)];

    /// <inheritdoc/>
    public SendingLimit Limit { get; } = new(20, TimeSpan.FromMinutes(1));

    /// <inheritdoc/>
    public Refusal? Check(ChannelSettings settings) => desk.Outgoing.Check("settings.url", settings["url"]);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
    {
        var text = MessageText.Of(message, settings["keyword"], MostBytes);
        using var body = MessageText.Json(new { msgtype = "markdown", markdown = new { content = text } });
        var (answer, failed) = await http.Post(settings, settings["url"], body, cancellationToken);
        return failed ?? RobotAnswer.Read(settings, answer, "errcode", "errmsg", Known);
    }

    private static DeliveryOutcome? Known(string code, string said) => code switch
    {
        "-1" => DeliveryOutcome.Away(said, 30),
        "45009" => DeliveryOutcome.Away(said, 60),
        "93000" => DeliveryOutcome.Broken(said),
        _ => null,
    };
}

/// <summary>What a robot says in its body, whatever its status.</summary>
internal static class RobotAnswer
{
    /// <summary>
    /// Code 0 is sent, one that <paramref name="known"/> knows is what it says, and every other is not taken. No JSON with a code at all comes from something in between,
    /// which may be gone later.
    /// </summary>
    public static DeliveryOutcome Read(ChannelSettings settings, string answer, string code, string message, Func<string, string, DeliveryOutcome?> known)
    {
        if (MessageText.Read(answer) is not { } body || body.Text(code) is not { } said)
        {
            return DeliveryOutcome.Away("unreadable_answer");
        }

        var reason = settings.Masked($"{said} {body.Text(message)}");
        return said == "0" ? DeliveryOutcome.Sent : known(said, reason) ?? DeliveryOutcome.Refused(reason);
    }
}
