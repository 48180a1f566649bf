using IncidentDesk.Domain;

namespace IncidentDesk.Pipeline;

/// <summary>What came of a message: a value, or a refusal. A refused message has stored nothing.</summary>
public readonly record struct Outcome<T>(T? Value, Refusal? Refused)
{
    /// <summary>Done.</summary>
    public static implicit operator Outcome<T>(T value) => new(value, null);

    /// <summary>Refused.</summary>
    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}

/// <summary>A message whose handler changes the database: it is run as one unit of work.</summary>
public interface IUnitOfWork;
