using System.CommandLine;
using IncidentDesk.Domain;
using IncidentDesk.Replay;

namespace IncidentDesk.Worker.Commands;

/// <summary>The public calculator: vectors in, readings and figures out; it reads no database.</summary>
internal static class ReplayCommand
{
    public static Command Build()
    {
        var file = new Option<string>("--file") { Required = true, Description = "vectors.json, or - for stdin" };
        var command = new Command("replay", "时限复核：按给定事件计算时效(公开计算器) / compute readings and figures from given events") { file };
        command.SetAction(parsed => Run(parsed.GetValue(file)!));
        return command;
    }

    private static int Run(string path)
    {
        Stream input;
        try
        {
            input = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return CommandLine.Say(new Refusal("file_unreadable", "file", "文件不存在或无法读取。", $"The file cannot be read: {e.Message}"));
        }

        using (input)
        {
            var (vectors, refused) = VectorFile.Read(input);
            if (refused is not null)
            {
                return CommandLine.Say(refused);
            }

            using (vectors)
            {
                using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
                ReplayVectors.Run(vectors!, output);
                output.WriteByte((byte)'\n');
            }
        }

        return CommandLine.Done;
    }
}
