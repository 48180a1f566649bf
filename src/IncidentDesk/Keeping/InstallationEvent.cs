using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Keeping;

/// <summary>Numbers of one day and series that a restore left out, because they may have been given to tickets recorded after the backup.</summary>
public sealed record NumberGap(IncidentNumber First, IncidentNumber Last, DateTimeOffset At)
{
    /// <summary>How many.</summary>
    public int Count => Last.InDay - First.InDay + 1;
}

/// <summary>What befell the installation: of which kind, from when on it touches what was recorded, when it was recorded, by whom, and its facts.</summary>
public sealed record InstallationEvent(string Kind, DateTimeOffset Since, DateTimeOffset At, string Who, Payload Detail)
{
    private const string GapPrefix = "gap.";

    /// <summary>The account of the operating system, and the machine.</summary>
    public static string Operator => $"{Environment.UserName}@{Environment.MachineName}" is { Length: > DeskDb.NameLength } longer
        ? longer[..DeskDb.NameLength]
        : $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>All that were recorded by known-at, in their order.</summary>
    public static async Task<IReadOnlyList<InstallationEvent>> Read(DeskDb db, DateTimeOffset knownAt, CancellationToken cancellationToken)
    {
        var rows = await db.InstallationEvents.AsNoTracking().Where(e => e.At <= knownAt).OrderBy(e => e.At).ThenBy(e => e.Id).ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new InstallationEvent(r.Kind, r.Since, r.At, r.Who, Payload.Read(r.Detail)));
    }

    /// <summary>A row to be added now.</summary>
    internal static InstallationEventRow Row(string kind, DateTimeOffset since, DateTimeOffset at, Payload detail) => new()
    {
        Id = Guid.CreateVersion7(at).ToString("N"), Kind = kind, Since = since, At = at, Who = Operator, Detail = detail.ToString(),
    };

    /// <summary>Adds the numbers that are left out.</summary>
    internal static void Add(Payload detail, NumberGap gap) => detail.Add(GapPrefix + gap.First, gap.Last.ToString());

    /// <summary>Whether it touches what was recorded from one instant until before another.</summary>
    public bool Touches(Instant from, Instant until) => Instant.Of(Since) < until && Instant.Of(At) >= from;

    /// <summary>The numbers that it left out.</summary>
    public IEnumerable<NumberGap> Gaps(string prefix) => Detail.TextsBelow(GapPrefix).Select(gap =>
        IncidentNumber.TryParse(prefix, gap.Name, out var first) && IncidentNumber.TryParse(prefix, gap.Value, out var last)
            ? new NumberGap(first, last, At)
            : throw new FormatException($"Not a gap: {gap.Name} {gap.Value}"));

    /// <summary>The sentence of it on a report, zh-CN.</summary>
    public string Zh(Zone zone) => Kind switch
    {
        InstallationEventRow.Restored => $"{When(zone, At)} 由 {When(zone, Since)} 的备份恢复，其间的登记可能缺失"
            + string.Concat(Detail.TextsBelow(GapPrefix).Select(g => g.Name == g.Value ? $"；编号 {g.Name} 因此空缺" : $"；编号 {g.Name} 至 {g.Value} 因此空缺")),
        InstallationEventRow.Copied => $"{When(zone, At)} 台账由 {Detail.Text("from")} 迁移至 {Detail.Text("to")}，共 {Detail.Number("rows")} 行，逐行核对一致",
        InstallationEventRow.ClockJumped => $"{When(zone, Since)} {Clocks.ClockWords.Zh(Detail)}",
        _ => throw new InvalidOperationException($"Unknown kind of installation event: {Kind}"),
    };

    private static string When(Zone zone, DateTimeOffset time) => zone.Format(Instant.Of(time));
}
