using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Alerts;

/// <summary>
/// Alerts, inboxes and outboxes of one unit of work, written together. The alert's key is unique: whoever comes second conflicts, and decides anew on what stands then.
/// </summary>
public sealed class AlertPost(DeskDb db, IEnumerable<IChannel> channels)
{
    private readonly List<AlertRow> alerts = [];
    private readonly List<InboxRow> inbox = [];
    private readonly List<OutboxRow> outbox = [];

    /// <summary>Adds what an incident, or a canary, is owed: a row per step, and one message that tells of all of them.</summary>
    public void Raise(long incident, string? timer, OwedAlert owed, (string Zh, string En) words, IReadOnlyList<string> people, DateTimeOffset now)
    {
        var head = owed.Head;
        var id = AlertRow.IdOf(incident, timer ?? head.Timer, head.Step, head.Version);
        Send(id, incident, timer ?? head.Timer, head.Step, head.Version, head.At, words, people, now);
        alerts.AddRange(owed.Missed.Select(s => new AlertRow
        {
            Id = AlertRow.IdOf(incident, timer ?? s.Timer, s.Step, s.Version), Incident = incident, Timer = timer ?? s.Timer, Step = s.Step,
            DeadlineVersion = s.Version, DueAt = s.At, RaisedAt = now, FoldedInto = id, Zh = "", En = "",
        }));
    }

    /// <summary>Adds what the watch has to tell the operators; the same step and version of an incident is told once.</summary>
    public void Tell(long incident, string step, int version, (string Zh, string En) words, IReadOnlyList<string> operators, DateTimeOffset now) =>
        Send(AlertRow.IdOf(incident, AlertRow.Watch, step, version), incident, AlertRow.Watch, step, version, Instant.Of(now), words, operators, now);

    /// <summary>Writes what was added, in the open transaction.</summary>
    public async Task Flush(CancellationToken cancellationToken)
    {
        await BulkInsert.Write(db, [.. alerts, .. inbox, .. outbox], cancellationToken);
        Clear();
    }

    /// <summary>Forgets what was added: the unit of work begins again.</summary>
    public void Clear()
    {
        alerts.Clear();
        inbox.Clear();
        outbox.Clear();
    }

    private void Send(
        string id, long incident, string timer, string step, int version, Instant dueAt, (string Zh, string En) words, IReadOnlyList<string> people, DateTimeOffset now)
    {
        alerts.Add(new AlertRow
        {
            Id = id, Incident = incident, Timer = timer, Step = step, DeadlineVersion = version, DueAt = dueAt, RaisedAt = now, Zh = words.Zh, En = words.En,
        });
        inbox.AddRange(people.Select(p => new InboxRow { Person = p, Alert = id, RaisedAt = now }));

        // The end of an incident cancels what its ladder has not sent yet, never what the watch has to tell.
        var cancelledBy = timer is AlertRow.Watch or AlertRow.Canary ? 0 : incident;
        outbox.AddRange(channels.SelectMany(c => people.Select(p => new OutboxRow
        {
            Id = $"{id}.{c.Name}.{p}", Alert = id, Incident = cancelledBy, Timer = timer, DeadlineVersion = version, Channel = c.Name, Person = p,
            State = OutboxRow.Pending, NextAttemptAt = now, LeaseUntil = now,
        })));
    }
}
