namespace IncidentDesk.Domain.Incidents;

/// <summary>Kinds and scopes of figures by their codes (D23).</summary>
public static class FaultKinds
{
    /// <summary>The code in payloads and files: <c>rental</c> or <c>system</c>.</summary>
    public static string Code(this FaultKind kind) => kind == FaultKind.Rental ? Scope.Rental : Scope.System;

    /// <summary>The kind of that code, or null.</summary>
    public static FaultKind? Parse(string? code) => code switch
    {
        Scope.Rental => FaultKind.Rental,
        Scope.System => FaultKind.System,
        _ => null,
    };
}

/// <summary>The three scopes of figures (D23).</summary>
public static class Scope
{
    /// <summary>Rental tickets that count into the indicator.</summary>
    public const string Rental = "rental";

    /// <summary>Rental tickets beside it: hazards, inquiries.</summary>
    public const string RentalOther = "rental-other";

    /// <summary>Faults of information systems.</summary>
    public const string System = "system";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Rental, RentalOther, System];

    /// <summary>The scope of a ticket whose category counts, or does not.</summary>
    public static string Of(FaultKind kind, bool countsInIndicator) =>
        kind == FaultKind.System ? System : countsInIndicator ? Rental : RentalOther;
}
