using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Debugging;
using Serilog.Extensions.Logging;

namespace IncidentDesk.Pipeline;

/// <summary>
/// The log files of a host, beside its console: the same lines, a file a day named after the program, and another one when it has its size. A folder that cannot be written
/// or is full loses lines and nothing else; it is said on stderr, once an hour.
/// </summary>
public static class DeskLog
{
    // Times are the machine's own, with their offset, as in the system's other logs; verdicts never read them.
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {SourceContext} {TraceId} {Message:lj}{NewLine}{Exception}";
    private static readonly TimeSpan Silence = TimeSpan.FromHours(1);
    private static readonly Lock Turn = new();
    private static long said;

    /// <summary>Writes to files below Log:Folder; where none is set, nothing.</summary>
    public static ILoggingBuilder AddDeskLog(this ILoggingBuilder logging, DeskSettings settings)
    {
        if (settings.LogFolder is not { } folder)
        {
            return logging;
        }

        SelfLog.Enable(SayOnceAnHour);
        var program = Assembly.GetEntryAssembly()?.GetName().Name ?? "IncidentDesk";

        // Not AddSerilog, which adds a rule of its own for the least of levels: every statement of every tick, against the rules that hold for the console.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new SerilogLoggerProvider(
            new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.File(
                Path.Combine(folder, program + "-.log"), outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture, encoding: new UTF8Encoding(false),
                rollingInterval: RollingInterval.Day, rollOnFileSizeLimit: true, fileSizeLimitBytes: settings.LogSizeMegabytes * 1_048_576L,
                retainedFileTimeLimit: TimeSpan.FromDays(settings.LogKeptDays), retainedFileCountLimit: 2 * settings.LogKeptDays).CreateLogger(),
            dispose: true));
        return logging;
    }

    private static void SayOnceAnHour(string wrong)
    {
        lock (Turn)
        {
            if (said != 0 && Stopwatch.GetElapsedTime(said) < Silence)
            {
                return;
            }

            said = Stopwatch.GetTimestamp();
        }

        Console.Error.WriteLine($"log: 日志文件无法写入，系统照常运行 / log files cannot be written; the desk goes on: {wrong.Split('\n')[0].TrimEnd()}");
    }
}
