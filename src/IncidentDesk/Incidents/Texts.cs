using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;

namespace IncidentDesk.Incidents;

/// <summary>Words that people enter: trimmed, limited, without control characters other than line breaks; empty ones are left out.</summary>
public sealed class Texts
{
    private readonly List<ErasableText> said = [];

    /// <summary>Why one of them cannot be stored, or null.</summary>
    public Refusal? Refused { get; private set; }

    /// <summary>Those that were said.</summary>
    public IReadOnlyList<ErasableText> Said => said;

    /// <summary>Adds one of at most <paramref name="longest"/> characters.</summary>
    public Texts Add(string field, string? value, int longest)
    {
        var words = value?.Trim() ?? "";
        Refused ??= Check(field, words, longest);
        if (Refused is null && words.Length > 0)
        {
            said.Add(ErasableText.New(field, words));
        }

        return this;
    }

    /// <summary>Why a value cannot be stored, or null.</summary>
    public static Refusal? Check(string field, string? words, int longest) =>
        words is null ? null
        : words.Length > longest ? new Refusal("too_long", field, $"不得超过 {longest} 个字。", $"At most {longest} characters.")
        : words.Any(c => (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || char.IsSurrogate(c) && !IsPaired(words))
            ? BadCharacter(field)
        : null;

    /// <summary>Why a name or number cannot be stored, or null: it stands in payloads and keys, and holds no line break either.</summary>
    public static Refusal? CheckName(string field, string? name, int longest) =>
        Check(field, name, longest) ?? (name?.Trim().Any(char.IsControl) == true ? BadCharacter(field) : null);

    private static Refusal BadCharacter(string field) => new("bad_character", field, "含有不能保存的字符。", "It holds a character that cannot be stored.");

    private static bool IsPaired(string words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (char.IsHighSurrogate(words[i]) && i + 1 < words.Length && char.IsLowSurrogate(words[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(words[i]))
            {
                return false;
            }
        }

        return true;
    }
}
