using IncidentDesk.Domain;

namespace IncidentDesk.Pipeline;

/// <summary>What came of a message: a value, or a refusal. A refused message has stored nothing.</summary>
public sealed record Outcome<T>(T? Value, Refusal? Refused) : IRefusable
{
    /// <summary>Neither; only to be refused.</summary>
    public Outcome()
        : this(default, null)
    {
    }

    /// <inheritdoc/>
    public object Refuse(Refusal refusal) => new Outcome<T>(default, refusal);

    /// <summary>Done.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Refused.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>Something that may be a refusal.</summary>
public interface IRefusable
{
    /// <summary>The refusal, or null.</summary>
    Refusal? Refused { get; }

    /// <summary>The same kind of thing, refused.</summary>
    object Refuse(Refusal refusal);
}

/// <summary>A message whose handler changes the database: it is run as one unit of work.</summary>
public interface IUnitOfWork;
