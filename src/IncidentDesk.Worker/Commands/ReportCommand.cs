using System.CommandLine;

namespace IncidentDesk.Worker.Commands;

internal static class ReportCommand
{
    public static Command Build() => new("report", "x");
}
