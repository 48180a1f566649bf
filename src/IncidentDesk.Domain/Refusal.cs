namespace IncidentDesk.Domain;

/// <summary>
/// A refusal as a value: a stable code, the field it is about, and a sentence in zh-CN and English. Nothing has been stored.
/// </summary>
public sealed record Refusal(string Code, string Field, string Zh, string En);
