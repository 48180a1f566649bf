using System.CommandLine;
using IncidentDesk.Channels;

namespace IncidentDesk.Worker.Commands;

/// <summary>Ways out of the house from the operator's side: <c>channel list</c>, <c>channel test CODE</c>. They are set up through the API: secrets do not belong on a command line.</summary>
internal static class ChannelCommand
{
    public static Command Build() => new("channel", "预警渠道 / the channels of alerts") { List(), Test() };

    private static Command List()
    {
        var command = new Command("list", "列出渠道及其状态 / the channels and how they do") { CommandLine.As };
        command.SetAction((parsed, cancel) => CommandLine.OnDesk(
            parsed,
            async (services, by) =>
            {
                var outcome = await services.SendAlone(new ReadChannels(by), cancel);
                if (outcome.Refused is { } refused)
                {
                    return CommandLine.Say(refused);
                }

                foreach (var channel in outcome.Value!)
                {
                    Console.WriteLine($"{channel.Row.Code}\t{channel.Row.Kind}\t{(channel.Row.Enabled ? "on" : "off")}\twaiting {channel.Waiting}\tdead {channel.Dead}\t{channel.Row.BrokenBecause}\t{channel.Row.Name}");
                }

                return CommandLine.Done;
            },
            cancel));
        return command;
    }

    private static Command Test()
    {
        var code = new Argument<string>("code") { Description = "渠道编号 / the channel's code" };
        var person = new Option<string?>("--person") { Description = "发给谁(邮件、短信) / to whom, for mail and short messages" };
        var command = new Command("test", "发送测试消息并说明结果 / send a test message and tell what came of it") { code, person, CommandLine.As };
        command.SetAction((parsed, cancel) => CommandLine.OnDesk(
            parsed,
            async (services, by) =>
            {
                var outcome = await services.SendAlone(new TestChannel(by, parsed.GetValue(code)!, parsed.GetValue(person)), cancel);
                if (outcome.Refused is { } refused)
                {
                    return CommandLine.Say(refused);
                }

                Console.WriteLine($"{outcome.Value!.How} {outcome.Value.Reason}".TrimEnd());
                return outcome.Value.How == Delivered.Sent ? CommandLine.Done : CommandLine.Refused;
            },
            cancel));
        return command;
    }
}
