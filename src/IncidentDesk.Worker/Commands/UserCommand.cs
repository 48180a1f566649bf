using System.CommandLine;
using IncidentDesk.People;

namespace IncidentDesk.Worker.Commands;

/// <summary>People from the operator's side: <c>user add ID --name NAME --role ROLE</c>.</summary>
internal static class UserCommand
{
    public static Command Build()
    {
        var id = new Argument<string>("id") { Description = "人员编号 / id" };
        var name = new Option<string>("--name") { Required = true, Description = "姓名 / name" };
        var role = new Option<string>("--role") { Required = true, Description = "staff | handler | approver | officer | admin | auditor | evaluator，可用逗号分隔多个 / comma between several" };
        var point = new Option<string?>("--service-point") { Description = "所在受理点 / the service point where they are on duty" };
        var add = new Command("add", "增加人员 / add a person") { id, name, role, point, CommandLine.As };
        add.SetAction((parsed, cancel) => CommandLine.OnDesk(
            parsed,
            async (services, by) =>
            {
                var outcome = await services.SendAlone(new AddPerson(by, parsed.GetValue(id)!, parsed.GetValue(name)!, parsed.GetValue(role)!, parsed.GetValue(point)), cancel);
                if (outcome.Refused is { } refused)
                {
                    return CommandLine.Say(refused);
                }

                await Console.Error.WriteLineAsync($"{outcome.Value!.Id} {outcome.Value.Name} ({outcome.Value.Roles})");
                return CommandLine.Done;
            },
            cancel));
        return new Command("user", "人员 / people") { add };
    }
}
