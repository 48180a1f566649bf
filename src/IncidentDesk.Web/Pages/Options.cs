namespace IncidentDesk.Web.Pages;

/// <summary>The choices of a select: the codes of a list in force, with what was chosen, or what stands.</summary>
internal sealed record Options(OneIncidentPage Page, string Field, string List, string? Chosen = null)
{
    /// <summary>Codes and names.</summary>
    public IEnumerable<(string Code, string Name)> Codes => Page.Names.InForce(List);

    /// <summary>The one that is selected.</summary>
    public string? Selected => Page.Typed(Field) is { Length: > 0 } typed ? typed : Chosen;
}
