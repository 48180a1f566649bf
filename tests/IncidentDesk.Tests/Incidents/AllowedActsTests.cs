using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Tests.Desks;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Incidents;

/// <summary>What a page offers is what the messages take: every act in every state as everybody, against the handler of its message.</summary>
public sealed class AllowedActsTests
{
    private static readonly Caller Chen = Who("chen", Role.Staff), Li = Who("li", Role.Handler), Wang = Who("wang", Role.Approver);

    private static readonly Caller[] Three = [Chen, Li, Wang];

    // Those whom one state tells apart as well as all.
    private static readonly Caller[] Others =
    [
        Who("mei", Role.Handler), Who("liu", Role.Officer), Who("he", Role.Evaluator), Who("sun", Role.Auditor), Who("both", Role.Staff, Role.Approver),
        Who("far", Role.Staff) with { Towns = ["440111002"] }, Wang with { Scopes = new HashSet<Right> { Right.Read } },
    ];

    [Fact]
    public async Task Every_act_shown_is_taken_by_its_message_and_every_one_hidden_is_refused()
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        foreach (var (id, roles) in new[] { ("li", "handler"), ("mei", "handler") })
        {
            await desk.Send(new AddPerson(null, id, id, roles));
        }

        var now = Instant.Of(TestDesk.Opening);
        var master = await Log(30 * 24);
        var wrong = new List<string>();
        var seen = new Dictionary<Act, (int Shown, int Hidden)>();
        foreach (var (state, make) in States())
        {
            var number = await make();
            foreach (var by in state is "new" or "overdue" ? Three.Concat(Others) : Three)
            {
                // As the page asks, and then each message by its handler alone: nothing that it appends is written.
                var shown = (await desk.Send(new WorkOnIncident(by, number))).Value?.Acts ?? new HashSet<Act>();
                await using var scope = desk.Services.CreateAsyncScope();
                foreach (var act in Enum.GetValues<Act>())
                {
                    var refused = await Ask(scope.ServiceProvider, act, by, number);
                    var (yes, no) = seen.GetValueOrDefault(act);
                    seen[act] = shown.Contains(act) ? (yes + 1, no) : (yes, no + 1);
                    if (shown.Contains(act) != (refused is null))
                    {
                        wrong.Add($"{state}: {act} as {by.Person.Id} is {(shown.Contains(act) ? "shown" : "hidden")}, and its message says {refused?.Code ?? "yes"}");
                    }
                }
            }
        }

        Assert.Empty(wrong);
        Assert.All(Enum.GetValues<Act>(), act => Assert.True(seen[act] is { Shown: > 0, Hidden: > 0 }, $"{act} {seen[act]}"));

        IEnumerable<(string, Func<Task<string>>)> States() =>
        [
            ("new", () => Log(1)),
            ("responded", async () => await Then(await Log(1), n => new Respond(Chen, n, "phone", null))),
            ("assigned", async () => await Then(await Log(1), n => new Assign(Wang, n, "li"))),
            ("accepted", async () => await Then(await Log(1), n => new Assign(Wang, n, "li"), n => new AcceptAssignment(Li, n))),
            ("returned", async () => await Then(await Log(1), n => new Assign(Wang, n, "li"), n => new ReturnAssignment(Li, n, "非本单位"))),
            ("paused", async () => await Approved(new AskPause(Chen, await Log(1), "waiting_landlord", null))),
            ("asked for everything", async () => await Then(
                await Log(1), n => new AskPause(Chen, n, "waiting_landlord", null), n => new AskVoid(Chen, n, "test", null), n => new AskMerge(Chen, n, master, null),
                n => new AskExtension(Chen, n, now.Plus(40 * 86_400), null), n => new AskCorrection(Chen, n, "severity", "P1", "误录"), n => new AskCorrection(Chen, n, "category", "RNT-LIFT-02", "误录"),
                n => new AskCorrection(Chen, n, "occurred", now.Plus(-9_000).ToString(), "误录"), n => new AskCorrection(Chen, n, "reported", now.Plus(-7_200).ToString(), "误录"))),
            ("resolved", async () => await Then(await Log(1), n => new Resolve(Chen, n, "fixed_on_site", null, null, null, null))),
            ("reopened", async () => await Then(await Log(1), n => new Resolve(Chen, n, "fixed_on_site", null, null, null, null), n => new Reopen(Chen, n, "recurred", null, null))),
            ("overdue", async () => await Then(await Log(25), n => new Assign(Wang, n, "li"))),
            ("late completion asked", async () => await Then(await Log(25), n => new Resolve(Chen, n, "fixed_on_site", now.Plus(-10_000), null, null, null), n => new Respond(Chen, n, "phone", now.Plus(-25 * 3_600 + 60)))),
            ("resolved late", async () => await Then(await Log(30), n => new Resolve(Chen, n, "fixed_on_site", null, null, null, null))),
            ("resolved long ago", async () => await Then(await Log(240), n => new Resolve(Chen, n, "fixed_on_site", now.Plus(-8 * 86_400), null, null, null))),
            ("void", async () => await Approved(new AskVoid(Chen, await Log(1), "test", null))),
            ("merged", async () => await Approved(new AskMerge(Chen, await Log(1), master, null))),
        ];

        async Task<string> Log(int hoursAgo) => (await Done(new LogFault(
            Chen, "rental", "RNT-WATER-02", null, null, "440111011", null, null, "phone", null, null, null, null, now.Plus(-hoursAgo * 3_600), "漏水", null, null, null, null, null, null))).Number;

        async Task<string> Then(string number, params Func<string, IRequest<Outcome<IncidentChanged>>>[] acts)
        {
            foreach (var act in acts)
            {
                await Done(act(number));
            }

            return number;
        }

        async Task<string> Approved(IRequest<Outcome<IncidentChanged>> ask)
        {
            var asked = await Done(ask);
            Assert.Null((await desk.Send(new DecideRequest(Wang, asked.RequestId!, true, null))).Refused);
            return asked.Number;
        }

        async Task<IncidentChanged> Done(IRequest<Outcome<IncidentChanged>> message)
        {
            var outcome = await desk.Send(message);
            Assert.True(outcome.Refused is null, $"{message.GetType().Name}: {outcome.Refused?.Code}");
            return outcome.Value!;
        }

        Task<Refusal?> Ask(IServiceProvider scope, Act act, Caller by, string n) => act switch
        {
            Act.Respond => Handle(scope, new Respond(by, n, "phone", null)),
            Act.Resolve => Handle(scope, new Resolve(by, n, "fixed_on_site", null, null, null, null)),
            Act.Reopen => Handle(scope, new Reopen(by, n, "not_fixed", null, null)),
            Act.Resume => Handle(scope, new Resume(by, n, null)),
            Act.Accept => Handle(scope, new AcceptAssignment(by, n)),
            Act.Return => Handle(scope, new ReturnAssignment(by, n, "非本单位")),
            Act.Assign => Handle(scope, new Assign(by, n, "mei")),
            Act.Note => Handle(scope, new Note(by, n, "看过")),
            Act.Pause => Handle(scope, new AskPause(by, n, "waiting_tenant", null)),
            Act.Extend => Handle(scope, new AskExtension(by, n, now.Plus(60 * 86_400), null)),
            Act.Correct => Handle(scope, new AskCorrection(by, n, "severity", "P2", "误录")),
            Act.Merge => Handle(scope, new AskMerge(by, n, master, null)),
            Act.Void => Handle(scope, new AskVoid(by, n, "false_alarm", null)),
            Act.Explain => Handle(scope, new ExplainBreach(by, n, "备件", "维保", "备存")),
            _ => HandleReveal(scope, new RevealReporter(by, n, "回访核实")),
        };
    }

    private static async Task<Refusal?> Handle<T>(IServiceProvider scope, T message)
        where T : IRequest<Outcome<IncidentChanged>> =>
        (await scope.GetRequiredService<IRequestHandler<T, Outcome<IncidentChanged>>>().Handle(message, default)).Refused;

    private static async Task<Refusal?> HandleReveal(IServiceProvider scope, RevealReporter message) =>
        (await scope.GetRequiredService<IRequestHandler<RevealReporter, Outcome<RevealedReporter>>>().Handle(message, default)).Refused;

    private static Caller Who(string id, params Role[] roles) => new(new Actor(id, id), roles.ToHashSet(), "page");
}
