using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;

namespace IncidentDesk.Incidents;

/// <summary>What one person can do with an incident; each is one message.</summary>
public enum Act
{
    /// <summary>响应.</summary>
    Respond,

    /// <summary>处理完成.</summary>
    Resolve,

    /// <summary>重开.</summary>
    Reopen,

    /// <summary>恢复计时.</summary>
    Resume,

    /// <summary>签收.</summary>
    Accept,

    /// <summary>退单.</summary>
    Return,

    /// <summary>派单、改派.</summary>
    Assign,

    /// <summary>备注.</summary>
    Note,

    /// <summary>登记客观原因、申请暂停计时.</summary>
    Pause,

    /// <summary>延期申请.</summary>
    Extend,

    /// <summary>更正.</summary>
    Correct,

    /// <summary>合并.</summary>
    Merge,

    /// <summary>作废.</summary>
    Void,

    /// <summary>超时说明.</summary>
    Explain,

    /// <summary>查看报告人.</summary>
    Reveal,
}

/// <summary>
/// Which acts a person could take on an incident as it stands now. It asks the decisions that the messages ask, each with the most willing of arguments and the time now:
/// what it refuses no argument would have taken, and what it allows can only fail by what is entered.
/// </summary>
public static class AllowedActs
{
    private static readonly Coded Any = new("any", "");

    // Rights as the messages ask for them, and the decision with arguments that nothing speaks against.
    private static readonly Dictionary<Act, (Right Right, Func<Caller, Opened, Refusal?> Decides)> All = new()
    {
        [Act.Respond] = (Right.Handle, (_, i) => ClockDecisions.Respond(i.State, Any, i.Now, i.Clock, "", i.Now).Refused),
        [Act.Resolve] = (Right.Handle, (_, i) => ClockDecisions.Resolve(i.State, new Resolution(Any), i.Now, i.Clock, "", i.Now).Refused),
        [Act.Reopen] = (Right.Log, (_, i) => ClockDecisions.Reopen(i.State, new Coded(Reopened.NotFixed, ""), i.Now, i.Desk.Zone, i.Now).Refused),
        [Act.Resume] = (Right.Handle, (_, i) => ClockDecisions.Resume(i.State, i.Now, i.Desk.Zone, i.Now).Refused),
        [Act.Accept] = (Right.Handle, (by, i) => AcceptAssignmentHandler.Own(by, i.State) ?? PeopleDecisions.AcceptAssignment(i.State, i.Now).Refused),
        [Act.Return] = (Right.Handle, (by, i) => AcceptAssignmentHandler.Own(by, i.State) ?? PeopleDecisions.ReturnAssignment(i.State, i.Now).Refused),
        [Act.Assign] = (Right.Approve, (_, i) => PeopleDecisions.Assign(i.State, new Actor("", ""), i.Now).Refused),
        [Act.Note] = (Right.Log, (_, i) => PeopleDecisions.Note(i.Now).Refused),
        [Act.Pause] = (Right.Log, (_, i) => SecondPersonDecisions.AskPause(i.State, "", Any, i.Now).Refused),
        [Act.Extend] = (Right.Log, (_, i) => SecondPersonDecisions.AskExtension(i.State, "", Instant.Never, i.Clock, i.Now).Refused),
        [Act.Correct] = (Right.Log, (_, i) => Correct(i)),
        [Act.Merge] = (Right.Log, (_, i) => SecondPersonDecisions.AskMerge(MostWilling(i), "", i.Now).Refused),
        [Act.Void] = (Right.Log, (_, i) => SecondPersonDecisions.AskVoid(i.State, "", Any, i.Now).Refused),
        [Act.Explain] = (Right.Explain, (_, i) => PeopleDecisions.ExplainBreach(i.State, i.Clock, i.Now).Refused),
        [Act.Reveal] = (Right.Reveal, (_, _) => null),
    };

    /// <summary>Those that this person could take now.</summary>
    public static IReadOnlySet<Act> Of(Caller by, Opened incident) =>
        All.Where(act => (by.Lacks(act.Value.Right) ?? by.LacksOn(incident.State, act.Value.Right) ?? act.Value.Decides(by, incident)) is null).Select(act => act.Key).ToHashSet();

    /// <summary>Why none of the fields can be corrected; one whose correction waits keeps no other from being asked for.</summary>
    private static Refusal? Correct(Opened incident)
    {
        var (state, own) = (incident.State, incident.State.Facts.OwnReportedAt);

        // The values move no clock, so that any master of the right number will do.
        IReadOnlyList<Incident> masters = state.MergedInto is { } into ? [state with { Number = into, MergedInto = null }] : [];
        CorrectSubject[] values =
        [
            new(Corrected.Severity, "any"), new(Corrected.Category, "any"), new(Corrected.Occurred, own.ToString()), new(Corrected.Occurred, own.Plus(-1).ToString()),
        ];
        Refusal? refused = null;
        foreach (var value in values)
        {
            refused = SecondPersonDecisions.AskCorrection(state, "", value, masters, incident.Now).Refused;
            if (refused is null)
            {
                break;
            }
        }

        return refused;
    }

    /// <summary>The incident and a master of the same scope and rules that has been open, and late, for a year: it takes whatever may be merged at all.</summary>
    private static MergePair MostWilling(Opened incident)
    {
        var state = incident.State;
        var duplicate = new MergeSide(state, incident.Rules.ScopeOf(state.Kind, state.Category, state.Facts.ReportedAt), incident.Clock);
        var logged = (FaultLogged)state.Entries[0].What;
        var early = state.Facts.ReportedAt.Plus(-366 * 86_400L);
        return new MergePair(duplicate, duplicate with
        {
            Incident = Incident.Of(new IncidentNumber(state.Number.Prefix, 0), [new Entry(1, early, default, logged with { ReportedAt = early, OccurredAt = null, LoggedAt = early })]),
        });
    }
}
