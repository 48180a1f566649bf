using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using IncidentDesk.Domain;

namespace IncidentDesk.Channels;

/// <summary>
/// 短信 by any HTTP interface: a body with <c>{{phone}}</c>, <c>{{text}}</c> and, where wanted, <c>{{number}}</c>, <c>{{key}}</c>, <c>{{secret}}</c>, as JSON or as a form; a
/// header; and what the answer says when it took a message: the value <c>okValue</c> of the member <c>okField</c>. Nothing else is taken for sent.
/// </summary>
public sealed partial class TemplateSms(OutgoingHttp http, DeskSettings desk) : IChannel
{
    internal const int MostBytes = 1_000;
    private static readonly string[] Names = ["phone", "text", "number", "key", "secret"];

    /// <inheritdoc/>
    public string Kind => "sms-http";

    /// <inheritdoc/>
    public Reach Reach => Reach.Phone;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelField> Fields { get; } =
    [
        new("url", Secret: true), new("secret", Secret: true, Required: false), new("format", Required: false), new("body", Longest: 4_000), new("headerName", Required: false, Longest: 50),
        new("header", Required: false), new("okField", Longest: 50), new("okValue", Longest: 50), new("retryValues", Required: false, Longest: 200),
    ];

    /// <inheritdoc/>
    public Refusal? Check(ChannelSettings settings)
    {
        var (body, header) = (settings["body"], settings["header"]);
        return desk.Outgoing.Check("settings.url", settings["url"])
            ?? (settings["format"] is not ("" or "json" or "form") ? new Refusal("bad_format", "settings.format", "应为 json 或 form。", "It must be json or form.") : null)
            ?? Unknown("settings.body", body) ?? Unknown("settings.header", header)
            ?? (Names[..2].FirstOrDefault(n => !body.Contains($"{{{{{n}}}}}", StringComparison.Ordinal)) is { } missing
                ? Bad("settings.body", $"缺少 {{{{{missing}}}}}。", $"{{{{{missing}}}}} is missing.") : null)
            ?? (settings["secret"].Length == 0 && (body + header).Contains("{{secret}}", StringComparison.Ordinal)
                ? new Refusal("missing_secret", "settings.secret", "模板用到了密钥，而密钥未填写。", "The template takes a secret, and none is set.") : null)
            ?? ((header.Length > 0) != (settings["headerName"].Length > 0) || !HeaderName().IsMatch(settings["headerName"]) || header.Any(c => c is < ' ' or > '~')
                ? new Refusal("bad_header", "settings.header", "请求头的名称和内容须同时填写，且为可见 ASCII 字符。", "A header has a name and a value, both in visible ASCII.") : null)
            ?? (IsForm(settings) || IsJson(Rendered(settings, body, new ChannelMessage("k", "13800138000", "字\"", "t", "", null, null)))
                ? null : Bad("settings.body", "填入后不是有效的 JSON。", "What it renders is no JSON."));
    }

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
    {
        using var body = new StringContent(Rendered(settings, settings["body"], message), Encoding.UTF8, IsForm(settings) ? "application/x-www-form-urlencoded" : "application/json");
        (string, string)[] headers = settings["headerName"].Length == 0 ? [] : [(settings["headerName"], settings["header"].Replace("{{secret}}", settings["secret"], StringComparison.Ordinal))];
        var (answer, failed) = await http.Post(settings, settings["url"], body, cancellationToken, headers);
        if (failed is not null)
        {
            return failed;
        }

        if (MessageText.Read(answer) is not { } said || said.Text(settings["okField"]) is not { } code)
        {
            return DeliveryOutcome.Away("unreadable_answer");
        }

        return code == settings["okValue"] ? DeliveryOutcome.Sent
            : settings["retryValues"].Split(',', StringSplitOptions.TrimEntries).Contains(code) ? new DeliveryOutcome(Delivered.RetryLater, settings.Masked(code))
            : DeliveryOutcome.Refused(settings.Masked(code));
    }

    private static string Rendered(ChannelSettings settings, string template, ChannelMessage message) => Place().Replace(template, place => Written(settings, place.Groups[1].Value switch
    {
        "phone" => message.Address ?? "",
        "text" => MessageText.Cut(message.Zh, MostBytes),
        "number" => message.Ticket?.Number ?? "",
        "key" => message.Key,
        _ => settings["secret"],
    }));

    private static string Written(ChannelSettings settings, string value) => IsForm(settings) ? Uri.EscapeDataString(value) : JsonSerializer.Serialize(value)[1..^1];

    private static bool IsForm(ChannelSettings settings) => settings["format"] == "form";

    private static bool IsJson(string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Refusal? Unknown(string field, string template) =>
        Place().Matches(template).Select(m => m.Groups[1].Value).FirstOrDefault(n => !Names.Contains(n)) is { } unknown
            ? Bad(field, $"没有 {{{{{unknown}}}}} 这一项。", $"There is no {{{{{unknown}}}}}.")
            : Place().Replace(template, "").Contains("{{", StringComparison.Ordinal) ? Bad(field, "有未写完的 {{。", "A {{ is not closed.") : null;

    private static Refusal Bad(string field, string zh, string en) => new("bad_template", field, "模板无法使用：" + zh, "The template cannot be rendered: " + en);

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"\A[A-Za-z0-9-]*\z")]
    private static partial Regex HeaderName();
}
