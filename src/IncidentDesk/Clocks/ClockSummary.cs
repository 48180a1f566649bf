using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Keeping;
using IncidentDesk.Reports;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Clocks;

/// <summary>How often the hosts were measured against a source, and how often it gave no answer.</summary>
public sealed record ClockTally(string Source, int Answered, int Unanswered);

/// <summary>
/// 时钟核对: how the clocks behind the times of a period were kept, over all hosts. <paramref name="Largest"/> is the greatest offset in either direction, null where nothing
/// was measured; <paramref name="Alone"/> tells that a host could not be measured against its database, which goes by the same clock.
/// </summary>
public sealed record ClockSummary(Period Period, ClockTally Database, ClockTally Ntp, bool Alone, ClockCheckRow? Largest, int Jumps)
{
    /// <summary>Both sources, each also where it was never asked.</summary>
    public IReadOnlyList<ClockTally> Sources => [Database, Ntp];

    /// <summary>
    /// Of the checks of a period that were recorded by known-at and lie not after as-of (D19), and of the jumps among what befell the installation then.
    /// </summary>
    public static async Task<ClockSummary> Read(DeskDb db, Zone zone, ReportInputs inputs, IEnumerable<InstallationEvent> befell, CancellationToken cancellationToken)
    {
        var (from, until, knownAt) = (zone.StartOf(inputs.Period.First).ToUtc(), Until(zone, inputs).ToUtc(), inputs.KnownAt);
        var checks = db.ClockChecks.AsNoTracking().Where(c => c.At >= from && c.At < until && c.At <= knownAt);
        var tallies = await checks.GroupBy(c => c.Source)
            .Select(g => new
            {
                Source = g.Key, All = g.Count(), Answered = g.Count(c => c.OffsetMs != null), Alone = g.Count(c => c.Failure == ClockSource.NoSecondClock),
            })
            .ToListAsync(cancellationToken);

        // Of offsets alike the first one counts, so that the report keeps its bytes.
        var largest = await checks.Where(c => c.OffsetMs != null).OrderByDescending(c => Math.Abs(c.OffsetMs!.Value)).ThenBy(c => c.At).ThenBy(c => c.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return new ClockSummary(
            inputs.Period, Tally(ClockSource.Database), Tally(ClockSource.Ntp), tallies.Exists(t => t.Alone > 0), largest,
            befell.Count(e => e.Kind == InstallationEventRow.ClockJumped && e.Since >= from && Instant.Of(e.Since) < Until(zone, inputs)));

        ClockTally Tally(string source) => tallies.Find(t => t.Source == source) is { } found
            ? new ClockTally(source, found.Answered, found.All - found.Answered - found.Alone)
            : new ClockTally(source, 0, 0);
    }

    /// <summary>The end of the period, or as-of where it comes before.</summary>
    private static Instant Until(Zone zone, ReportInputs inputs) => Instant.Min(zone.StartOf(inputs.Period.Last.Next), inputs.AsOf.Plus(1));

    /// <summary>The line of the report, zh-CN.</summary>
    public string Zh(Zone zone)
    {
        var period = Period.IsYear ? "本年" : "本月";
        var asked = Sources.Where(s => s.Answered + s.Unanswered > 0).Select(s =>
            $"对{ClockWords.SourceZh(s.Source)} {s.Answered} 次{(s.Unanswered > 0 ? $"（另有 {s.Unanswered} 次未得应答）" : "")}").ToList();
        return "时钟核对："
            + (asked.Count > 0 ? $"{period}{string.Join("、", asked)}" : $"{period}未核对时钟" + (Alone ? "（数据库与程序同用一台主机的时钟，且未设 NTP 服务器）" : ""))
            + (Largest is { } most
                ? $"；最大偏差为{(most.OffsetMs < 0 ? "慢" : "快")} {ClockWords.Seconds(most.OffsetMs!.Value)} 秒（主机 {most.Host}，{zone.Format(Instant.Of(most.At))}，对{ClockWords.SourceZh(most.Source)}）"
                : "")
            + (Jumps > 0 ? $"；时钟跳变 {Jumps} 次" : "；未发现时钟跳变");
    }

    /// <summary>The same in English.</summary>
    public string En(Zone zone)
    {
        var asked = Sources.Where(s => s.Answered + s.Unanswered > 0).Select(s =>
            $"{s.Answered} against {ClockWords.SourceEn(s.Source)}{(s.Unanswered > 0 ? $" (and {s.Unanswered} without an answer)" : "")}").ToList();
        return "Clock checks: "
            + (asked.Count > 0 ? string.Join(", ", asked) : $"none in this {(Period.IsYear ? "year" : "month")}" + (Alone ? " (the database goes by the same clock, and no NTP server is set)" : ""))
            + (Largest is { } most
                ? $"; largest offset {ClockWords.Seconds(most.OffsetMs!.Value)} s {(most.OffsetMs < 0 ? "behind" : "ahead of")} {ClockWords.SourceEn(most.Source)} (host {most.Host}, {zone.Format(Instant.Of(most.At))})"
                : "")
            + (Jumps > 0 ? $"; jumps of a clock: {Jumps}" : "; no jump of a clock was seen");
    }
}
