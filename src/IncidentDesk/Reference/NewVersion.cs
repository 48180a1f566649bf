using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;

namespace IncidentDesk.Reference;

/// <summary>
/// A version as somebody sends it: <paramref name="ValidFrom"/> as <c>yyyy-MM-dd</c>, <paramref name="Content"/> null for what the code has now.
/// </summary>
public sealed record VersionDraft(string List, string Code, string NameZh, string NameEn, string ValidFrom, bool Ended, Payload? Content, string? Note);

/// <summary>A version that was checked and waits for, or has, its second person. <paramref name="Content"/> is canonical, and what will be recorded.</summary>
public sealed record NewVersion(
    string List, string Code, int Version, string NameZh, string NameEn, DateOnly ValidFrom, bool Ended, string Content, string? Note)
{
    /// <summary>Its subject in Requests.</summary>
    public const string Subject = "new_version";

    private const string Day = "yyyy-MM-dd";

    /// <summary>Its identity: list, code and number with dots between; a period of the job that projects rows anew.</summary>
    public string Id => IdOf(List, Code, Version);

    /// <summary>The valid-from as it is printed.</summary>
    public string From => ValidFrom.ToString(Day, CultureInfo.InvariantCulture);

    /// <summary>The identity of a version; neither lists nor codes hold a dot.</summary>
    public static string IdOf(string list, string code, int version) => FormattableString.Invariant($"{list}.{code}.{version}");

    /// <summary>Reads a valid-from.</summary>
    public static bool TryDay(string text, out DateOnly day) => DateOnly.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    /// <summary>The version that a request asks for.</summary>
    public static NewVersion Of(RequestRow request)
    {
        var p = Payload.Read(request.Payload);
        return new NewVersion(
            p.Text("list")!, p.Text("code")!, (int)p.Number("version")!.Value, p.Text("nameZh")!, p.Text("nameEn")!,
            DateOnly.ParseExact(p.Text("validFrom")!, Day, CultureInfo.InvariantCulture), p.Number("ended") == 1, p.Text("content")!, p.Text("note"));
    }

    /// <summary>What is asked, as Requests keeps it.</summary>
    public Payload ToPayload() => new Payload()
        .Add("subject", Subject).Add("list", List).Add("code", Code).Add("version", Version).Add("nameZh", NameZh).Add("nameEn", NameEn)
        .Add("validFrom", From).AddIf("ended", Ended).Add("content", Content).Add("note", Note);

    /// <summary>The draft it would be today, to be checked again.</summary>
    public VersionDraft ToDraft() => new(List, Code, NameZh, NameEn, From, Ended, Payload.Read(Content), Note);

    /// <summary>The row that approval records.</summary>
    public ReferenceRow ToRow(string recordedBy, string? approvedBy, DateTimeOffset recordedAt) => new()
    {
        List = List, Code = Code, Version = Version, ValidFrom = ValidFrom, RecordedAt = recordedAt, RecordedBy = recordedBy, ApprovedBy = approvedBy,
        NameZh = NameZh, NameEn = NameEn, Ended = Ended ? 1 : 0, Content = Content,
    };
}
