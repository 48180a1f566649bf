using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using IncidentDesk.Domain;
using IncidentDesk.Import;
using IncidentDesk.People;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Worker.Commands;

/// <summary>Imports a ledger: progress on stderr, the summary on stdout, refused lines in a file that can be mended and imported again.</summary>
internal static class ImportCommand
{
    public static Command Build()
    {
        var file = new Option<string>("--file") { Required = true, Description = "CSV(UTF-8 或 GB18030)或 XLSX / CSV in UTF-8 or GB18030, or XLSX" };
        var source = new Option<string>("--source") { DefaultValueFactory = _ => "ledger", Description = "台账名称，与原编号一起区分工单 / whose numbers these are" };
        var refusedFile = new Option<string?>("--refused") { Description = "被退回行的文件(默认写入数据目录 refused/) / where refused lines go" };
        var strict = new Option<bool>("--strict") { Description = "有退回行时退出码为 1 / exit code 1 when a line is refused" };
        var command = new Command("import", "导入台账 / import a ledger") { file, source, refusedFile, strict, CommandLine.As };
        command.SetAction((parsed, cancel) => Run(
            parsed, parsed.GetValue(file)!, parsed.GetValue(source)!, parsed.GetValue(refusedFile), parsed.GetValue(strict), cancel));
        return command;
    }

    private static Task<int> Run(ParseResult parsed, string path, string source, string? refusedPath, bool strict, CancellationToken cancel)
    {
        if (source.Length is < 1 or > 64 || source.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            return Task.FromResult(CommandLine.Say(new Refusal(
                "bad_source", "source", "--source 应为 1 至 64 个字符，不含空白。", "--source must be 1 to 64 characters without white space.")));
        }

        // The refused file is made anew or removed; it must never be the ledger itself.
        if (refusedPath is not null && path.Length > 0
            && (refusedPath.Length == 0 || Directory.Exists(refusedPath) || Path.GetFullPath(refusedPath) == Path.GetFullPath(path)))
        {
            return Task.FromResult(CommandLine.Say(new Refusal(
                "bad_refused_file", "refused", "--refused 应为另一个文件。", "--refused must name a file, and not the ledger itself.")));
        }

        var (ledger, refused) = LedgerFile.Open(path);
        if (refused is not null)
        {
            return Task.FromResult(CommandLine.Say(refused));
        }

        return CommandLine.OnDesk(
            parsed,
            async (services, by) =>
            {
                using (ledger)
                {
                    if (by?.Lacks(Right.Import) is { } denied)
                    {
                        return CommandLine.Say(denied);
                    }

                    refusedPath ??= Path.Combine(
                        services.GetRequiredService<DeskSettings>().DataFolder, "refused", Path.GetFileNameWithoutExtension(path) + "-refused.csv");
                    await using var refusedLines = new RefusedFile(refusedPath);
                    var lines = new List<RefusedLine>();
                    var watch = Stopwatch.StartNew();
                    var next = TimeSpan.FromSeconds(1);
                    await Console.Error.WriteLineAsync($"{ledger!.WrittenAs}, {ledger.Rows} 行 / rows");
                    var done = await new ImportLedger(services).Run(
                        ledger, source,
                        line =>
                        {
                            refusedLines.Write(line);
                            lines.Add(line with { Record = line.Record with { Fields = [] } });
                        },
                        progress =>
                        {
                            if (watch.Elapsed >= next)
                            {
                                next = watch.Elapsed + TimeSpan.FromSeconds(1);
                                Console.Error.WriteLine($"{progress.Rows}/{ledger.Rows}  {progress.Rows / watch.Elapsed.TotalSeconds:0} 行/秒 rows/s");
                            }
                        },
                        cancel);
                    if (by is null)
                    {
                        await CommandLine.Note(services, "import", $"{source}: {done.Accepted}/{done.Rows}", cancel);
                    }

                    WriteSummary(done, lines);
                    await Console.Error.WriteLineAsync(
                        $"导入 {done.Accepted}，未变 {done.Unchanged}，退回 {done.Refused}，{done.Rows / Math.Max(watch.Elapsed.TotalSeconds, 0.001):0} 行/秒"
                        + (done.Refused > 0 ? $"；退回行见 / refused lines in {refusedPath}" : ""));
                    return strict && done.Refused > 0 ? CommandLine.Refused : CommandLine.Done;
                }
            },
            cancel);
    }

    private static void WriteSummary(ImportProgress done, List<RefusedLine> lines)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = FigureJson.Plain, Indented = true }))
        {
            ImportSummary.Write(json, done, lines);
        }

        output.WriteByte((byte)'\n');
    }
}
