namespace IncidentDesk.Data;

/// <summary>A way out of the house as it is set up: kind, settings, and how it does. It is put out of use, never deleted.</summary>
public sealed class ChannelRow
{
    /// <summary>Small Latin letters, digits, hyphens; stands in the keys of messages.</summary>
    public required string Code { get; set; }

    /// <summary>Code of the kind; never changed.</summary>
    public required string Kind { get; set; }

    /// <summary>What people call it.</summary>
    public required string Name { get; set; }

    /// <summary>Whether alerts go out by it.</summary>
    public bool Enabled { get; set; }

    /// <summary>Settings that anybody who keeps channels may read: a JSON object of texts.</summary>
    public required string Settings { get; set; }

    /// <summary>The secret ones, protected by the installation's keys.</summary>
    public required string Secrets { get; set; }

    /// <summary>Rises with every change of the settings, so that two at once are decided one after the other.</summary>
    public int Version { get; set; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>By whom.</summary>
    public required string ChangedBy { get; set; }

    /// <summary>Nothing is sent before: its server was away, or asked for a rest.</summary>
    public DateTimeOffset? HeldUntil { get; set; }

    /// <summary>When its server said that nothing will get through until somebody mends it; null: it works.</summary>
    public DateTimeOffset? BrokenAt { get; set; }

    /// <summary>What it said, without secrets.</summary>
    public string? BrokenBecause { get; set; }

    /// <summary>When the last messages went out, in milliseconds since 1970, comma between, as many as the limit of its kind counts.</summary>
    public string Recent { get; set; } = "";
}

/// <summary>Where a person is reached outside the desk.</summary>
public sealed class ContactRow
{
    /// <summary>Whose.</summary>
    public required string Person { get; set; }

    /// <summary>E-mail address; null: none.</summary>
    public string? Email { get; set; }

    /// <summary>Phone number for short messages; null: none.</summary>
    public string? Phone { get; set; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset ChangedAt { get; set; }
}
