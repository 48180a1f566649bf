using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Raises what is owed of the incidents whose next step has come, at most a batch of them; a canary takes the same way. Their clocks are read again from the events, in the
/// transaction that writes. <paramref name="Only"/>: this one alone.
/// </summary>
public sealed record RaiseOwedAlerts(long? Only = null) : IRequest<RaisedAlerts>, IUnitOfWork
{
    /// <summary>How many incidents one transaction takes.</summary>
    public const int Batch = 200;
}

/// <summary>How many incidents were looked at, and the steps raised: timer, step, and when each was owed.</summary>
public sealed record RaisedAlerts(int Incidents, IReadOnlyList<StepDue> Steps);

/// <inheritdoc cref="RaiseOwedAlerts"/>
public sealed class RaiseOwedAlertsHandler(DeskDb db, DeskCache cache, AlertPost post, TimeProvider clock) : IRequestHandler<RaiseOwedAlerts, RaisedAlerts>
{
    private readonly List<StepDue> raised = [];

    /// <inheritdoc/>
    public async Task<RaisedAlerts> Handle(RaiseOwedAlerts request, CancellationToken cancellationToken)
    {
        post.Clear();
        raised.Clear();
        var desk = await cache.Get(db, cancellationToken);
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var at = Instant.Of(now);
        var due = db.Incidents.Where(i => i.NextStepAt <= at);
        var rows = await (request.Only is { } key ? due.Where(i => i.Key == key) : due.OrderBy(i => i.NextStepAt).ThenBy(i => i.Key).Take(RaiseOwedAlerts.Batch))
            .PassingOverTaken("Incidents").ToListAsync(cancellationToken);
        if (rows.Count > 0)
        {
            await Raise(rows, desk, now, cancellationToken);
        }

        var canaries = request.Only is null ? await db.Canaries.Where(c => c.NextStepAt <= at).PassingOverTaken("Canaries").ToListAsync(cancellationToken) : [];
        canaries.ForEach(canary => Raise(canary, now));
        await post.Flush(cancellationToken);
        return new RaisedAlerts(rows.Count, [.. raised]);
    }

    private async Task Raise(List<IncidentRow> rows, Desk desk, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var keys = rows.ConvertAll(r => r.Key);
        var events = (await db.Events.AsNoTracking().Where(e => keys.Contains(e.Incident)).OrderBy(e => e.Incident).ThenBy(e => e.Seq).ToListAsync(cancellationToken))
            .ToLookup(e => e.Incident);
        var before = (await db.Alerts.AsNoTracking().Where(a => keys.Contains(a.Incident)).ToListAsync(cancellationToken)).ToLookup(a => a.Incident);
        var roster = await Roster.Load(db, now, cancellationToken);
        var (rules, at) = (desk.Reference.Rules.KnownAt(now), Instant.Of(now));
        foreach (var row in rows)
        {
            List<Entry> entries = [.. events[row.Key].Select(IncidentJournal.ToEntry)];
            var number = new IncidentNumber(desk.Installation.NumberPrefix, row.Key);
            var watched = IncidentProjection.Watch(row, entries, Incident.Of(number, entries).Facts, rules);
            var ladder = rules.LadderFor(watched.Facts.ReportedAt);
            List<RaisedStep> known = [.. before[row.Key].Select(a => a.ToStep())];
            if (ladder.Owed(watched, known, at) is { } owed)
            {
                Raise(row, owed, number, watched, roster, desk.Zone, now);
                known.AddRange(owed.Steps.Select(s => new RaisedStep(s.Timer, s.Step, s.Version)));
            }

            row.NextStepAt = ladder.NextAt(watched, known, at);
        }
    }

    private void Raise(IncidentRow row, OwedAlert owed, IncidentNumber number, Watched watched, Roster roster, Zone zone, DateTimeOffset now)
    {
        var reading = watched.Rules.Read(watched.Facts, Instant.Of(now));
        var paused = reading.PausedNow && watched.Rules.Policy.PauseMode == PauseMode.None;
        var people = roster.Of(owed.To, row.Handler, row.ServicePoint);
        post.Raise(row.Key, null, owed, AlertWords.Of(owed, number.ToString(), zone, paused), people, now);
        raised.AddRange(owed.Steps);
        if (people.Count == 0)
        {
            post.Tell(row.Key, $"nobody.{owed.Head.Timer}.{owed.Head.Step}", owed.Head.Version, Words.Nobody(number), roster.Operators, now);
        }
    }

    private void Raise(CanaryRow canary, DateTimeOffset now)
    {
        var watched = RunCanary.Watch(canary);
        if (EscalationLadder.Default.Owed(watched, [], Instant.Of(now)) is { } owed)
        {
            post.Raise(canary.Key, AlertRow.Canary, owed, Words.Canary, [RunCanary.Reader], now);
            (canary.RaisedAt, canary.NextStepAt) = (now, null);
        }
    }
}
