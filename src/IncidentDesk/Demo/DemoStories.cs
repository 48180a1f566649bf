using IncidentDesk.Incidents;
using IncidentDesk.People;

namespace IncidentDesk.Demo;

/// <summary>What does not happen every day, so that each part of the product has something to show.</summary>
internal sealed class DemoStories(DemoDesk desk, Func<string, Caller> by)
{
    /// <summary>Adds them: a late one, a void, a merge, a pause, a reopen, a correction; and what is open and waiting now.</summary>
    public void Add(DateTimeOffset begin, DateTimeOffset end)
    {
        Late(begin.AddDays(8).AddHours(15.4));
        Void(begin.AddDays(11).AddHours(10.2));
        Merge(begin.AddDays(14).AddHours(19.7));
        Pause(begin.AddDays(17).AddHours(9.1));
        Reopen(begin.AddDays(20).AddHours(11.6));
        Correct(begin.AddDays(23).AddHours(16.3));
        Waiting(end);
    }

    private static DemoFault Of(string category, int which = 0) => DemoFaults.All.Where(f => f.Category == category).ElementAt(which);

    /// <summary>The one that costs the month its ten points: thirteen minutes over, explained the next day.</summary>
    private void Late(DateTimeOffset reported)
    {
        var number = Open(Of("RNT-LIFT-02"), reported);
        var done = reported.AddHours(24).AddMinutes(13);
        desk.At(done, () => desk.Done(new Resolve(by("chen"), number(), "fixed_on_site", null, null, null, "维保到场更换门锁触点，试运行正常。")));
        desk.At(done.AddHours(15), () => desk.Done(new ExplainBreach(
            by("liu"), number(), "维保单位备件次日才到货，现场未先行恢复单梯运行。", "电梯维保单位", "与维保单位约定常用备件驻点存放，超过12小时未修复即上报值班长。")));
    }

    private void Void(DateTimeOffset reported)
    {
        var number = Open(Of("RNT-ACCESS-02"), reported);
        Approved(reported.AddMinutes(50), () => new AskVoid(by("chen"), number(), "test", "门禁厂家联调时的测试单。"), approve: true);
        var second = Open(Of("RNT-WATER-02"), reported.AddHours(3));
        Approved(reported.AddHours(4), () => new AskVoid(by("huang"), second(), "false_alarm", "租客说已不漏。"), approve: false);
        desk.At(reported.AddHours(9), () => desk.Done(new Resolve(by("huang"), second(), "fixed_on_site", null, null, null, "复查仍有渗漏，更换软管。")));
    }

    private void Merge(DateTimeOffset reported)
    {
        var master = Open(Of("RNT-ELEC-02"), reported);
        var duplicate = Open(Of("RNT-ELEC-02"), reported.AddMinutes(22));
        Approved(reported.AddMinutes(40), () => new AskMerge(by("chen"), duplicate(), master(), "同栋同一停电，另一住户来电。"), approve: true);
        desk.At(reported.AddHours(2), () => desk.Done(new Resolve(by("chen"), master(), "fixed_on_site", null, null, null, "更换漏保开关。")));
    }

    private void Pause(DateTimeOffset reported)
    {
        var number = Open(Of("RNT-ELEC-01"), reported);
        Approved(reported.AddHours(2), () => new AskPause(by("chen"), number(), "waiting_landlord", "房东在外地，晚上到场开门。"), approve: true);
        desk.At(reported.AddHours(11), () => desk.Done(new Resume(by("chen"), number(), null)));
        desk.At(reported.AddHours(14), () => desk.Done(new Resolve(by("chen"), number(), "fixed_on_site", null, null, null, "房东到场，拆除漏电热水器。")));
    }

    private void Reopen(DateTimeOffset reported)
    {
        var number = Open(Of("RNT-WATER-02", 1), reported);
        desk.At(reported.AddHours(3), () => desk.Done(new Resolve(by("chen"), number(), "fixed_on_site", null, null, null, "更换密封圈。")));
        desk.At(reported.AddHours(7), () => desk.Done(new Reopen(by("chen"), number(), "not_fixed", null, "楼下反映仍在滴水。")));
        desk.At(reported.AddHours(10), () => desk.Done(new Resolve(by("chen"), number(), "fixed_on_site", null, null, null, "更换整段软管，复查不漏。")));
    }

    private void Correct(DateTimeOffset reported)
    {
        var number = Open(Of("RNT-FIRE-02"), reported);
        Approved(reported.AddHours(1), () => new AskCorrection(by("chen"), number(), "category", "RNT-FIRE-04", "到场见应急灯损坏，杂物已清。"), approve: true);
        desk.At(reported.AddHours(5), () => desk.Done(new Resolve(by("chen"), number(), "temporary_measure", null, DateOnly.FromDateTime(reported.AddDays(3).DateTime), null, "先装临时照明，三日内更换应急灯。")));
    }

    /// <summary>Now: one due within two hours, one halfway, one just in, a system fault overdue, and two requests that nobody has decided.</summary>
    private void Waiting(DateTimeOffset end)
    {
        var soon = Open(Of("RNT-WATER-01"), end.AddHours(-22.3));
        desk.At(end.AddHours(-21), () => desk.Done(new Assign(by("wang"), soon(), "li")));
        var half = Open(Of("RNT-ELEC-02", 1), end.AddHours(-11.8));
        desk.At(end.AddHours(-2), () => desk.Done(new AskPause(by("huang"), half(), "waiting_utility", "供电所排队，预计下午到场。")));
        Open(Of("FLT-SYNC"), end.AddHours(-26.5));
        var wrong = Open(Of("RNT-ACCESS-03"), end.AddHours(-1.2));
        desk.At(end.AddMinutes(-30), () => desk.Done(new AskVoid(by("chen"), wrong(), "out_of_scope", "卡片属物业自建门禁，不属受理范围。")));
    }

    /// <summary>Logged four minutes after it was reported, answered after twelve; its number is known from then on.</summary>
    private Func<string> Open(DemoFault fault, DateTimeOffset reported)
    {
        var number = "";
        desk.At(reported.AddMinutes(4), async () => number = (await desk.Done(desk.Report(fault, reported))).Number);
        desk.At(reported.AddMinutes(12), () => desk.Done(new Respond(by("huang"), number, "phone", null)));
        return () => number;
    }

    private void Approved(DateTimeOffset asked, Func<MediatR.IRequest<Pipeline.Outcome<IncidentChanged>>> ask, bool approve)
    {
        var request = "";
        desk.At(asked, async () => request = (await desk.Done(ask())).RequestId!);
        desk.At(asked.AddMinutes(18), () => desk.Done(new DecideRequest(by("wang"), request, approve, approve ? "同意。" : "请到场复核后再定。")));
    }
}
