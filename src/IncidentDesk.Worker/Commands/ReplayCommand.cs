using System.CommandLine;
using IncidentDesk.Replay;

namespace IncidentDesk.Worker.Commands;

internal static class ReplayCommand
{
    public static Command Build()
    {
        var file = new Option<string>("--file") { Required = true };
        var command = new Command("replay", "x") { file };
        command.SetAction(parse =>
        {
            using var input = File.OpenRead(parse.GetValue(file)!);
            var (vectors, refused) = VectorFile.Read(input);
            if (refused != null) { Console.Error.WriteLine(refused); return 1; }
            using var o = Console.OpenStandardOutput();
            ReplayVectors.Run(vectors!, o);
            return 0;
        });
        return command;
    }
}
