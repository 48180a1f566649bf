using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Data;

/// <summary>Who acts, and by which road: page, api, cli, import or system.</summary>
public sealed record Author(Actor By, string Via);

/// <summary>An event to be written, with the texts that belong to it by field; they never stand in its payload.</summary>
public sealed record EventToWrite(NewEvent Event, IReadOnlyList<ErasableText> Texts)
{
    /// <summary>An event without texts.</summary>
    public static EventToWrite Of(Instant at, IncidentEvent what) => new(new NewEvent(at, what), []);
}

/// <summary>An incident as it was loaded for a change: today's row (tracked), its state, and the hash of its last event.</summary>
public sealed record OpenedIncident(IncidentNumber Number, IncidentRow Row, Incident State, string LastHash);

/// <summary>
/// Loads and appends incidents' streams: event, hash, texts and today's row in one save. Nothing else writes events.
/// </summary>
public sealed class IncidentJournal(DeskDb db)
{
    private readonly List<IncidentRow> incidents = [];
    private readonly List<EventRow> events = [];
    private readonly List<TextRow> texts = [];
    private readonly List<AttachmentRow> attachments = [];
    private readonly List<RequestRow> requests = [];
    private readonly Dictionary<string, (string State, string By, DateTimeOffset At)> decided = [];
    private readonly List<IncidentRow> moved = [];
    private readonly List<object> kept = [];

    /// <summary>Loads an incident for a change; null where there is none of that number.</summary>
    public async Task<OpenedIncident?> Open(IncidentNumber number, CancellationToken cancellationToken)
    {
        if (await db.Incidents.SingleOrDefaultAsync(i => i.Key == number.Key, cancellationToken) is not { } row)
        {
            return null;
        }

        var stream = await db.Events.AsNoTracking().Where(e => e.Incident == number.Key).OrderBy(e => e.Seq).ToListAsync(cancellationToken);
        return new OpenedIncident(number, row, Incident.Of(number, stream.ConvertAll(ToEntry)), stream[^1].Hash);
    }

    /// <summary>An event row as the domain reads it.</summary>
    public static Entry ToEntry(EventRow row) =>
        new(row.Seq, row.EffectiveAt, row.RecordedAt, EventPayloads.Read(row.Type, row.SchemaVersion, Payload.Read(row.Payload)), new Actor(row.ActorId, row.ActorName));

    /// <summary>
    /// Appends events to an incident and writes its row by the same fold. <paramref name="row"/> is null for a new incident; the entries returned are the
    /// whole stream. Recorded time never goes back within an incident (D1).
    /// </summary>
    public IncidentRow Append(
        string installationId, IncidentNumber number, IncidentRow? row, IReadOnlyList<Entry> before, string previousHash,
        IReadOnlyList<EventToWrite> next, Author author, DateTimeOffset now, Rules rules)
    {
        var recordedAt = Iso.ToMilliseconds(now);
        if (before.Count > 0 && recordedAt < before[^1].RecordedAt)
        {
            recordedAt = before[^1].RecordedAt;
        }

        var entries = new List<Entry>(before);
        var hash = previousHash;
        foreach (var ((at, what, _), words) in next)
        {
            var seq = entries.Count + 1;
            var payload = EventPayloads.Write(what);
            foreach (var text in words)
            {
                texts.Add(new TextRow { Incident = number.Key, Seq = seq, Field = text.Field, Salt = text.Salt, Value = text.Value });
                payload.Add(ErasableText.Prefix + text.Field, text.Hash);
            }

            var envelope = new Envelope(
                installationId, number.ToString(), seq, EventPayloads.TypeOf(what), EventPayloads.Version, at, recordedAt,
                author.By.Id, author.By.Name, author.Via, payload.ToString());
            hash = EventChain.Hash(envelope, hash);
            entries.Add(new Entry(seq, at, recordedAt, what, author.By));
            NoteRequest(number, at, what, envelope.Payload, author, recordedAt);
            if (what is Attached file)
            {
                attachments.Add(new AttachmentRow { Incident = number.Key, Seq = seq, Hash = file.Hash });
            }

            events.Add(new EventRow
            {
                Incident = number.Key, Seq = seq, Type = envelope.Type, SchemaVersion = envelope.SchemaVersion, EffectiveAt = at,
                RecordedAt = recordedAt, ActorId = author.By.Id, ActorName = author.By.Name, Via = author.Via, Payload = envelope.Payload, Hash = hash,
            });
        }

        if (row is null)
        {
            row = IncidentProjection.New(number, entries);
            incidents.Add(row);
            IncidentProjection.Write(row, entries, rules);
            return row;
        }

        IncidentProjection.Write(row, entries, rules);
        moved.Add(row);
        return row;
    }

    /// <summary>Appends to an incident that was opened in this unit of work.</summary>
    public void Append(string installationId, OpenedIncident opened, IReadOnlyList<EventToWrite> next, Author author, DateTimeOffset now, Rules rules) =>
        Append(installationId, opened.Number, opened.Row, opened.State.Entries, opened.LastHash, next, author, now, rules);

    /// <summary>Writes a tracked row by the same fold again, with nothing appended: the rules are others (<see cref="Reference.ProjectAnew"/>).</summary>
    public void Project(IncidentRow row, IReadOnlyList<Entry> entries, Rules rules)
    {
        IncidentProjection.Write(row, entries, rules);
        moved.Add(row);
    }

    /// <summary>The events appended to an incident and not yet written.</summary>
    public IReadOnlyList<EventRow> EventsOf(IncidentRow row) => events.FindAll(e => e.Incident == row.Key);

    /// <summary>The texts appended to an incident and not yet written.</summary>
    public IReadOnlyList<TextRow> TextsOf(IncidentRow row) => texts.FindAll(t => t.Incident == row.Key);

    /// <summary>Keeps what came of a key, or the unit's own row, with what is appended.</summary>
    public void Keep(object row) => kept.Add(row);

    /// <summary>Forgets what was appended: the unit of work begins again.</summary>
    public void Clear()
    {
        requests.Clear();
        moved.Clear();
        decided.Clear();
        incidents.Clear();
        events.Clear();
        texts.Clear();
        attachments.Clear();
        kept.Clear();
    }

    /// <summary>Writes what was appended, in the open transaction; the unit of work calls it before it saves.</summary>
    public async Task Flush(CancellationToken cancellationToken)
    {
        await BulkInsert.Write(db, [.. incidents, .. events, .. texts, .. attachments, .. requests, .. kept], cancellationToken);
        foreach (var (id, decision) in decided)
        {
            var request = await db.Requests.SingleAsync(r => r.Id == id, cancellationToken);
            (request.State, request.DecidedBy, request.DecidedAt) = decision;
        }

        await CancelUnsent(cancellationToken);
        Clear();
    }

    /// <summary>
    /// What was not sent yet of an incident that is over, or of an older deadline, is cancelled with the change. The rows are written first: a tick that is raising steps
    /// of the old deadline has then either committed, or finds the row gone on.
    /// </summary>
    private async Task CancelUnsent(CancellationToken cancellationToken)
    {
        if (moved.Count == 0)
        {
            return;
        }

        foreach (var row in moved)
        {
            // Also where it is what was read: a tick may have moved it since.
            db.Entry(row).Property(r => r.NextStepAt).IsModified = true;
        }

        await db.SaveChangesAsync(cancellationToken);
        foreach (var row in moved)
        {
            var (key, version, response, over) = (row.Key, row.DeadlineVersion, row.ResponseVersion, row.ResolvedAt is not null || row.ExcludedAs is not null);
            await db.Outbox.Where(o => o.Incident == key && o.State == OutboxRow.Pending
                    && (over || (o.Timer == LadderTimer.Resolution && o.DeadlineVersion < version) || (o.Timer == LadderTimer.Response && o.DeadlineVersion < response)))
                .ExecuteUpdateAsync(set => set.SetProperty(o => o.State, OutboxRow.Cancelled), cancellationToken);
        }
    }

    /// <summary>Requests stand in a table of their own too, so that what waits for a second person is found without folding.</summary>
    private void NoteRequest(IncidentNumber number, Instant at, IncidentEvent what, string payload, Author author, DateTimeOffset recordedAt)
    {
        var approval = what switch
        {
            Paused e => e.Approval,
            Voided e => e.Approval,
            Merged e => e.Approval,
            Extended e => e.Approval,
            Corrected e => e.Approval,
            Responded e => e.Late,
            Resolved e => e.Late,
            _ => null,
        };
        if (what is Requested requested)
        {
            requests.Add(new RequestRow
            {
                Id = requested.RequestId, Incident = number.Key, Subject = EventPayloads.NameOf(requested.Subject), Payload = payload,
                RequestedBy = author.By.Id, RequestedAt = at, State = RequestRow.Pending,
            });
        }
        else if (what is RequestRejected rejected)
        {
            decided[rejected.RequestId] = (RequestRow.Rejected, author.By.Id, recordedAt);
        }
        else if (approval?.RequestId is { } approved)
        {
            decided[approved] = (RequestRow.Approved, author.By.Id, recordedAt);
        }
    }
}
