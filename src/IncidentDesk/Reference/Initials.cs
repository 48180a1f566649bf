using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;

namespace IncidentDesk.Reference;

/// <summary>拼音首字母, by which a category is found with a few keys. They are written by hand: no table tells 给排水 (jps) from 给.</summary>
public static class Initials
{
    private static readonly Dictionary<(string List, string Code), (string NameZh, string Initials)> OfTheProduct =
        ShippedRows.Pinyin().ToDictionary(p => p.Id, p => (p.NameZh, p.Initials));

    /// <summary>
    /// Those of a version: what it holds itself, or the product's where it has the product's name. A ledger that was made before there were initials holds none and is
    /// never rewritten. Null where nobody wrote any.
    /// </summary>
    public static string? Of(ReferenceRow version) =>
        Payload.Read(version.Content).Text("pinyin")
        ?? (OfTheProduct.TryGetValue((version.List, version.Code), out var shipped) && shipped.NameZh == version.NameZh ? shipped.Initials : null);
}
