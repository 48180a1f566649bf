using System.Text;
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
        var narrow = White().Replace(address.Normalize(NormalizationForm.FormKC), "");
        var plate = Plate().Match(narrow);
        return $"{town} {(plate.Success ? plate.Value : Room().Replace(narrow, ""))}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();

    [GeneratedRegex(@"^.*?\d+[A-Za-z]?号(之[一二三四五六七八九十\d]+)?")]
    private static partial Regex Plate();

    [GeneratedRegex(@"[A-Za-z]?\d+(房|室|单元)$")]
    private static partial Regex Room();
}
