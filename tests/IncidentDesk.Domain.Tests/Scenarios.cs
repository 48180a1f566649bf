using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Tests;

/// <summary>
/// An incident's stream as the desk wrote it so far: given a story, when a decision, then its events. Each <c>Then</c> holds that the
/// decision was taken, and appends what it says, as the journal would.
/// </summary>
internal sealed record Story(IncidentNumber Number, IReadOnlyList<Entry> Entries)
{
    public Incident Incident => Incident.Of(Number, Entries);

    public Story Then(Func<Incident, Decision> decide, Instant now, Actor? by = null)
    {
        var decision = decide(Incident);
        Assert.Null(decision.Refused);
        Assert.NotEmpty(decision.Events);
        return Append(decision, now, by);
    }

    public Story Append(Decision decision, Instant now, Actor? by = null) =>
        decision.Events.Where(e => e.Elsewhere is null || e.Elsewhere == Number)
            .Aggregate(this, (story, e) => story.And(e.At, e.What, now, by));

    public Story And(Instant at, IncidentEvent what, Instant? recorded = null, Actor? by = null) =>
        this with { Entries = [.. Entries, new Entry(Entries.Count + 1, at, (recorded ?? at).ToUtc(), what, by ?? Scenarios.Clerk)] };

    public SlaReading Read(ClockRules rules, Instant asOf) => rules.Read(ClockFacts.Of(Entries, asOf, DateTimeOffset.MaxValue)!, asOf);

    public Outcome Outcome(Instant asOf, ClockRules? rules = null) => Read(rules ?? Scenarios.Strict, asOf).Outcome;
}

/// <summary>Starting states with a name, built on each other. Every one is of a rental fault received on Sunday 3 May 2026 at 09:00.</summary>
internal static class Scenarios
{
    public static readonly Actor Clerk = new("chen", "陈工");
    public static readonly Actor Lead = new("zhou", "周值班长");
    public static readonly Actor Electrician = new("li", "李师傅");

    public static readonly ClockRules Strict = new(SlaPolicy.Strict, Calendar("24x7", CalendarMode.Calendar));
    public static readonly ClockRules PausesCount = Strict with { Policy = SlaPolicy.Strict with { PauseMode = PauseMode.Approved } };
    public static readonly ClockRules OfficeHours = new(
        SlaPolicy.Strict with { Calendar = "office7h" },
        Calendar("office7h", CalendarMode.WorkHours, new DayWindow(new(8, 30), new(12, 0)), new DayWindow(new(14, 0), new(17, 30))));

    public static readonly Coded Phone = new("phone", "电话联系");
    public static readonly Coded OnSite = new("on_site", "到场");
    public static readonly Coded FixedOnSite = new("fixed_on_site", "现场修复");
    public static readonly Coded Contained = new("temporary_measure", "临时措施已控险");
    public static readonly Coded HandedOver = new("handed_over", "移交责任单位(须回执)");
    public static readonly Coded NotFixed = new("not_fixed", "未修好");
    public static readonly Coded Recurred = new("recurred", "又发生");
    public static readonly Coded AbsentTenant = new("waiting_tenant", "等待租客到场/配合");
    public static readonly Coded FalseAlarm = new("false_alarm", "误报");

    /// <summary>3 May 2026, on the wall clock of the desk.</summary>
    public static readonly Instant Reported = At(3, 9, 0);

    public static readonly Instant Due = At(4, 9, 0);

    /// <summary>The first second of the breach (D6).</summary>
    public static readonly Instant Breach = At(4, 9, 0, 1);

    /// <summary>Received at 09:00, entered at 09:10.</summary>
    public static Story OpenFault => Fault(1, Reported);

    /// <summary>The desk phoned back at 09:20.</summary>
    public static Story RespondedFault => OpenFault.Then(i => ClockDecisions.Respond(i, Phone, At(3, 9, 20), Strict, "r-1", At(3, 9, 20)), At(3, 9, 20));

    /// <summary>Fixed at noon, on time.</summary>
    public static Story ResolvedFault =>
        RespondedFault.Then(i => ClockDecisions.Resolve(i, Fixed, At(3, 12, 0), Strict, "r-2", At(3, 12, 0)), At(3, 12, 0));

    /// <summary>Fixed one second after the limit.</summary>
    public static Story LateFault => RespondedFault.Then(i => ClockDecisions.Resolve(i, Fixed, Breach, Strict, "r-2", Breach), Breach);

    /// <summary>Fixed at noon, not fixed after all at 15:00.</summary>
    public static Story ReopenedFault =>
        ResolvedFault.Then(i => ClockDecisions.Reopen(i, NotFixed, At(3, 15, 0), Zone.Shanghai, At(3, 15, 0)), At(3, 15, 0));

    /// <summary>The tenant is away: a pause was asked for at 10:00 and waits.</summary>
    public static Story PauseAsked => RespondedFault.Then(i => SecondPersonDecisions.AskPause(i, "p-1", AbsentTenant, At(3, 10, 0)), At(3, 10, 0));

    /// <summary>… and was approved at 11:00.</summary>
    public static Story PausedFault => PauseAsked.Then(i => SecondPersonDecisions.Approve(i, "p-1", Lead, At(3, 11, 0)), At(3, 11, 0), Lead);

    /// <summary>A false alarm, voided at 11:00.</summary>
    public static Story VoidedFault => OpenFault
        .Then(i => SecondPersonDecisions.AskVoid(i, "v-1", FalseAlarm, At(3, 10, 0)), At(3, 10, 0))
        .Then(i => SecondPersonDecisions.Approve(i, "v-1", Lead, At(3, 11, 0)), At(3, 11, 0), Lead);

    /// <summary>
    /// The day after, at 10:00: the desk enters that it was fixed on the evening before, within the limit. It is a request (D21).
    /// </summary>
    public static Story LateResolveAsked =>
        RespondedFault.Then(i => ClockDecisions.Resolve(i, Fixed, At(3, 20, 0), Strict, "l-1", At(4, 10, 0)), At(4, 10, 0));

    public static Resolution Fixed => new(FixedOnSite);

    /// <summary>A fault received at that instant and entered ten minutes later; the number of the day tells several apart.</summary>
    public static Story Fault(int n, Instant reported, Instant? occurred = null, string category = "RNT-WATER-02") =>
        new Story(Number(n), []).Append(
            ClockDecisions.Log(Details(category), reported, occurred, Zone.Shanghai, reported.Plus(600)), reported.Plus(600));

    public static IncidentNumber Number(int n) => IncidentNumber.Of("BY", new DateOnly(2026, 5, 3), n, imported: false);

    public static FaultDetails Details(string category = "RNT-WATER-02") => new()
    {
        Kind = category.StartsWith("RNT", StringComparison.Ordinal) ? FaultKind.Rental : FaultKind.System,
        Category = new Coded(category, "渗漏/堵塞"),
        Nature = "fault",
        Severity = new Coded("P3", "一般"),
        Basis = new Coded("phone", "来电"),
    };

    /// <summary>An instant of May 2026 on the wall clock of the desk.</summary>
    public static Instant At(int day, int hour, int minute, int second = 0) =>
        Zone.Shanghai.At(new DateTime(2026, 5, day, hour, minute, second, DateTimeKind.Unspecified));

    private static WorkCalendar Calendar(string code, CalendarMode mode, params DayWindow[] windows) =>
        new(code, Zone.Shanghai, [new CalendarVersion(DateOnly.MinValue, mode, windows)], OfficialDays.None);
}

/// <summary>What a decision must come to.</summary>
internal static class Expect
{
    public static void Refused(Decision decision, string code, string field)
    {
        Assert.Equal((code, field), (decision.Refused?.Code, decision.Refused?.Field));
        Assert.Empty(decision.Events);
    }

    public static T One<T>(Decision decision, Instant at)
        where T : IncidentEvent
    {
        Assert.Null(decision.Refused);
        var only = Assert.Single(decision.Events);
        Assert.Equal(at, only.At);
        Assert.Null(only.Elsewhere);
        return Assert.IsType<T>(only.What);
    }
}
