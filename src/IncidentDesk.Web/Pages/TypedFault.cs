using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;

namespace IncidentDesk.Web.Pages;

/// <summary>A fault as its form was filled in: the message that it becomes, or what the form itself asks for and did not get.</summary>
internal sealed class TypedFault(IFormCollection form, Zone zone, Instant now)
{
    /// <summary>A fault that waited longer on a phone than this, in seconds, needs its time told by a person.</summary>
    private const long LongestWait = 30 * 86_400;

    /// <summary>What is sent beside the fault: who opened the form, what was asked before, how long it waited. The same fault again may differ in it.</summary>
    private static readonly HashSet<string> Beside = ["__RequestVerificationToken", "key", "person", "asked", "waited", PageDoor.Review];

    /// <summary>The source of a number, by the basis that has numbers of its own.</summary>
    private static readonly Dictionary<string, string> Sources = new(StringComparer.Ordinal) { ["hotline_12345"] = "12345", ["platform"] = "platform", ["system_alarm"] = "system_alarm" };

    /// <summary>Whether a basis has a number and a time of its own: the clock starts when it reached us, not when it is typed in (D3).</summary>
    public static bool IsPassedOn(string? basis) => basis is not null && Sources.ContainsKey(basis);

    /// <summary>The message, or why there is none.</summary>
    public (LogFault? Fault, Refusal? Refused) Read(Caller by)
    {
        var (place, basis) = ((Of("recent") ?? "").Split('\t'), Of("basis"));
        var (town, address, room) = Of("address") is null && place is [var inTown, var at, var within] ? (inTown, at, Some(within)) : (Of("town"), Of("address"), Of("room"));
        var key = form["key"].ToString();
        var waited = long.TryParse(form["waited"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        var (reported, noTime) = Time("reportedAt");
        var (occurred, badTime) = Time("occurredAt");
        var (followUp, badDay) = Day("followUpOn");
        var refused = key.Length is < 8 or > 128 || key.Any(c => c is < '!' or > '~') ? new Refusal("bad_key", "key", "表单不完整，请重新打开本页。", "The form is not complete; open the page again.")
            : Of("category") is null ? new Refusal("category_required", "category", "请选择故障类别。", "Choose a category.")
            : Of("kind") == "rental" && address is null ? new Refusal("address_required", "address", "请填写地址，如 新市路56号。", "Give the address.")
            : noTime ?? badTime ?? badDay ?? Passed(basis, reported)
            ?? (reported is null && waited > LongestWait ? new Refusal("kept_too_long", "reportedAt", "这条登记在手机上存放已超过30天，请填写接报时间。", "It was kept on the phone for more than 30 days; give the time of the report.") : null);
        if (refused is not null)
        {
            return (null, refused);
        }

        // What was done while there was no network was done when it was written down.
        Instant? then = waited > 0 ? now.Plus(-waited) : null;
        var number = IsPassedOn(basis) ? Of("externalNo") : null;
        var spot = form["spot"] == "1";
        return (new LogFault(
            by, Of("kind") ?? "", Of("category")!, Of("severity"), Of("system"), town, address, room, basis ?? "", Of("servicePoint"),
            number is null ? null : Of("source") ?? Sources[basis!], number, occurred, reported ?? then, null, Of("description"), Of("reporterName"), Of("reporterPhone"), Of("capturedAt"),
            spot ? new RespondNow(Of("way") ?? "", then) : null, spot ? new ResolveNow(Of("manner") ?? "", then, followUp, Of("receipt"), Of("handling")) : null,
            $"{by.Person.Id}\n/log\n{key}\n{Hash()}"), null);
    }

    private static Refusal? Passed(string? basis, Instant? reported) =>
        !IsPassedOn(basis) || reported is not null ? null : new Refusal(
            "reported_at_required", "reportedAt", "转来的工单请填写派来的时间：时限从那时起算。", "For a ticket that was passed on, say when it reached you: the clock starts there.");

    private (Instant? At, Refusal? Refused) Time(string name) =>
        Of(name) is not { } text ? (null, null) : TimeText.TryAny(text, zone, out var at) ? (at, null)
        : (null, new Refusal("bad_time", name, "时间应写作 2026-05-03 09:00。", "A time is written 2026-05-03 09:00."));

    private (DateOnly? Day, Refusal? Refused) Day(string name) =>
        Of(name) is not { } text || form["spot"] != "1" ? (null, null)
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? (day, null)
        : (null, PeoplePage.BadDay(name));

    private string? Of(string name) => Some(form[name].ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Trim());

    private static string? Some(string text) => text.Length > 0 ? text : null;

    private string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\u001E', form.Keys.Where(k => !Beside.Contains(k) && Of(k) is not null).Order(StringComparer.Ordinal).Select(k => $"{k}\u001F{Of(k)}")))));
}
