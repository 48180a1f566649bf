using System.CommandLine;

namespace IncidentDesk.Worker.Commands;

internal static class VerifyCommand
{
    public static Command Build() => new("verify", "x");
}
