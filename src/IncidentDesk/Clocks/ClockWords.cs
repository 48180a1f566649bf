using System.Globalization;
using IncidentDesk.Domain.Evidence;

namespace IncidentDesk.Clocks;

/// <summary>The facts of a clock's jump, and the words for them.</summary>
internal static class ClockWords
{
    /// <summary>Against the clock of the same machine that nobody can set.</summary>
    public const string Steady = "steady";

    private const string Forward = "forward";

    /// <summary>The facts: which one of the installation's, host, milliseconds, direction, and against what it was seen.</summary>
    public static Payload Detail(int number, string host, TimeSpan by, string against) => new Payload()
        .Add("number", number).Add("host", host).Add("ms", (long)Math.Round(by.Duration().TotalMilliseconds)).Add("direction", by > TimeSpan.Zero ? Forward : "back").Add("against", against);

    /// <summary>Which one of the installation's, from 1.</summary>
    public static long Number(Payload detail) => detail.Number("number") ?? 0;

    /// <summary>Whose clock.</summary>
    public static string? Host(Payload detail) => detail.Text("host");

    /// <summary>Forward, or, negative, back.</summary>
    public static TimeSpan By(Payload detail) => TimeSpan.FromMilliseconds(detail.Number("ms") ?? 0) * (IsForward(detail) ? 1 : -1);

    /// <summary>For the operators.</summary>
    public static (string Zh, string En) Alert(Payload detail) =>
        ($"{Zh(detail)}。登记与计时均以该时钟为准，请立即核查。", $"{En(detail)}. Every time that this host records depends on it; look into it at once.");

    /// <summary>What happened, without when.</summary>
    public static string Zh(Payload detail) => detail.Text("against") is Steady or null
        ? $"主机 {Host(detail)} 的时钟发生跳变，{MovedZh(detail)}"
        : $"核对发现主机 {Host(detail)} 的时钟相对{SourceZh(detail.Text("against")!)}的时钟{MovedZh(detail)}";

    /// <summary>The name of a source.</summary>
    public static string SourceZh(string source) => source == ClockSource.Database ? "数据库服务器" : " NTP 服务器";

    /// <summary>The name of a source.</summary>
    public static string SourceEn(string source) => source == ClockSource.Database ? "the database server" : "the NTP server";

    /// <summary>Seconds with three digits, never a sign.</summary>
    public static string Seconds(long ms) => (Math.Abs(ms) / 1000m).ToString("0.000", CultureInfo.InvariantCulture);

    private static string En(Payload detail) => $"The clock of host {Host(detail)} {(IsForward(detail) ? "jumped forward" : "went back")} by {Seconds(detail.Number("ms") ?? 0)} s"
        + (detail.Text("against") is { } against and not Steady ? $" against {SourceEn(against)}'s, as a check found" : "");

    private static string MovedZh(Payload detail) => $"{(IsForward(detail) ? "快进" : "回退")} {Seconds(detail.Number("ms") ?? 0)} 秒";

    private static bool IsForward(Payload detail) => detail.Text("direction") == Forward;
}
