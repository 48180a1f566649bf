using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Alerts, inboxes and outboxes of one unit of work, written together. The alert's key is unique: whoever comes second conflicts, and decides anew on what stands then.
/// </summary>
public sealed class AlertPost(DeskDb db, IEnumerable<IChannel> kinds)
{
    private readonly List<AlertRow> alerts = [];
    private readonly List<InboxRow> inbox = [];
    private readonly List<(AlertRow Alert, IReadOnlyList<string> People)> outgoing = [];

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

    /// <summary>Writes what was added, in the open transaction: for the outside a row for each alert, channel in use, and whom it reaches.</summary>
    public async Task Flush(CancellationToken cancellationToken)
    {
        await BulkInsert.Write(db, [.. alerts, .. inbox, .. outgoing.Count == 0 ? [] : await Outbox(cancellationToken)], cancellationToken);
        Clear();
    }

    /// <summary>Forgets what was added: the unit of work begins again.</summary>
    public void Clear()
    {
        alerts.Clear();
        inbox.Clear();
        outgoing.Clear();
    }

    private void Send(
        string id, long incident, string timer, string step, int version, Instant dueAt, (string Zh, string En) words, IReadOnlyList<string> people, DateTimeOffset now)
    {
        var alert = new AlertRow
        {
            Id = id, Incident = incident, Timer = timer, Step = step, DeadlineVersion = version, DueAt = dueAt, RaisedAt = now, Zh = words.Zh, En = words.En,
        };
        alerts.Add(alert);
        inbox.AddRange(people.Select(p => new InboxRow { Person = p, Alert = id, RaisedAt = now }));
        outgoing.Add((alert, people));
    }

    private async Task<List<OutboxRow>> Outbox(CancellationToken cancellationToken)
    {
        var channels = await db.Channels.AsNoTracking().Where(c => c.Enabled).OrderBy(c => c.Code).Select(c => new { c.Code, c.Kind }).ToListAsync(cancellationToken);
        List<(string Code, Reach Reach)> ways = [.. kinds.Where(k => k.Reach == Reach.Everybody).Select(k => (k.Kind, k.Reach)), .. channels.Where(c => kinds.Named(c.Kind) is not null).Select(c => (c.Code, kinds.Named(c.Kind)!.Reach))];
        var contacts = ways.Exists(w => w.Reach is Reach.Email or Reach.Phone)
            ? await db.Contacts.AsNoTracking().ToDictionaryAsync(c => c.Person, cancellationToken) : [];
        return [.. outgoing.SelectMany(o => ways.SelectMany(w => Readers(w.Reach, o.Alert, o.People, contacts).Select(p => Row(o.Alert, w.Code, p))))];
    }

    /// <summary>Groups hear of tickets only: what the watch has to tell may name what is nobody's business there.</summary>
    private static IEnumerable<string> Readers(Reach reach, AlertRow alert, IReadOnlyList<string> people, Dictionary<string, ContactRow> contacts) => reach switch
    {
        Reach.Everybody => people,
        Reach.Email => people.Where(p => contacts.GetValueOrDefault(p)?.Email is not null),
        Reach.Phone => people.Where(p => contacts.GetValueOrDefault(p)?.Phone is not null),
        _ => alert.Timer is AlertRow.Watch or AlertRow.Canary ? [] : [OutboxRow.Group],
    };

    /// <summary>The end of an incident cancels what its ladder has not sent yet, never what the watch has to tell.</summary>
    private static OutboxRow Row(AlertRow alert, string channel, string reader) => new()
    {
        Id = $"{alert.Id}.{channel}.{reader}", Alert = alert.Id, Incident = alert.Timer is AlertRow.Watch or AlertRow.Canary ? 0 : alert.Incident, Timer = alert.Timer,
        DeadlineVersion = alert.DeadlineVersion, Channel = channel, Person = reader, State = OutboxRow.Pending, NextAttemptAt = alert.RaisedAt, LeaseUntil = alert.RaisedAt,
    };
}
