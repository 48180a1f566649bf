using System.CommandLine;
using IncidentDesk.People;
using IncidentDesk.Reports;

namespace IncidentDesk.Worker.Commands;

/// <summary>Prints one ticket's verdict: the sentence in both languages, and the events it stands on with their hashes.</summary>
internal static class ExplainCommand
{
    public static Command Build()
    {
        var number = new Argument<string>("number") { Description = "工单编号 / incident number" };
        var asOf = new Option<string?>("--as-of") { Description = "截至时间，默认现在 / read the clock at this instant; default now" };
        var knownAt = new Option<string?>("--known-at") { Description = "按截至此时的记录，默认现在 / with what was recorded by then; default now" };
        var command = new Command("explain", "说明一件工单的时效算式 / explain one verdict") { number, asOf, knownAt, CommandLine.As };
        command.SetAction((parsed, cancel) => CommandLine.OnDesk(
            parsed,
            async (services, by) =>
            {
                if (by?.Lacks(Right.Read) is { } denied)
                {
                    return CommandLine.Say(denied);
                }

                if (PointInTime.Read(services, parsed.GetValue(asOf), parsed.GetValue(knownAt), out var at, out var known) is { } refused)
                {
                    return CommandLine.Say(refused);
                }

                var outcome = await services.SendAlone(new ExplainVerdict(parsed.GetValue(number)!, at, known), cancel);
                if (outcome.Refused is { } no)
                {
                    return CommandLine.Say(no);
                }

                await Print(outcome.Value!);
                return CommandLine.Done;
            },
            cancel));
        return command;
    }

    private static async Task Print(Explanation explanation)
    {
        var (ticket, zone) = (explanation.Ticket, explanation.Zone);
        var details = ticket.Facts.Details;
        await using var text = new StreamWriter(Console.OpenStandardOutput()) { NewLine = "\n" };
        await text.WriteLineAsync(
            $"{ticket.Number}  {details.Category.Name} ({details.Category.Code})  {ReportWords.ScopeName(ticket.Scope)}"
            + (details.Imported ? $"  导入(未经本系统计时)，原编号 {details.ExternalNo}" : ""));
        await text.WriteLineAsync(ticket.Arithmetic.SentenceZh(zone));
        await text.WriteLineAsync(ticket.Arithmetic.SentenceEn(zone));
        foreach (var e in explanation.Events)
        {
            await text.WriteLineAsync(
                $"{e.Seq,3}  {zone.Format(e.EffectiveAt)}  {e.Type,-20} {e.ActorName}/{e.Via}  记录于 {Domain.Sla.Iso.Recorded(e.RecordedAt)}  {e.Hash[..16]}");
        }
    }
}
