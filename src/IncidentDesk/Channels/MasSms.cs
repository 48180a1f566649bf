using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IncidentDesk.Domain;

namespace IncidentDesk.Channels;

/// <summary>移动云MAS 短信: base64 of a JSON with a mac. Its gateway speaks plain http and the secret stands in it: only what the operator lists in Outgoing:Allow.</summary>
public sealed class MasSms(OutgoingHttp http, DeskSettings desk) : IChannel
{
    internal const int MostBytes = 1_000;

    /// <inheritdoc/>
    public string Kind => "mas";

    /// <inheritdoc/>
    public Reach Reach => Reach.Phone;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelField> Fields { get; } =
        [new("gateway"), new("ecName", Longest: 100), new("apId", Longest: 100), new("secretKey", Secret: true), new("sign", Longest: 100)];

    /// <inheritdoc/>
    public Refusal? Check(ChannelSettings settings) => desk.Outgoing.Check("settings.gateway", settings["gateway"]);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
    {
        using var body = new StringContent(Body(settings, message.Address!, MessageText.Cut(message.Zh, MostBytes)), Encoding.ASCII, "text/plain");
        var (answer, failed) = await http.Post(settings, settings["gateway"].TrimEnd('/') + "/sms/norsubmit", body, cancellationToken);
        if (failed is not null)
        {
            return failed;
        }

        if (MessageText.Read(answer) is not { } said || said.Text("rspcod") is not { } code)
        {
            return DeliveryOutcome.Away("unreadable_answer");
        }

        var reason = settings.Masked(code);
        return code switch
        {
            "success" => said.TryGetProperty("success", out var success) && success.ValueKind == JsonValueKind.True ? DeliveryOutcome.Sent : DeliveryOutcome.Refused("success is not true"),
            "IllegalMac" or "IllegalSignId" or "InvalidUsrOrPwd" or "NoSignId" => DeliveryOutcome.Broken(reason),
            _ => DeliveryOutcome.Refused(reason),
        };
    }

    /// <summary>Lower-case MD5 over the fields in the gateway's order; <c>addSerial</c> is empty.</summary>
    public static string Mac(string ecName, string apId, string secretKey, string mobiles, string content, string sign)
    {
#pragma warning disable CA5351 // The gateway asks for MD5.
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(ecName + apId + secretKey + mobiles + content + sign)));
#pragma warning restore CA5351
    }

    private static string Body(ChannelSettings s, string mobiles, string content) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new
    {
        ecName = s["ecName"], apId = s["apId"], secretKey = s["secretKey"], mobiles, content, sign = s["sign"], addSerial = "",
        mac = Mac(s["ecName"], s["apId"], s["secretKey"], mobiles, content, s["sign"]),
    }));
}
