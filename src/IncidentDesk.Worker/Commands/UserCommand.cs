using System.CommandLine;
using IncidentDesk.Data;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Worker.Commands;

/// <summary>People and their accounts from the operator's side: <c>user add | role | disable | enable | reset</c>. One-time passwords go to stdout, once.</summary>
internal static class UserCommand
{
    private const string RoleCodes = "staff | handler | approver | officer | admin | auditor | evaluator，可用逗号分隔多个 / comma between several";
    private const string Everywhere = "none";

    private static readonly Argument<string> Id = new("id") { Description = "人员编号 / id" };

    public static Command Build() => new("user", "人员与账号 / people and accounts") { Add(), Role(), State("disable", "停用账号 / disable an account", true), State("enable", "恢复账号 / enable it again", false), Reset(), Contact() };

    private static Command Add()
    {
        var name = new Option<string>("--name") { Required = true, Description = "姓名 / name" };
        var role = new Option<string>("--role") { Required = true, Description = RoleCodes };
        var point = new Option<string?>("--service-point") { Description = "所在受理点 / the service point where they are on duty" };
        var command = new Command("add", "增加人员，给出一次性口令 / add a person; prints a one-time password") { Id, name, role, point, CommandLine.As };
        Run(command, (parsed, by) => new AddPerson(by, parsed.GetValue(Id)!, parsed.GetValue(name)!, parsed.GetValue(role)!, parsed.GetValue(point)), Said);
        return command;
    }

    private static Command Role()
    {
        var role = new Option<string?>("--role") { Description = RoleCodes };
        var town = new Option<string[]?>("--town") { Description = "限于这些镇街(代码，可多次)；none 不限 / limit to these towns; none: everywhere" };
        var point = new Option<string[]?>("--only-service-point") { Description = "限于这些受理点(可多次)；none 不限 / limit to these service points; none: all" };
        var ends = new Option<DateTimeOffset?>("--ends") { Description = "到期时间(RFC 3339)，届时账号自行停用 / when the account ends by itself" };
        var command = new Command("role", "变更角色、范围或到期时间 / change roles, places or end") { Id, role, town, point, ends, CommandLine.As };
        Run(command, (parsed, by) => new ChangePerson(by, parsed.GetValue(Id)!, parsed.GetValue(role), List(parsed.GetValue(town)), List(parsed.GetValue(point)), parsed.GetValue(ends)), Said);
        return command;

        static string[]? List(string[]? given) => given is null or [] ? null : given is [Everywhere] ? [] : given;
    }

    private static Command State(string name, string description, bool disabled)
    {
        var command = new Command(name, description) { Id, CommandLine.As };
        Run(command, (parsed, by) => new ChangePerson(by, parsed.GetValue(Id)!, Disabled: disabled), Said);
        return command;
    }

    private static Command Reset()
    {
        var factor = new Option<bool>("--second-factor") { Description = "同时取消二次验证 / take the second factor away too" };
        var command = new Command("reset", "给出新的一次性口令并解除锁定 / a new one-time password; ends a lock") { Id, factor, CommandLine.As };
        Run(command, (parsed, by) => new ResetAccount(by, parsed.GetValue(Id)!, parsed.GetValue(factor)), Said);
        return command;
    }

    private static Command Contact()
    {
        var email = new Option<string?>("--email") { Description = "电子邮件；空为删除 / e-mail; empty takes it away" };
        var phone = new Option<string?>("--phone") { Description = "接收短信的手机；空为删除 / phone for short messages; empty takes it away" };
        var command = new Command("contact", "预警的联系方式 / where alerts reach a person") { Id, email, phone, CommandLine.As };
        Run(command, (parsed, by) => new Channels.SetContact(by, parsed.GetValue(Id)!, parsed.GetValue(email), parsed.GetValue(phone)), contact => Console.Error.WriteLineAsync(contact.Person));
        return command;
    }

    private static void Run<T>(Command command, Func<ParseResult, Caller?, IRequest<Outcome<T>>> message, Func<T, Task> said) => command.SetAction((parsed, cancel) => CommandLine.OnDesk(
        parsed,
        async (services, by) =>
        {
            var outcome = await services.SendAlone(message(parsed, by), cancel);
            if (outcome.Refused is { } refused)
            {
                return CommandLine.Say(refused);
            }

            await said(outcome.Value!);
            return CommandLine.Done;
        },
        cancel));

    private static async Task Said(PersonAdded added)
    {
        await Said(added.Person);
        await Console.Error.WriteLineAsync("一次性口令，首次登录后须修改 / one-time password, changed at first sign-in:");
        Console.WriteLine(added.OneTimePassword);
    }

    private static Task Said(PersonRow person) => Console.Error.WriteLineAsync($"{person.Id} {person.Name} ({person.Roles})");
}
