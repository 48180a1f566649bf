using System.Reflection;

namespace IncidentDesk;

/// <summary>The version of clock and figures, printed on every report: the same inputs under the same engine give the same bytes (D19).</summary>
public static class DeskEngine
{
    /// <summary>For example <c>IncidentDesk 0.1.0</c>.</summary>
    public static string Version { get; } =
        "IncidentDesk " + typeof(DeskEngine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
