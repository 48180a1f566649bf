using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IncidentDesk.Channels;

/// <summary>A message as a group reads it, within the bytes that a server takes.</summary>
internal static class MessageText
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = FigureJson.Plain };

    /// <summary>
    /// The words, what they are about, the link and the key, in at most so many bytes of UTF-8. Words are cut before link and key are. <paramref name="keyword"/> is what a
    /// robot demands of each message.
    /// </summary>
    public static string Of(ChannelMessage message, string keyword, int mostBytes, string newLine = "\n")
    {
        var head = string.Join(newLine, new[] { keyword + message.Zh, message.Facts }.Where(l => l.Length > 0)).Replace('<', '＜').Replace('>', '＞');
        var tail = string.Concat(new[] { message.Link, "编号 " + message.Key }.Where(l => l is not null).Select(l => newLine + l));
        return Cut(head, mostBytes - Encoding.UTF8.GetByteCount(tail)) + tail;
    }

    /// <summary>The text in at most so many bytes of UTF-8, cut after a whole character as people see them, with … where it was cut.</summary>
    public static string Cut(string text, int mostBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= mostBytes)
        {
            return text;
        }

        var (room, end) = (mostBytes - Encoding.UTF8.GetByteCount("…"), 0);
        var characters = StringInfo.GetTextElementEnumerator(text);
        while (characters.MoveNext() && (room -= Encoding.UTF8.GetByteCount(characters.GetTextElement())) >= 0)
        {
            end = characters.ElementIndex + characters.GetTextElement().Length;
        }

        return text[..end] + "…";
    }

    /// <summary>A body of JSON, Chinese as it is.</summary>
    public static StringContent Json(object body) => new(JsonSerializer.Serialize(body, Plain), Encoding.UTF8, "application/json");

    /// <summary>The members of an answer that has to be a JSON object; null where it is none.</summary>
    public static JsonElement? Read(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement is { ValueKind: JsonValueKind.Object } answer ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A member as text, numbers too; null where there is none.</summary>
    public static string? Text(this JsonElement answer, string name) => answer.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value.ToString() : null;
}
