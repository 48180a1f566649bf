using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Web.Api;

/// <summary>Reads a JSON body once: limited, strict (unknown and doubled members are refused), with its hash for the idempotency key.</summary>
internal static class Body
{
    private const int Longest = 64 * 1024;

    private static readonly System.Text.UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        MaxDepth = 8,
        Converters = { new InstantText() },
    };

    /// <summary>The body, or why it cannot be read; and the idempotency of the request (person, route, key, hash), null without a key.</summary>
    public static async Task<(T? Value, string? Idempotency, Refusal? Refused)> Read<T>(HttpContext http)
        where T : class
    {
        if (!http.Request.HasJsonContentType())
        {
            return (null, null, new Refusal("wrong_media_type", "Content-Type", "请求应为 application/json。", "The request must be application/json."));
        }

        var (body, idempotency, unread) = await Bytes(http);
        if (body is null)
        {
            return (null, null, unread);
        }

        try
        {
            return JsonSerializer.Deserialize<T>(body, Strict) is { } value
                ? (value, idempotency, null)
                : (null, null, BadJson("body", "null"));
        }
        catch (JsonException e)
        {
            return (null, null, BadJson(e.Path is null or "$" ? "body" : e.Path.TrimStart('$', '.'), e.Message));
        }
    }

    /// <summary>Whether the body is said to be CSV.</summary>
    public static bool IsCsv(HttpContext http) => http.Request.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>A short text in UTF-8, with the idempotency of the request.</summary>
    public static async Task<(string? Text, string? Idempotency, Refusal? Refused)> ReadText(HttpContext http)
    {
        var (body, idempotency, refused) = await Bytes(http);
        try
        {
            return (body is null ? null : Utf8.GetString(body), idempotency, refused);
        }
        catch (ArgumentException)
        {
            return (null, null, new Refusal("bad_encoding", "body", "文件应为 UTF-8 编码。", "The file must be UTF-8."));
        }
    }

    private static async Task<(byte[]? Body, string? Idempotency, Refusal? Refused)> Bytes(HttpContext http)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > Longest)
            {
                return (null, null, new Refusal("body_too_large", "body", "请求内容过大。", $"The body has more than {Longest} bytes."));
            }
        }

        var body = bytes.ToArray();
        var (idempotency, badKey) = Idempotency(http, Convert.ToHexStringLower(SHA256.HashData(body)));
        return badKey is not null ? (null, null, badKey) : (body, idempotency, null);
    }

    /// <summary>The idempotency of a request without a body.</summary>
    public static (string? Idempotency, Refusal? Refused) KeyOf(HttpContext http) => Idempotency(http, Convert.ToHexStringLower(SHA256.HashData([])));

    /// <summary>The idempotency of a request whose body was read elsewhere.</summary>
    public static (string? Idempotency, Refusal? Refused) KeyOf(HttpContext http, string hash) => Idempotency(http, hash);

    /// <summary>RFC 3339 with an offset.</summary>
    public static bool TryInstant(string text, out Instant instant)
    {
        instant = Instant.Never;
        return (text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-')) && TimeText.TryIso(text, Zone.Shanghai, out instant);
    }

    private static Refusal BadJson(string field, string why)
    {
        // The library's words name our types; the field and one of four reasons are what a caller needs.
        var (zh, en) = why.StartsWith("Duplicate property", StringComparison.Ordinal) ? ("有重复的成员", "a member stands twice")
            : why.Contains("could not be mapped", StringComparison.Ordinal) ? ("有不认识的成员", "a member is unknown")
            : why.StartsWith("a time must", StringComparison.Ordinal) ? ("时间应为带时差的 RFC 3339 格式", why)
            : ("缺少必填项，或类型、语法不对", "a required member is missing, or type or syntax is wrong");
        return new Refusal("bad_json", field, $"请求内容不是所要求的 JSON：{zh}。", $"The body is not the JSON asked for: {en}.");
    }

    private static (string? Sent, Refusal? Refused) Idempotency(HttpContext http, string hash)
    {
        if (!http.Request.Headers.TryGetValue("Idempotency-Key", out var values))
        {
            return (null, null);
        }

        var key = values.ToString();
        return key.Length is < 8 or > 128 || key.Any(c => c is < '!' or > '~')
            ? (null, new Refusal("bad_key", "Idempotency-Key", "Idempotency-Key 应为 8 至 128 个可见 ASCII 字符。", "Idempotency-Key must be 8 to 128 visible ASCII characters."))
            : ($"{http.Caller().Person.Id}\n{Route(http)}\n{key}\n{hash}", null);
    }

    /// <summary>The path, so that a key means one act on one thing; shortened by its hash where it is long.</summary>
    private static string Route(HttpContext http)
    {
        var path = http.Request.Path.ToString();
        return path.Length <= 64 ? path : Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(path)));
    }

    /// <summary>RFC 3339 with an offset; a time without one is refused, because a phone's zone is not the desk's.</summary>
    private sealed class InstantText : JsonConverter<Instant>
    {
        public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && TryInstant(text, out var instant)
                ? instant
                : throw new JsonException("a time must be RFC 3339 with an offset, for example 2026-05-03T09:00:00+08:00");

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
