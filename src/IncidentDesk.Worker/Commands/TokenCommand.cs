using System.CommandLine;
using IncidentDesk.Accounts;

namespace IncidentDesk.Worker.Commands;

/// <summary>Tokens from the operator's side: <c>token add PERSON --name NAME</c> prints one once; <c>token revoke ID</c> ends one.</summary>
internal static class TokenCommand
{
    public static Command Build() => new("token", "访问令牌 / access tokens") { Add(), Revoke() };

    private static Command Add()
    {
        var person = new Argument<string>("person") { Description = "人员编号 / person" };
        var name = new Option<string>("--name") { Required = true, Description = "用途 / what it is for" };
        var days = new Option<int>("--days") { DefaultValueFactory = _ => 90, Description = "有效天数，默认 90 / how many days it lives; default 90" };
        var scopes = new Option<string[]>("--scope") { Description = "仅限这些权限(可多次)，默认为本人全部 / these rights only; default all of the person's" };
        var display = new Option<bool>("--display") { Description = "大屏令牌：只看看板 / a wall screen's: the board only" };
        var command = new Command("add", "新建令牌，只显示一次 / make a token; shown once") { person, name, days, scopes, display };
        command.SetAction((parsed, cancel) => CommandLine.OnDesk(
            async services =>
            {
                var outcome = await services.SendAlone(
                    new AddToken(null, parsed.GetValue(person)!, parsed.GetValue(name)!, parsed.GetValue(scopes) ?? [], parsed.GetValue(days), parsed.GetValue(display)), cancel);
                if (outcome.Refused is { } refused)
                {
                    return CommandLine.Say(refused);
                }

                await Console.Error.WriteLineAsync($"{outcome.Value!.Token.Id} {parsed.GetValue(name)}");
                Console.WriteLine(outcome.Value.Secret);
                return CommandLine.Done;
            },
            cancel));
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "令牌编号 / the token's id" };
        var command = new Command("revoke", "撤销令牌 / end a token") { id };
        command.SetAction((parsed, cancel) => CommandLine.OnDesk(
            async services => (await services.SendAlone(new RevokeToken(null, parsed.GetValue(id)!), cancel)).Refused is { } refused ? CommandLine.Say(refused) : CommandLine.Done,
            cancel));
        return command;
    }
}
