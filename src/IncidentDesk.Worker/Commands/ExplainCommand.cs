using System.CommandLine;

namespace IncidentDesk.Worker.Commands;

internal static class ExplainCommand
{
    public static Command Build() => new("explain", "x");
}
