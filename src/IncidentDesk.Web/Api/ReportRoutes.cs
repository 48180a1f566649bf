using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Replay;
using IncidentDesk.Reports;

namespace IncidentDesk.Web.Api;

/// <summary>Reports of a month or year, and the public calculator, which needs no person and reads no database.</summary>
internal static class ReportRoutes
{
    private const int LongestReplay = 10 << 20;

    public static void MapReports(this WebApplication app)
    {
        app.MapDesk("reports").MapGet("/reports/{period}", Report).WithName("report");
        app.MapPost("/api/v1/replay", (Delegate)Replay).WithTags("replay").Accepts<object>("application/json").WithName("replay");
    }

    private static async Task<IResult> Report(HttpContext http, string period, string? scope, string? asOf, string? knownAt, string? format)
    {
        var year = period.Length == 4 && int.TryParse(period, out var y) && y is >= 1900 and < 3000 ? Period.OfYear(y) : (Period?)null;
        if ((year ?? (Month.TryParse(period, out var month) ? Period.Of(month) : null)) is not { } asked)
        {
            return Problems.Of(new Refusal("bad_month", "period", "期间应为 yyyy-MM 或 yyyy。", "The period is yyyy-MM or yyyy."));
        }

        var csv = format == "csv";
        if (format is not (null or "json" or "csv"))
        {
            return Problems.Of(new Refusal("unknown_format", "format", "格式应为 json 或 csv。", "The format must be json or csv."));
        }

        Instant at = default;
        DateTimeOffset known = default;
        if ((asOf is not null && !IsTime(asOf, out at, out _)) || (knownAt is not null && !IsTime(knownAt, out _, out known)))
        {
            var field = asOf is not null && !IsTime(asOf, out _, out _) ? "asOf" : "knownAt";
            return Problems.Of(new Refusal(
                "bad_time", field, "时间应为带时差的 RFC 3339 格式，例如 2026-05-03T09:00:00+08:00。", "as-of and known-at are RFC 3339 times with an offset."));
        }

        // Written before it is sent: a report that is refused, or fails half-way, must not look like one.
        await using var bytes = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        var outcome = await http.Send(new WriteReport(
            asked, scope ?? "", asOf is null ? null : at, knownAt is null ? null : known, csv ? ReportFormat.Csv : ReportFormat.Json, bytes, http.Caller()));
        if (outcome.Refused is { } refused)
        {
            return Problems.Of(refused);
        }

        bytes.Position = 0;
        http.Response.ContentType = csv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        await bytes.CopyToAsync(http.Response.Body, http.RequestAborted);
        return Results.Empty;
    }

    /// <summary>RFC 3339 with an offset; a plus sign in an address arrives as a space. Recorded times keep their milliseconds.</summary>
    private static bool IsTime(string text, out Instant at, out DateTimeOffset recorded)
    {
        (at, recorded) = (default, default);
        var time = text.Replace(' ', '+');
        return (time.EndsWith('Z') || (time.Length > 6 && time[^6] is '+' or '-')) && TimeText.TryIso(time, Zone.Shanghai, out at)
            && DateTimeOffset.TryParse(time, System.Globalization.CultureInfo.InvariantCulture, out recorded);
    }

    private static async Task<IResult> Replay(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            return Problems.Of(new Refusal("wrong_media_type", "Content-Type", "请求应为 application/json。", "The request must be application/json."));
        }

        using var input = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            input.Write(buffer, 0, read);
            if (input.Length > LongestReplay)
            {
                return Problems.Of(new Refusal("body_too_large", "body", "请求内容过大。", $"The body has more than {LongestReplay} bytes."));
            }
        }

        input.Position = 0;
        var (vectors, refused) = VectorFile.Read(input);
        if (refused is not null)
        {
            return Problems.Of(refused);
        }

        using (vectors)
        {
            var output = new MemoryStream();
            ReplayVectors.Run(vectors!, output);
            return Results.Bytes(output.ToArray(), "application/json; charset=utf-8");
        }
    }
}
