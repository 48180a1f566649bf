using System.Text.RegularExpressions;

namespace IncidentDesk.Import;

/// <summary>
/// Town, street and plate of a rental ticket, without the room, so that tickets of one building are found together however the address was typed.
/// </summary>
public static partial class BuildingKey
{
    /// <summary>
    /// For example <c>440111011 新市路56号</c>: full-width forms made narrow, white space dropped, cut after the plate number (号, 号之二). An address without a plate
    /// loses a room at its end.
    /// </summary>
    public static string Of(string town, string address)
    {
        var narrow = Normal(address);
        var plate = Plate().Match(narrow);
        return $"{town} {(plate.Success ? plate.Value : Room().Replace(narrow, ""))}";
    }

    /// <summary>Any part of an address in the form in which buildings are kept.</summary>
    public static string Normal(string address) => White().Replace(Narrow(address), "");

    // By hand: the same on a machine with the system's tables of characters and on one without them, where Normalize does nothing.
    private static string Narrow(string text) => string.Create(text.Length, text, (narrow, wide) =>
    {
        for (var i = 0; i < narrow.Length; i++)
        {
            narrow[i] = wide[i] switch
            {
                '\u3000' => ' ',
                >= '\uFF01' and <= '\uFF5E' => (char)(wide[i] - 0xFEE0),
                var c => c,
            };
        }
    });

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();

    [GeneratedRegex(@"^.*?[0-9]+[A-Za-z]?号(之([一二三四五六七八九十]+|[0-9]+))?")]
    private static partial Regex Plate();

    [GeneratedRegex(@"[A-Za-z]?[0-9]+(房|室|单元)$")]
    private static partial Regex Room();
}
