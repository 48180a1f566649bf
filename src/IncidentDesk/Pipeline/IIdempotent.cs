namespace IncidentDesk.Pipeline;

/// <summary>A message that a client may send twice: what came of it is kept with its key in the same transaction, and given again to the same key.</summary>
public interface IIdempotent
{
    /// <summary>
    /// Person, route, key and SHA-256 of the body, as made by the edge (<c>actor\nroute\nkey\nhash</c>); null where the client sent no key.
    /// </summary>
    string? Idempotency { get; }
}
