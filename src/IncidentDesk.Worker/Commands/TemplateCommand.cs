using System.CommandLine;
using IncidentDesk.Domain;
using IncidentDesk.Import;

namespace IncidentDesk.Worker.Commands;

/// <summary>Writes the 台账模板 to a new file.</summary>
internal static class TemplateCommand
{
    public static Command Build()
    {
        var file = new Option<string>("--file") { Required = true, Description = "写入的新文件(.xlsx) / the new file" };
        var command = new Command("template", "生成台账模板 / write a workbook to fill a ledger in") { file };
        command.SetAction((parsed, cancel) => Run(parsed.GetValue(file)!, cancel));
        return command;
    }

    private static async Task<int> Run(string path, CancellationToken cancel)
    {
        try
        {
            await using var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await LedgerTemplate.Write(output, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return CommandLine.Say(File.Exists(path)
                ? new Refusal("file_exists", "file", "文件已存在，不会覆盖，请换一个文件名。", "The file exists and is not written over.")
                : new Refusal("file_unwritable", "file", "无法写入该文件。", $"The file cannot be written: {e.Message}"));
        }

        await Console.Error.WriteLineAsync($"台账模板已写入 / template written: {path}");
        return CommandLine.Done;
    }
}
