using IncidentDesk.Incidents;

namespace IncidentDesk.Web.Pages;

/// <summary>A table of a hand-over.</summary>
internal sealed record HandOverLines(IReadOnlyList<HandOverLine> Lines, HandOverView View, string Caption)
{
    /// <summary>A line's state, with the time left or over.</summary>
    public ShownState State(HandOverLine line, Words t)
    {
        var left = line.Row.EffectiveDueAt?.Since(View.Now);
        var over = line.Row.BreachesAt <= View.Now;
        var state = t.State(over ? Domain.Sla.Outcome.Breached : Domain.Sla.Outcome.Pending, null, left is null, left);
        return left is not { } seconds ? state
            : state with { Text = state.Text + (over ? t[$"，超出 {t.Length(-seconds)}", $", over by {t.Length(-seconds)}"] : t[$"，剩余 {t.Length(seconds)}", $", {t.Length(seconds)} left"]) };
    }

    /// <summary>What who takes over has to watch; empty where there is nothing out of the ordinary.</summary>
    public string Watch(HandOverLine line, Words t) => string.Join(t["；", "; "], new[]
    {
        line.Kept is { } kept ? t["未交出：", "not given: "] + t.Of(kept) : null,
        line.Row.BreachesAt <= View.Now ? t["已超时，尽快处理并填写超时说明", "breached: resolve and explain it"] : null,
        line.Row.FirstResponseAt is null ? t["尚未响应", "not responded"] : null,
        line.Waiting > 0 ? t[$"有 {line.Waiting} 项申请待审批", $"{line.Waiting} waiting for approval"] : null,
        line.Row.Handler is null ? t["未派单", "assigned to nobody"] : !line.Accepted ? t["未签收", "not accepted"] : null,
    }.OfType<string>());
}
