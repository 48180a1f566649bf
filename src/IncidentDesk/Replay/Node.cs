using System.Text.Json;
using IncidentDesk.Domain;

namespace IncidentDesk.Replay;

/// <summary>A JSON value with its place in the file, so that a refusal can say where.</summary>
internal readonly record struct Node(JsonElement Json, string Place)
{
    // As seconds some 3 000 years, so that no due time leaves the calendar.
    private const decimal LargestWhole = 100_000_000_000;

    public Node Member(string name) => Optional(name) ?? throw Lacks(name);

    /// <summary>The member, or null where it is absent or null.</summary>
    public Node? Optional(string name) =>
        Json.ValueKind != JsonValueKind.Object ? throw Bad("an object")
        : Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? new Node(value, $"{Place}.{name}")
        : null;

    public IEnumerable<(string Name, Node Value)> Members()
    {
        if (Json.ValueKind != JsonValueKind.Object)
        {
            throw Bad("an object");
        }

        var place = Place;
        return Json.EnumerateObject().DistinctBy(m => m.Name).Select(m => (m.Name, new Node(m.Value, $"{place}.{m.Name}")));
    }

    public IEnumerable<Node> Items()
    {
        if (Json.ValueKind != JsonValueKind.Array)
        {
            throw Bad("an array");
        }

        var place = Place;
        return Json.EnumerateArray().Select((item, i) => new Node(item, $"{place}[{i}]"));
    }

    public string Text() => Json.ValueKind == JsonValueKind.String ? Json.GetString()! : throw Bad("a string");

    public bool Flag() => Json.ValueKind is JsonValueKind.True or JsonValueKind.False ? Json.GetBoolean() : throw Bad("true or false");

    public long Whole() =>
        Json.ValueKind == JsonValueKind.Number && Json.TryGetInt64(out var n) && n >= 0 && n <= LargestWhole ? n : throw Bad("a whole number, 0 or more");

    public decimal Decimal() =>
        Json.ValueKind == JsonValueKind.Number && Json.TryGetDecimal(out var n) && n >= 0 && n <= LargestWhole ? n : throw Bad("a number, 0 or more");

    public BadVectorFile Bad(string expected) => new(new Refusal(
        "bad_member", Place, $"{Place} 的值不对。", $"{Place} should be {expected}."));

    public BadVectorFile Lacks(string name) => new(new Refusal(
        "missing_member", $"{Place}.{name}", $"缺少 {Place}.{name}。", $"{Place}.{name} is missing."));
}

/// <summary>Carries a refusal out of the depth of a file; caught where the file is read, nowhere else.</summary>
internal sealed class BadVectorFile(Refusal refusal) : Exception(refusal.En)
{
    public Refusal Refusal { get; } = refusal;
}
