using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// The form of one act on an incident, and the message that it becomes. Its fields are named by act and field (<c>resolve-manner</c>), since several forms stand on the page.
/// Times are the desk's wall clock; an empty one is now.
/// </summary>
internal sealed class ActForm(Act act, IFormCollection form, Caller by, string number, Zone zone, int seen, string? key)
{
    private static readonly Dictionary<Act, Func<ActForm, IRequest<Outcome<IncidentChanged>>>> Messages = new()
    {
        [Act.Respond] = f => new Respond(f.By, f.Number, f["way"], f.Time("at"), null, f.Key),
        [Act.Resolve] = f => new Resolve(f.By, f.Number, f["manner"], f.Time("at"), f.Day("followUpOn"), f["receipt"], f["handling"], null, f.Key),
        [Act.Reopen] = f => new Reopen(f.By, f.Number, f["reason"], f.Time("at"), f["note"], null, f.Key),
        [Act.Resume] = f => new Resume(f.By, f.Number, f.Time("at"), null, f.Key),
        [Act.Accept] = f => new AcceptAssignment(f.By, f.Number, null, f.Key),
        [Act.Return] = f => new ReturnAssignment(f.By, f.Number, f["reason"], null, f.Key),
        [Act.Assign] = f => new Assign(f.By, f.Number, f["handler"], null, f.Key),
        [Act.Note] = f => new Note(f.By, f.Number, f["words"], null, f.Key),
        [Act.Pause] = f => new AskPause(f.By, f.Number, f["reason"], f["note"], null, f.Key),
        [Act.Extend] = f => new AskExtension(f.By, f.Number, f.Time("to", required: true) ?? default, f["note"], null, f.Key),
        [Act.Correct] = f => new AskCorrection(f.By, f.Number, f["field"], f[f["field"]], f["reason"], f.Seen, f.Key),
        [Act.Merge] = f => new AskMerge(f.By, f.Number, f["into"].Trim(), f["note"], null, f.Key),
        [Act.Void] = f => new AskVoid(f.By, f.Number, f["reason"], f["note"], null, f.Key),
        [Act.Explain] = f => new ExplainBreach(f.By, f.Number, f["cause"], f["responsible"], f["measure"], null, f.Key),
    };

    private Caller By => by;

    private string Number => number;

    private string? Key => key;

    // What its reader had seen last: a correction is asked for on what was read.
    private int Seen => seen;

    /// <summary>What in the form cannot be read.</summary>
    public Refusal? Unread { get; private set; }

    /// <summary>What was typed in a field of this act; empty where nothing was.</summary>
    public string this[string field] => form[NameOf(act, field)].ToString();

    /// <summary>The name of an act's field, and its id.</summary>
    public static string NameOf(Act act, string field) => $"{act.ToString().ToLowerInvariant()}-{field}";

    /// <summary>The message; null for an act that has none here.</summary>
    public IRequest<Outcome<IncidentChanged>>? Message() => Messages.TryGetValue(act, out var message) ? message(this) : null;

    /// <summary>The refusal at the field of this form that it is about.</summary>
    public Refusal Beside(Refusal refused)
    {
        var field = (act, refused.Field) switch
        {
            (Act.Correct, "value" or "at" or "reportedAt" or "occurredAt") => this["field"],
            (Act.Correct, "incident") => "field",
            var (_, named) => named,
        };
        return refused with { Field = NameOf(act, field) };
    }

    private Instant? Time(string field, bool required = false)
    {
        if (this[field].Length == 0 && !required)
        {
            return null;
        }

        if (TimeText.TryAny(this[field], zone, out var at))
        {
            return at;
        }

        Unread ??= new Refusal("bad_time", field, "请填写日期和时间，如 2026-05-03 09:00。", "Give a day and a time, as 2026-05-03 09:00.");
        return null;
    }

    private DateOnly? Day(string field)
    {
        if (this[field].Length == 0)
        {
            return null;
        }

        if (DateOnly.TryParseExact(this[field], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        Unread ??= PeoplePage.BadDay(field);
        return null;
    }
}
