using System.Collections.Concurrent;
using IncidentDesk.Alerts;
using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Tests.Desks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Tests.Channels;

/// <summary>A desk whose operator lets it call the fake servers, with one approver on duty who has an address and a phone; every line of its log is kept.</summary>
internal sealed class ChannelDesk : IAsyncDisposable
{
    public static readonly Caller Officer = new(new Actor("wu", "吴经办"), new HashSet<Role> { Role.Officer }, "api");
    private static readonly Caller Staff = new(new Actor("chen", "陈工"), new HashSet<Role> { Role.Staff }, "api");

    private ChannelDesk(TestDesk desk, FakeServers servers, MailServer mail, Lines log) => (Desk, Servers, Mail, Log) = (desk, servers, mail, log);

    public TestDesk Desk { get; }

    public FakeServers Servers { get; }

    public MailServer Mail { get; }

    public Lines Log { get; }

    public static async Task<ChannelDesk> Open(Engine engine = Engine.Sqlite)
    {
        // The servers' clock is the desk's, which exists only later.
        Func<DateTimeOffset> now = () => TestDesk.Opening;
        var (servers, mail, log) = (await FakeServers.Start(() => now()), new MailServer(implicitly: true), new Lines());
        var desk = await TestDesk.Open(engine, besides: services => services.AddLogging(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Trace)).AddSingleton(
            ((DeskSettings)services.Single(s => s.ServiceType == typeof(DeskSettings)).ImplementationInstance!) with
            {
                Outgoing = OutgoingAddresses.Read($"{servers.Host},{mail.Host}")!, PublicAddress = "https://desk.by.gov.cn",
            }));
        now = desk.Clock.GetUtcNow;
        await desk.Send(new AddPerson(null, "zhou", "周值班长", "approver"));
        await desk.Send(new AddPerson(null, "root", "系统管理员", "admin"));
        Assert.Null((await desk.Send(new SetContact(null, "zhou", "zhou@by.gov.cn", "13800138000"))).Refused);
        return new ChannelDesk(desk, servers, mail, log);
    }

    public async ValueTask DisposeAsync()
    {
        await Desk.DisposeAsync();
        await Servers.DisposeAsync();
        await Mail.DisposeAsync();
    }

    public async Task<ChannelView> Add(string kind, string? code = null, Dictionary<string, string>? settings = null)
    {
        var saved = await Desk.Send(new SaveChannel(Officer, code ?? kind, kind, kind, null, settings ?? (kind == "email" ? Mail.Settings() : Servers.Settings(kind))));
        Assert.Null(saved.Refused);
        return saved.Value!;
    }

    public Task<Refusal?> Change(string code, string setting, string value) => Change(code, new Dictionary<string, string> { [setting] = value });

    public async Task<Refusal?> Change(string code, Dictionary<string, string>? settings = null, bool? enabled = null) =>
        (await Desk.Send(new SaveChannel(Officer, code, null, null, enabled, settings))).Refused;

    /// <summary>Logs faults reported so many hours ago.</summary>
    public async Task<string> Faults(int count, int hoursAgo = 0)
    {
        var number = "";
        for (var i = 0; i < count; i++)
        {
            var logged = await Desk.Send(new LogFault(
                Staff, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", "406", "phone", null, null, null, null, Instant.Of(Desk.Clock.GetUtcNow().AddHours(-hoursAgo)), "漏水", "厨房水管漏水",
                "林先生", "13800133357", null, null, null));
            Assert.Null(logged.Refused);
            number = logged.Value!.Number;
        }

        return number;
    }

    /// <summary>Lets time pass, and raises what is owed then.</summary>
    public async Task Pass(TimeSpan time)
    {
        Desk.Clock.Advance(time);
        await Desk.Send(new Tick());
    }

    public Task<int> Deliver() => Desk.Send(new DeliverOutbox());

    /// <summary>Lines of a log at its most talkative.</summary>
    internal sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Enqueue(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
