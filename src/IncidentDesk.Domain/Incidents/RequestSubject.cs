using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>What a request asks a second person for (D22): one kind of request, several payloads.</summary>
public abstract record RequestSubject;

/// <summary>A pause from the instant it was requested, never earlier (D8, D22).</summary>
public sealed record PauseSubject(Coded Reason) : RequestSubject;

/// <summary>A void (D11).</summary>
public sealed record VoidSubject(Coded Reason) : RequestSubject;

/// <summary>A merge into a master (D10).</summary>
public sealed record MergeSubject(IncidentNumber Into) : RequestSubject;

/// <summary>An extension of the internal due time (D12).</summary>
public sealed record ExtendSubject(Instant To) : RequestSubject;

/// <summary>A correction (D18).</summary>
public sealed record CorrectSubject(string Field, string Value) : RequestSubject;

/// <summary>A resolve entered after the limit had passed, for an instant within it (D21).</summary>
public sealed record LateResolveSubject(Instant At, Coded Manner, DateOnly? FollowUpOn) : RequestSubject;

/// <summary>A response entered after its limit had passed, for an instant within it (D21).</summary>
public sealed record LateResponseSubject(Instant At, Coded Way) : RequestSubject;
