using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using IncidentDesk.Web.Api;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// What the pages of figures share: the scope, the two instants as somebody typed them on the desk's wall clock, and names and lengths of time in words. What was asked for
/// and cannot be had is said beside its field, on the page.
/// </summary>
internal abstract class ReportPage(DeskSettings settings, TimeProvider clock) : DeskPage
{
    /// <summary>The installation's zone.</summary>
    protected Zone Zone { get; } = Zone.Find(settings.Zone)!;

    /// <summary>The scope; empty: what counts.</summary>
    [BindProperty(SupportsGet = true, Name = "scope")]
    public string? AskedScope { get; set; }

    /// <summary>As-of as it was typed; empty: now.</summary>
    [BindProperty(SupportsGet = true)]
    public string? AsOf { get; set; }

    /// <summary>Known-at as it was typed; empty: now.</summary>
    [BindProperty(SupportsGet = true)]
    public string? KnownAt { get; set; }

    /// <summary>The scope that is shown.</summary>
    public string Scope => string.IsNullOrEmpty(AskedScope) ? Domain.Incidents.Scope.Rental : AskedScope;

    /// <summary>The month that it is now.</summary>
    public Month Now => Zone.MonthOf(Instant.Of(clock.GetUtcNow()));

    /// <summary>The address of the page below the root, without its query, for the scope's links.</summary>
    public abstract string Here { get; }

    /// <summary>The address of the same in another scope.</summary>
    public string In(string scope) => Here + QueryString.Create(new Dictionary<string, string?> { ["scope"] = scope, ["asOf"] = AsOf, ["knownAt"] = KnownAt }.Where(q => !string.IsNullOrEmpty(q.Value)));

    /// <summary>Asks for what the page shows; why the caller may not see it, or null.</summary>
    protected async Task<Refusal?> Ask<T>(Func<Instant?, DateTimeOffset?, IRequest<Outcome<T>>> message, Action<T> take)
    {
        if (By.LacksEverywhere(Right.Report) is { } hidden)
        {
            return hidden;
        }

        var (asOf, knownAt) = (Time("asOf", AsOf), Time("knownAt", KnownAt));
        if (Refused is null)
        {
            var outcome = await Send(message(asOf, knownAt?.ToUtc()));
            Refused = outcome.Refused;
            if (Refused is null)
            {
                take(outcome.Value!);
            }
        }

        Response.StatusCode = Refused is null ? StatusCodes.Status200OK : Problems.StatusOf(Refused);
        return null;
    }

    private Instant? Time(string field, string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
        {
            return null;
        }

        if (TimeText.TryAny(typed.Trim(), Zone, out var at))
        {
            return at;
        }

        Refused ??= new Refusal("bad_time", field, "请填写时间，例如 2026-05-03 09:00。", "Give a time, for example 2026-05-03 09:00.");
        return null;
    }

    /// <summary>The name of a month.</summary>
    public static string Name(Month month, Words words) => words[$"{month.Year}年{month.Number % 100}月", month.FirstDay.ToString("MMMM yyyy", CultureInfo.InvariantCulture)];

    /// <summary>The name of a code: in zh-CN as it was on the day, in English as the list has it now.</summary>
    public static string Name(Desk desk, string list, string code, string? zh, Words words)
    {
        var row = desk.Reference.Versions(list, code) is [.., var newest] ? newest : null;
        return words.English ? row?.NameEn ?? code : zh ?? row?.NameZh ?? code;
    }

    /// <summary>The name of a ticket's category.</summary>
    public static string Category(Desk desk, FaultDetails details, Words words) =>
        Name(desk, details.Kind == FaultKind.Rental ? ReferenceList.RentalType : ReferenceList.SystemType, details.Category.Code, details.Category.Name, words);

    /// <summary>A length of time in hours, minutes and seconds.</summary>
    public static string Length(long seconds, Words words)
    {
        var (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        return words[
            (h > 0 ? $"{h}小时" : "") + (h > 0 || m > 0 ? $"{m}分" : "") + (s > 0 || seconds < 60 ? $"{s}秒" : ""),
            string.Join(' ', new[] { h > 0 ? $"{h} h" : "", h > 0 || m > 0 ? $"{m} min" : "", s > 0 || seconds < 60 ? $"{s} s" : "" }.Where(part => part.Length > 0))];
    }
}
