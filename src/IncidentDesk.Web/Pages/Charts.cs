using System.Globalization;
using System.Net;
using System.Text;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using Microsoft.AspNetCore.Html;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// Charts as SVG with classes of the sheet and no style of its own. Each is a picture of a table that stands beside it; late ones are hatched and numbered, so that nothing
/// is told by colour alone.
/// </summary>
internal static class Charts
{
    private const int Left = 34;
    private const int Step = 22;
    private const int Bar = 16;
    private const int Top = 20;
    private const int High = 120;

    /// <summary>How late ones are hatched; stands once on a page, before its charts.</summary>
    public static IHtmlContent Hatching { get; } = new HtmlString(
        "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs><pattern id=\"late\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><rect class=\"late-paper\" width=\"4\" height=\"4\"/><path class=\"late-line\" d=\"M-1 1L1 -1M0 4L4 0M3 5L5 3\"/></pattern></defs></svg>");

    /// <summary>A month day by day: each day's tickets stacked, on time at the bottom, then late, pending, excluded.</summary>
    public static IHtmlContent Days(Month month, IReadOnlyDictionary<DateOnly, Tally> days, string name)
    {
        var (first, last, most) = (month.FirstDay, month.Next.FirstDay.AddDays(-1), Scale(days.Values.Select(Received).DefaultIfEmpty(0).Max()));
        var (svg, wide, floor) = (new StringBuilder(), Left + (Step * last.Day) + 4, Top + High);
        svg.Append(CultureInfo.InvariantCulture, $"<svg class=\"chart\" viewBox=\"0 0 {wide} {floor + 24}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(name)}\">");
        foreach (var line in new[] { 0L, most / 2, most })
        {
            var y = floor - (line * High / most);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" y1=\"{y}\" x2=\"{wide}\" y2=\"{y}\"/><text class=\"end\" x=\"{Left - 6}\" y=\"{y + 4}\">{line}</text>");
        }

        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var (x, below) = (Left + (Step * (day.Day - 1)) + 3, 0L);
            var tally = days.GetValueOrDefault(day);
            foreach (var (what, count) in Parts(tally))
            {
                var (from, to) = (below * High / most, (below + count) * High / most);
                below += count;
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{what}\" x=\"{x}\" y=\"{floor - to}\" width=\"{Bar}\" height=\"{to - from}\"/>");
            }

            if (tally.Breached > 0)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text class=\"mid bad\" x=\"{x + (Bar / 2)}\" y=\"{floor - (below * High / most) - 4}\">✗{tally.Breached}</text>");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"mid\" x=\"{x + (Bar / 2)}\" y=\"{floor + 16}\">{day.Day}</text>");
        }

        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <summary>One line of a table as a bar, against the longest one of the table.</summary>
    public static IHtmlContent Line(Tally tally, long most)
    {
        var (svg, x) = (new StringBuilder("<svg class=\"bar\" viewBox=\"0 0 200 14\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"), 0L);
        foreach (var (what, count) in Parts(tally))
        {
            var (from, to) = (x * 200 / most, (x + count) * 200 / most);
            x += count;
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{what}\" x=\"{from}\" y=\"0\" width=\"{to - from}\" height=\"14\"/>");
        }

        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <summary>A patch of the legend.</summary>
    public static IHtmlContent Patch(string what) =>
        new HtmlString($"<svg class=\"patch\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><rect class=\"{what}\" x=\"1\" y=\"1\" width=\"14\" height=\"14\"/></svg>");

    /// <summary>Every ticket of a tally.</summary>
    public static long Received(Tally tally) => tally.OnTime + tally.Breached + tally.Pending + tally.Excluded;

    private static IEnumerable<(string What, long Count)> Parts(Tally tally) =>
        new[] { ("on-time", tally.OnTime), ("late", tally.Breached), ("pending", tally.Pending), ("excluded", tally.Excluded) }.Where(p => p.Item2 > 0);

    // An even number, so that the line in the middle stands at a whole one.
    private static long Scale(long most) => Math.Max(2, most + (most % 2));
}
