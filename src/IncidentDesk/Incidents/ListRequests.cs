using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>What waits for a second person, oldest first, each with what approval would change.</summary>
public sealed record ListRequests(Caller By) : IRequest<Outcome<IReadOnlyList<RequestView>>>;

/// <summary>
/// A pending request and what approval would change, in one sentence: of an incident with the verdict now and then, of a version with the incidents it would move.
/// <paramref name="Seq"/> is what the decision repeats in If-Match: the incident's last event, or the code's highest version.
/// </summary>
public sealed record RequestView(RequestRow Request, string? Number, int Seq, Outcome? Before, Outcome? After, string Zh, string En, VersionEffect? Version = null)
{
    /// <summary>The name of who asked, as it is now.</summary>
    public string AskedBy { get; init; } = Request.RequestedBy;
}

/// <inheritdoc cref="ListRequests"/>
public sealed class ListRequestsHandler(DeskDb db, DeskCache cache, IncidentJournal journal, TimeProvider clock)
    : IRequestHandler<ListRequests, Outcome<IReadOnlyList<RequestView>>>
{
    private const int Most = 200;

    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<RequestView>>> Handle(ListRequests request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Read) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        var now = clock.GetUtcNow();
        var rules = desk.Reference.Rules.KnownAt(now);
        var pending = await db.Requests.AsNoTracking().Where(r => r.State == RequestRow.Pending)
            .OrderBy(r => r.RequestedAt).ThenBy(r => r.Id).Take(Most).ToListAsync(cancellationToken);
        var views = new List<RequestView>(pending.Count);
        foreach (var row in pending)
        {
            if (row.Incident is not { } key)
            {
                views.Add(await Version(row, desk, now, cancellationToken));
                continue;
            }

            var number = new IncidentNumber(desk.Installation.NumberPrefix, key);
            if (await journal.Open(number, cancellationToken) is { } opened && opened.State.Pending.FirstOrDefault(p => p.Id == row.Id) is { } asked
                && request.By.LacksOn(opened.State, Right.Read) is null)
            {
                views.Add(View(row, opened.State, asked, desk, rules, Instant.Of(now)));
            }
        }

        var ids = views.Select(v => v.Request.RequestedBy).Distinct().ToList();
        var names = await db.People.AsNoTracking().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, cancellationToken);
        return new Outcome<IReadOnlyList<RequestView>>(views.ConvertAll(v => v with { AskedBy = names.GetValueOrDefault(v.Request.RequestedBy, v.Request.RequestedBy) }), null);
    }

    private async Task<RequestView> Version(RequestRow row, Desk desk, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var asked = NewVersion.Of(row);
        var stands = desk.Reference.Versions(asked.List, asked.Code).Count;
        if (CheckVersion.Of(asked.ToDraft(), desk, now).Refused is { } wrong)
        {
            return new RequestView(
                row, null, stands, null, null, "已不能批准，请退回：" + wrong.Zh, "It can no longer be approved: " + wrong.En, new VersionEffect(asked, 0, [], desk.Zone));
        }

        var effect = await VersionEffect.Read(db, desk, asked, now, cancellationToken);
        return new RequestView(row, null, stands, null, null, effect.Zh, effect.En, effect);
    }

    private static RequestView View(RequestRow row, Incident state, PendingRequest asked, Desk desk, Rules rules, Instant now)
    {
        var (before, after, zh, en) = Weigh(state, asked, desk, rules, now);
        return new RequestView(row, state.Number.ToString(), state.LastSeq, before, after, zh, en);
    }

    /// <summary>Reads the clock with and without what is asked for, and says the difference; nothing is written.</summary>
    public static (Outcome Before, Outcome After, string Zh, string En) Weigh(Incident state, PendingRequest asked, Desk desk, Rules rules, Instant now)
    {
        var approval = new Approval(asked.Id, asked.By.Id, asked.By.Name, asked.At, null, "", now);
        var (at, what) = asked.Subject switch
        {
            PauseSubject pause => (asked.At, new Paused(pause.Reason, approval)),
            VoidSubject @void => (now, new Voided(@void.Reason, approval)),
            MergeSubject merge => (now, new Merged(merge.Into, approval)),
            ExtendSubject extend => (now, new Extended(extend.To, approval)),
            CorrectSubject correct => (now, new Corrected(correct.Field, correct.Value, approval)),
            LateResolveSubject late => (late.At, new Resolved(late.Manner, late.FollowUpOn, approval)),
            LateResponseSubject late => (late.At, (IncidentEvent)new Responded(late.Way, Late: approval)),
            _ => throw new InvalidOperationException($"No preview for {asked.Subject.GetType().Name}."),
        };
        var entries = state.Entries.Append(new Entry(state.LastSeq + 1, at, state.LastRecorded, what)).ToList();
        var before = ReportFold.Read(state.Number, state.Entries, desk, rules, now, DateTimeOffset.MaxValue)!;
        var after = ReportFold.Read(state.Number, entries, desk, rules, now, DateTimeOffset.MaxValue)!;
        var (zh, en) = Difference(before, after, desk.Zone);
        return (before.Reading.Outcome, after.Reading.Outcome, zh, en);
    }

    private static (string Zh, string En) Difference(ReportTicket before, ReportTicket after, Zone zone)
    {
        var zh = new List<string>();
        var en = new List<string>();
        Say(before.Reading.Outcome != after.Reading.Outcome,
            $"由{Word(before.Reading.Outcome).Zh}变为{Word(after.Reading.Outcome).Zh}", $"from {Word(before.Reading.Outcome).En} to {Word(after.Reading.Outcome).En}");
        Say(before.Scope != after.Scope, $"口径由 {before.Scope} 变为 {after.Scope}", $"scope from {before.Scope} to {after.Scope}");
        var (from, to) = (zone.MonthOf(before.Reading.ReportedAt), zone.MonthOf(after.Reading.ReportedAt));
        Say(from != to, $"月份由 {from} 变为 {to}", $"month from {from} to {to}");
        Say(after.Reading.Outcome != Outcome.Excluded && before.Reading.EffectiveDueAt != after.Reading.EffectiveDueAt,
            $"应办结时间变为 {At(after.Reading.EffectiveDueAt)}", $"due at {At(after.Reading.EffectiveDueAt)}");
        return zh.Count == 0
            ? ("批准后时效结论不变", "approval changes no verdict")
            : ("批准后" + string.Join("，", zh), "approval changes it " + string.Join("; ", en));

        string At(Instant? instant) => instant is { } at ? zone.Format(at) : "—";

        void Say(bool when, string inZh, string inEn)
        {
            if (when)
            {
                zh.Add(inZh);
                en.Add(inEn);
            }
        }
    }

    private static (string Zh, string En) Word(Outcome outcome) => outcome switch
    {
        Outcome.OnTime => ("按时", "on time"),
        Outcome.Breached => ("超时", "breached"),
        Outcome.Pending => ("未到期", "pending"),
        _ => ("剔除", "excluded"),
    };
}
