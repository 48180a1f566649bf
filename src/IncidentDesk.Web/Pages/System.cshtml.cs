using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Keeping;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>系统状态: how the installation runs, with nothing of any incident.</summary>
internal sealed class SystemPage : DeskPage
{
    private const double GiB = 1L << 30;

    // Less than that of a disk is short.
    private const double LeastFree = 0.1;

    /// <summary>What is shown.</summary>
    public SystemState State { get; private set; } = null!;

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        var outcome = await Send(new ReadSystemState(By));
        State = outcome.Value!;
        return outcome.Refused;
    }

    /// <summary>Shows it.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Whether a disk has little room left.</summary>
    public static bool IsShort(DiskFolder disk) => disk is { Free: { } free, Size: > 0 and var size } && free < size * LeastFree;

    /// <summary>Bytes in GiB.</summary>
    public static string Size(long? bytes) => bytes is { } n ? (n / GiB).ToString("0.0", CultureInfo.InvariantCulture) + " GiB" : "—";

    /// <summary>How far a clock was off.</summary>
    public static string Offset(ClockCheckRow check, Words words) => check.OffsetMs is { } ms
        ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:+0.000;-0.000;0.000} s")
        : words["未取得", "not measured"] + " (" + check.Failure + ")";

    /// <summary>A job by its name.</summary>
    public static string Job(string job, Words words) => job switch
    {
        "tick" => words["超时预警", "watch"], "web" => words["网页服务", "web host"], "canary" => words["自检工单", "canary"], "nightly" => words["夜间复算", "nightly recompute"],
        "purge" => words["清理", "purge"], "erase-texts" => words["到期个人信息清除", "erasure of texts"], "rules" => words["新版本生效", "new versions"], "deliver" => words["送达", "delivery"],
        _ => job,
    };

    /// <summary>A state of a delivery.</summary>
    public static string Of(string state, Words words) => state switch
    {
        OutboxRow.Pending => words["待送达", "waits"], OutboxRow.Sent => words["已送达", "delivered"], OutboxRow.Cancelled => words["已取消", "cancelled"], _ => state,
    };
}
