using System.CommandLine;
using IncidentDesk.Worker.Commands;

namespace IncidentDesk.Worker;

internal static class CommandLine
{
    public static RootCommand Build() => new("x") { ReplayCommand.Build() };
}
