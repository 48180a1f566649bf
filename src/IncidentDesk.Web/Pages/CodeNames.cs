using IncidentDesk.Domain.Incidents;
using IncidentDesk.Reference;

namespace IncidentDesk.Web.Pages;

/// <summary>The codes of the lists that forms choose from and pages name.</summary>
internal sealed class CodeNames(Words words)
{
    private static readonly string[] Lists =
    [
        ReferenceList.RentalType, ReferenceList.SystemType, ReferenceList.System, ReferenceList.Severity, ReferenceList.Town, ReferenceList.ReportBasis, ReferenceList.VoidReason,
        ReferenceList.ReopenReason, "response-way", "resolution-manner", "pause-reason",
    ];

    private readonly Dictionary<string, IReadOnlyList<CodeView>> lists = [];

    /// <summary>Reads them.</summary>
    public async Task Load(Func<ReadCodes, Task<Pipeline.Outcome<IReadOnlyList<CodeView>>>> send, People.Caller by)
    {
        foreach (var list in Lists)
        {
            lists[list] = (await send(new ReadCodes(by, list))).Value ?? [];
        }
    }

    /// <summary>Codes of a list that are in force, with their names.</summary>
    public IEnumerable<(string Code, string Name)> InForce(string list) => lists[list].Where(c => c.InForce).Select(c => (c.Version.Code, words[c.Version.NameZh, c.Version.NameEn]));

    /// <summary>A code's name: as it was on the day in Chinese; in English, and where the day's was not kept, as it is now.</summary>
    public string Of(string list, Coded? coded) => coded is null ? ""
        : (words.English || coded.Name.Length == 0 || coded.Name == coded.Code) && lists[list].FirstOrDefault(c => c.Version.Code == coded.Code) is { Version: var now } ? words[now.NameZh, now.NameEn]
        : coded.Name;

    /// <summary>The list of an incident's categories.</summary>
    public static string Categories(FaultKind kind) => kind == FaultKind.Rental ? ReferenceList.RentalType : ReferenceList.SystemType;
}
