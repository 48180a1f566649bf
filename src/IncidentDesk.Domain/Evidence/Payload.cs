using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IncidentDesk.Domain.Evidence;

/// <summary>
/// The canonical form of an event's facts: one flat JSON object in UTF-8, members in ordinal order, no white space, whole numbers and strings only,
/// instants as <c>yyyy-MM-ddTHH:mm:ssZ</c>. Only <c>"</c>, <c>\</c> and control characters are escaped, the last as <c>\u00xx</c>. It is written once and
/// never serialised again: the bytes are what the hash is over.
/// </summary>
public sealed class Payload
{
    // In ordinal order. A payload that is read comes so, and each member goes to the end.
    private readonly List<KeyValuePair<string, object>> members = new(16);

    /// <summary>Adds a string; null leaves the member out.</summary>
    public Payload Add(string name, string? value)
    {
        if (value is not null)
        {
            Insert(name, value);
        }

        return this;
    }

    /// <summary>Adds a whole number; null leaves the member out.</summary>
    public Payload Add(string name, long? value)
    {
        if (value is { } number)
        {
            Insert(name, number);
        }

        return this;
    }

    /// <summary>Adds a yes as 1; a no leaves the member out.</summary>
    public Payload AddIf(string name, bool yes) => yes ? Add(name, 1) : this;

    /// <summary>The string of that name, or null.</summary>
    public string? Text(string name) => Find(name) as string;

    /// <summary>The number of that name, or null.</summary>
    public long? Number(string name) => Find(name) as long?;

    /// <summary>Names of all members, in ordinal order.</summary>
    public IEnumerable<string> Names => members.Select(m => m.Key);

    /// <summary>Members whose name begins with a prefix, without it, in ordinal order.</summary>
    public IEnumerable<(string Name, string Value)> TextsBelow(string prefix) =>
        members.Where(m => m.Key.StartsWith(prefix, StringComparison.Ordinal) && m.Value is string)
            .Select(m => (m.Key[prefix.Length..], (string)m.Value));

    /// <summary>Reads a canonical payload back; throws <see cref="FormatException"/> for anything that is not a flat object of strings and whole numbers.</summary>
    public static Payload Read(string json)
    {
        var payload = new Payload();
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            var inside = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (inside && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                payload.Insert(name, reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString()!,
                    JsonTokenType.Number => reader.GetInt64(),
                    _ => throw new FormatException($"{name} is neither a string nor a whole number"),
                });
            }

            return inside && reader.TokenType == JsonTokenType.EndObject && !reader.Read()
                ? payload
                : throw new FormatException("not one flat object");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException("not a canonical payload: " + e.Message, e);
        }
    }

    /// <summary>The canonical text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(256).Append('{');
        foreach (var (name, value) in members)
        {
            if (text.Length > 1)
            {
                text.Append(',');
            }

            Quote(text, name);
            text.Append(':');
            if (value is long number)
            {
                text.Append(number.ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                Quote(text, (string)value);
            }
        }

        return text.Append('}').ToString();
    }

    private object? Find(string name) => Place(name) is var place && place >= 0 ? members[place].Value : null;

    private void Insert(string name, object value)
    {
        var place = Place(name);
        if (place >= 0)
        {
            throw new ArgumentException($"{name} stands twice", nameof(name));
        }

        members.Insert(~place, new KeyValuePair<string, object>(name, value));
    }

    /// <summary>Where the member stands; where there is none, the complement of where it would.</summary>
    private int Place(string name)
    {
        var (low, high) = (0, members.Count - 1);
        if (high < 0 || string.CompareOrdinal(members[high].Key, name) < 0)
        {
            return ~members.Count;
        }

        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (string.CompareOrdinal(members[middle].Key, name))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return ~low;
    }

    private static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                < ' ' => text.Append("\\u00").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
