using System.CommandLine;
using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reports;

namespace IncidentDesk.Worker.Commands;

/// <summary>Prints the timeliness report of a month or a year.</summary>
internal static class ReportCommand
{
    public static Command Build()
    {
        var month = new Option<string?>("--month") { Description = "yyyy-MM" };
        var year = new Option<string?>("--year") { Description = "yyyy" };
        var scope = new Option<string>("--scope") { Required = true, Description = "rental | rental-other | system" };
        var asOf = new Option<string?>("--as-of") { Description = "截至时间，默认现在；无时差时按本机构时区 / read the clocks at this instant; default now" };
        var knownAt = new Option<string?>("--known-at") { Description = "按截至此时的记录，默认现在 / with what was recorded by then; default now" };
        var format = new Option<string>("--format") { DefaultValueFactory = _ => "json", Description = "json | csv" };
        var command = new Command("report", "时效月报、年报 / the timeliness report") { month, year, scope, asOf, knownAt, format, CommandLine.As };
        command.SetAction((parsed, cancel) => Run(
            parsed, parsed.GetValue(month), parsed.GetValue(year), parsed.GetValue(scope)!, parsed.GetValue(asOf), parsed.GetValue(knownAt), parsed.GetValue(format)!, cancel));
        return command;
    }

    private static Task<int> Run(
        ParseResult parsed, string? month, string? year, string scope, string? asOf, string? knownAt, string format, CancellationToken cancel)
    {
        ReportFormat? asFormat = format switch { "json" => ReportFormat.Json, "csv" => ReportFormat.Csv, _ => null };
        if (asFormat is null)
        {
            return Refuse("unknown_format", "format", "格式应为 json 或 csv。", "The format must be json or csv.");
        }

        if ((month is null) == (year is null))
        {
            return Refuse("month_or_year", "month", "--month 与 --year 应给出其中一个。", "Give --month or --year, one of them.");
        }

        if (PeriodOf(month, year) is not { } period)
        {
            return month is null
                ? Refuse("bad_year", "year", "年份应为 yyyy。", "The year must be yyyy.")
                : Refuse("bad_month", "month", "月份应为 yyyy-MM。", "The month must be yyyy-MM.");
        }

        return CommandLine.OnDesk(
            parsed,
            async (services, by) =>
            {
                if (PointInTime.Read(services, asOf, knownAt, out var at, out var known) is { } unread)
                {
                    return CommandLine.Say(unread);
                }

                await using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
                var outcome = await services.SendAlone(
                    new WriteReport(period, scope, at, known, asFormat.Value, output, by), cancel);
                return outcome.Refused is { } refused ? CommandLine.Say(refused) : CommandLine.Done;
            },
            cancel);
    }

    private static Period? PeriodOf(string? month, string? year) =>
        month is not null ? Month.TryParse(month, out var parsed) ? Period.Of(parsed) : null
        : year!.Length == 4 && int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var y) && y is >= 1900 and < 3000 ? Period.OfYear(y) : null;

    private static Task<int> Refuse(string code, string field, string zh, string en) =>
        Task.FromResult(CommandLine.Say(new Refusal(code, field, zh, en)));
}
