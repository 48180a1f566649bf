using System.CommandLine;

namespace IncidentDesk.Worker.Commands;

internal static class MigrateCommand
{
    public static Command Build() => new("migrate", "x");
}
