using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Keeping;
using IncidentDesk.Reference;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Evidence;

/// <summary>
/// Walks every chain from its first event, checks every text against its hash, recomputes every row and verdict from the events, looks for each file that an incident names, and
/// for gaps in the numbers. It repairs nothing. <paramref name="Files"/>: where the files lie, if not where the settings say.
/// </summary>
public sealed record VerifyLedger(Action<long>? Progress = null, string? Files = null) : IRequest<Verification>;

/// <summary>What does not fit: in which incident, at which event (0: its row or its number), and how.</summary>
public sealed record Problem(string Incident, int Seq, string Code, string Detail);

/// <summary>
/// How much was checked, and what does not fit; at most a thousand problems are named, all are counted. <paramref name="Gaps"/>: numbers that a restore left out, which are
/// no problem but to be named.
/// </summary>
public sealed record Verification(long Incidents, long Events, long Texts, long Problems, IReadOnlyList<Problem> Named, IReadOnlyList<NumberGap>? Gaps = null);

/// <inheritdoc cref="VerifyLedger"/>
public sealed class VerifyLedgerHandler(DeskDb db, DeskSettings settings) : IRequestHandler<VerifyLedger, Verification>
{
    private const int MostNamed = 1_000;

    private readonly List<Problem> named = [];
    private long problems;
    private Desk desk = null!;
    private IReadOnlyList<Rules> standing = [];
    private int versions;
    private IReadOnlyList<NumberGap> gaps = [];

    /// <inheritdoc/>
    public async Task<Verification> Handle(VerifyLedger request, CancellationToken cancellationToken)
    {
        await ReadRules(cancellationToken);
        var files = new FileCheck(request.Files ?? settings.FilesFolder);
        var (incidents, events, texts) = (0L, 0L, 0L);
        await foreach (var page in db.Pages(db.Incidents, cancellationToken))
        {
            var (first, last) = (page[0].Row.Key, page[^1].Row.Key);
            var own = (await db.Texts.AsNoTracking().Where(t => t.Incident >= first && t.Incident <= last).ToListAsync(cancellationToken))
                .ToLookup(t => t.Incident);
            var attached = (await db.Attachments.AsNoTracking().Where(a => a.Incident >= first && a.Incident <= last).ToListAsync(cancellationToken)).ToLookup(a => a.Incident);
            foreach (var (row, stream) in page)
            {
                var number = new IncidentNumber(desk.Installation.NumberPrefix, row.Key);
                if (CheckChain(number, stream) && CheckTexts(number, row, stream, [.. own[row.Key]]))
                {
                    await CheckRow(number, row, stream, cancellationToken);
                    foreach (var (seq, code, detail) in files.Wrong(stream, [.. attached[row.Key]]))
                    {
                        Say(number, seq, code, detail);
                    }
                }

                events += stream.Count;
            }

            incidents += page.Count;
            texts += page.Sum(t => own[t.Row.Key].Count());
            request.Progress?.Invoke(incidents);
        }

        await CheckNumbers(cancellationToken);
        await CheckStrays(events, texts, cancellationToken);
        return new Verification(incidents, events, texts, problems, named, gaps);
    }

    private async Task ReadRules(CancellationToken cancellationToken)
    {
        versions = await db.References.CountAsync(cancellationToken);
        desk = await Desk.Load(db, cancellationToken);
        standing = await StandingRules.Read(db, desk.Reference, cancellationToken);
    }

    private bool CheckChain(IncidentNumber number, List<EventRow> stream)
    {
        if (stream.Count == 0)
        {
            return Say(number, 0, "no_events", "工单没有任何事件 / the incident has no event");
        }

        var hash = EventChain.Genesis;
        DateTimeOffset? recorded = null;
        for (var i = 0; i < stream.Count; i++)
        {
            var e = stream[i];
            if (e.Seq != i + 1)
            {
                return Say(number, i + 1, "event_missing", "缺少此事件 / this event is missing");
            }

            hash = EventChain.Hash(new Envelope(
                desk.Installation.Id, number.ToString(), e.Seq, e.Type, e.SchemaVersion, e.EffectiveAt, e.RecordedAt, e.ActorId, e.ActorName, e.Via, e.Payload), hash);
            if (hash != e.Hash)
            {
                return Say(number, e.Seq, "chain_broken", $"事件内容与哈希不符 / the event does not fit its hash ({e.Type})");
            }

            if (e.RecordedAt < recorded)
            {
                return Say(number, e.Seq, "recorded_goes_back", "记录时间早于前一事件 / recorded before the event before it");
            }

            recorded = e.RecordedAt;
        }

        return true;
    }

    private bool CheckTexts(IncidentNumber number, IncidentRow row, List<EventRow> stream, List<TextRow> texts) =>
        TextCheck.Wrong(row, stream, texts) is not var (seq, code, detail) || Say(number, seq, code, detail);

    private async Task CheckRow(IncidentNumber number, IncidentRow row, List<EventRow> stream, CancellationToken cancellationToken)
    {
        var entries = stream.Entries();

        // A long walk may meet rows that stand by a version recorded since it began.
        if (Difference() is not null && await db.References.CountAsync(cancellationToken) != versions)
        {
            await ReadRules(cancellationToken);
        }

        if (Difference() is var (column, stands, should))
        {
            Say(number, 0, "row_differs", $"{column} 为 {stands ?? "空"}，按事件应为 {should ?? "空"} / the row does not fit its events");
        }

        // By every set of rules that it may stand by; what it should be is by those known now.
        (string Column, object? Stands, object? Should)? Difference() => standing.All(rules => IncidentProjection.Difference(number, row, entries, rules) is not null)
            ? IncidentProjection.Difference(number, row, entries, standing[0])
            : null;
    }

    /// <summary>Numbers of each day and series fill 1…n up to their counter, but for those that a restore left out.</summary>
    private async Task CheckNumbers(CancellationToken cancellationToken)
    {
        var prefix = desk.Installation.NumberPrefix;
        var counters = await db.DayCounters.AsNoTracking().ToDictionaryAsync(c => (c.Day, c.Imported), c => c.Last, cancellationToken);
        var befell = await InstallationEvent.Read(db, DateTimeOffset.MaxValue, cancellationToken);
        gaps = [.. befell.SelectMany(e => e.Gaps(prefix))];
        var days = await Continuity.Read(
            db, prefix, new ReportInputs(new Period(new Month(190001), new Month(299912)), "", Instant.Never, DateTimeOffset.MaxValue), befell, cancellationToken);
        foreach (var day in days)
        {
            var key = (Day: (int)(IncidentNumber.DayKey(day.Day) / 1_000_000), Imported: day.Imported ? 1 : 0);
            var last = counters.GetValueOrDefault(key);
            counters.Remove(key);
            if (!day.Explained || last != day.Last)
            {
                Say(IncidentNumber.Of(prefix, day.Day, day.Last, day.Imported), 0, "number_gap",
                    $"当日编号 {day.First}–{day.Last} 共 {day.Count} 件，计数器为 {last} / the day's numbers do not fill 1 to {last}");
            }
        }

        foreach (var (key, last) in counters.Where(c => c.Value > 0))
        {
            Say(new IncidentNumber(prefix, (key.Day * 1_000_000L) + (key.Imported * 500_000) + last), 0, "number_gap", "当日工单全部缺失 / all incidents of the day are missing");
        }
    }

    /// <summary>No event and no text stands without an incident.</summary>
    private async Task CheckStrays(long eventsSeen, long textsSeen, CancellationToken cancellationToken)
    {
        var (events, texts) = (await db.Events.LongCountAsync(cancellationToken), await db.Texts.LongCountAsync(cancellationToken));
        if (events != eventsSeen)
        {
            Say(default, 0, "events_without_incident", $"{events - eventsSeen} 个事件没有所属工单 / events without an incident");
        }

        if (texts != textsSeen)
        {
            Say(default, 0, "texts_without_incident", $"{texts - textsSeen} 段文本没有所属工单 / texts without an incident");
        }
    }

    private bool Say(IncidentNumber number, int seq, string code, string detail)
    {
        problems++;
        if (named.Count < MostNamed)
        {
            named.Add(new Problem(number.Prefix is null ? "" : number.ToString(), seq, code, detail));
        }

        return false;
    }
}
