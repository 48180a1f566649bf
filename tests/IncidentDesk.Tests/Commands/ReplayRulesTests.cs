using System.Text.Json.Nodes;

namespace IncidentDesk.Tests.Commands;

/// <summary>All the small vectors below, computed by one process.</summary>
public sealed class ReplayedRules : IAsyncLifetime
{
    private readonly Dictionary<string, JsonNode> results = [];

    /// <summary>The result of a vector.</summary>
    public JsonNode this[string id] => results[id];

    public async Task InitializeAsync()
    {
        using var folder = new DeskFolder();
        var file = folder.Put("rules.json", Vectors.File(string.Join(',', ReplayRulesTests.Rows.Select(r => Vectors.Of(r.Id, r.Policy, r.AsOf, r.Tickets)))));
        foreach (var result in (await folder.Run("replay", "--file", file)).Exits(0).Json["vectors"]!.AsArray())
        {
            results.Add((string)result!["id"]!, result);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>Rules R1–R20 one by one. Expected values are worked out by hand from the rules; <c>-</c> means that the member is absent.</summary>
public sealed class ReplayRulesTests(ReplayedRules replayed) : IClassFixture<ReplayedRules>
{
    private const string Done = "report 03-03T09:00; respond 03-03T09:10; resolve 03-03T10:00";

    internal static readonly (string Id, string Policy, string AsOf, string Tickets, string Expected)[] Rows =
    [
        // R1, R2
        ("an unknown type refuses the vector", "strict", "03-10T00:00", "report 03-03T09:00; escalate 03-03T10:00", "error=unknown_event_type tickets=- months=-"),
        ("an unknown type comes before a bad time", "strict", "03-10T00:00", "report junk | report 03-03T09:00; close 03-03T10:00", "error=unknown_event_type"),
        ("events need not be sorted", "strict", "03-10T00:00", "resolve 03-04T09:00; respond 03-03T09:10; report 03-03T09:00",
            "A.outcome=onTime A.officialElapsedSec=86400 A.responseElapsedSec=600"),
        ("of two reports the earlier counts", "strict", "03-10T00:00", "report 03-03T10:00; report 03-03T09:00; resolve 03-04T09:30",
            "A.startAt=2025-03-03T09:00:00+08:00 A.outcome=breached A.overdueSec=1800"),
        ("of two logs the earlier counts", "strict", "03-10T00:00", "report 03-03T09:00; log 03-03T10:00; log 03-03T09:30", "A.lateLogged=false"),
        ("of two accepts the earlier counts", "fromAccepted", "03-10T00:00", "report 03-03T09:00; accept 03-03T11:00; accept 03-03T10:00; resolve 03-03T12:00",
            "A.startAt=2025-03-03T10:00:00+08:00 A.officialElapsedSec=7200"),
        ("all at one instant", "strict", "03-10T00:00", "occur 03-03T09:00; report 03-03T09:00; log 03-03T09:00; respond 03-03T09:00; resolve 03-03T09:00",
            "A.outcome=onTime A.officialElapsedSec=0 A.responseElapsedSec=0 A.responseBreached=false A.lateLogged=false"),
        ("equal instants go in the order given", "strict", "03-04T00:00", "report 03-03T09:00; resolve 03-03T10:00; reopen 03-03T10:00", "A.reopenCount=1 A.open=true"),
        ("equal instants in the other order", "strict", "03-04T00:00", "report 03-03T09:00; reopen 03-03T10:00; resolve 03-03T10:00", "error=reopened_while_open"),
        ("an automatic reply is no response", "strict", "03-10T00:00", "report 03-03T09:00; respond 03-03T09:01 auto; respond 03-03T09:30:01; resolve 03-03T10:00",
            "A.firstResponseAt=2025-03-03T09:30:01+08:00 A.responseElapsedSec=1801 A.responseBreached=true"),
        ("only an automatic reply", "strict", "03-10T00:00", "report 03-03T09:00; respond 03-03T09:01 auto; resolve 03-03T09:20",
            "A.firstResponseAt=null A.responseElapsedSec=null A.responseBreached=true"),
        ("an automatic reply before the report is not checked", "strict", "03-10T00:00", "respond 03-03T08:00 auto; " + Done, "A.responseElapsedSec=600"),

        // R3
        ("an entry recorded after as-of does not exist", "strict", "03-05T00:00", "report 03-03T09:00; resolve 03-03T12:00 recordedAt=03-05T00:00:01",
            "A.open=true A.outcome=breached A.officialElapsedSec=140400 A.overdueSec=54000"),
        ("an entry recorded at as-of exists", "strict", "03-05T00:00", "report 03-03T09:00; resolve 03-03T12:00 recordedAt=03-05T00:00", "A.open=false A.outcome=onTime"),
        ("without recordedAt it is known from its own instant", "strict", "03-03T12:00", "report 03-03T09:00; resolve 03-03T12:00:01", "A.open=true A.officialElapsedSec=10800"),
        ("a ticket whose report is unknown is left out", "strict", "03-05T00:00", Done + " | report 03-03T09:00 recordedAt=03-06T00:00; resolve 03-03T09:30",
            "A.outcome=onTime B=- months.2025-03.received=1"),
        ("no ticket at all: the month before as-of", "strict", "03-05T00:00", "report 03-03T09:00 recordedAt=03-06T00:00",
            "A=- months.2025-02.received=0 months.2025-02.status=undefined months.2025-02.ratePct=null months.2025-02.provisional=false months.2025-02.pointsAllOrNothing=null months.2025-03=- monthsByKind=-"),
        ("the month before January is December", "strict", "2025-01-01T00:00:00", "report 03-03T09:00", "months.2024-12.received=0 months.2025-01=-"),
        ("the month before as-of is the zone's", "strict", "2025-03-31T16:00:00Z", "report 04-03T09:00", "months.2025-03.received=0"),

        // R4
        ("an unapproved entry has no effect and is not validated", "strict", "03-10T00:00",
            Done + "; pause soon; merge 03-32T00:00 into=Z; merge 03-03T09:30; void whenever by=; extend 03-03T09:30 to=tomorrow; extend 03-03T09:30; correct 03-03T09:30 field=reported value=junk by=; correct never",
            "A.outcome=onTime A.pausedSec=0 A.correctionsApplied=- A.extendedDueAt=- A.excludedAs=-"),
        ("an unapproved correction may break every order", "strict", "03-10T00:00", "occur 03-03T08:00; log 03-03T09:30; correct 03-03T09:40 field=reported value=03-01T09:00; " + Done,
            "A.startAt=2025-03-03T09:00:00+08:00"),

        // R5
        ("a day that does not exist", "strict", "03-10T00:00", "report 2025-02-29T09:00:00", "error=bad_time"),
        ("an approved entry with a bad time", "strict", "03-10T00:00", Done + "; pause soon by=b", "error=bad_time"),
        ("a bad recorded time", "strict", "03-10T00:00", "report 03-03T09:00 recordedAt=later", "error=bad_time"),
        ("an approved extension to no time", "strict", "03-10T00:00", Done + "; extend 03-03T09:30 to=tomorrow by=b", "error=bad_time"),
        ("an approved correction to no time", "strict", "03-10T00:00", Done + "; correct 03-03T09:30 field=reported value=junk by=b", "error=bad_time"),
        ("a bad time comes before a missing report", "strict", "03-10T00:00", "resolve junk", "error=bad_time"),
        ("a missing report", "strict", "03-10T00:00", "occur 03-03T09:00; resolve 03-03T08:00", "error=missing_reported_at"),
        ("a missing report comes before the order", "strict", "03-10T00:00", "log 03-03T07:00; reopen 03-03T08:00", "error=missing_reported_at"),
        ("occurred after reported", "strict", "03-10T00:00", "occur 03-03T09:00:01; report 03-03T09:00; resolve 03-03T08:00", "error=occurred_after_reported"),
        ("reported after logged", "strict", "03-10T00:00", "log 03-03T08:59:59; report 03-03T09:00; respond 03-03T08:00", "error=reported_after_logged"),
        ("responded before the start", "strict", "03-10T00:00", "report 03-03T09:00; respond 03-03T08:59:59; resolve 03-03T08:59:59", "error=responded_before_start"),
        ("resolved before the start", "strict", "03-10T00:00", "report 03-03T09:00; resolve 03-03T08:59:59; reopen 03-20T09:00", "error=resolved_before_start"),
        ("reopened while open", "strict", "03-10T00:00", "report 03-03T09:00; reopen 03-03T10:00", "error=reopened_while_open"),
        ("a reopen later than the window and another while open", "strict", "03-30T00:00",
            "report 03-03T09:00; resolve 03-03T10:00; reopen 03-12T10:00; reopen 03-12T11:00", "error=reopened_while_open"),
        ("the first bad ticket refuses the vector", "strict", "03-10T00:00", Done + " | report 03-03T09:00; reopen 03-03T10:00 | resolve 03-03T10:00", "error=reopened_while_open"),
        ("an entry not known yet is validated too", "strict", "03-05T00:00", "report 03-03T09:00; resolve 03-03T08:00 recordedAt=03-20T00:00", "error=resolved_before_start"),
        ("a ticket not known yet is validated too", "strict", "03-05T00:00", Done + " | log 03-20T08:00; report 03-20T09:00", "error=reported_after_logged"),
        ("responses are measured against the report under every start", "fromOccurred", "03-10T00:00", "occur 03-03T08:00; respond 03-03T08:30; report 03-03T09:00", "error=responded_before_start"),
        ("respond and resolve may lie before the log", "strict", "03-10T00:00", Done + "; log 03-03T12:00", "A.outcome=onTime A.lateLogged=true"),
        ("a correction is checked against occur", "strict", "03-10T00:00", Done + "; occur 03-03T08:00; correct 03-03T12:00 field=reported value=03-03T07:59:59 by=b", "error=occurred_after_reported"),
        ("a correction is checked against log", "strict", "03-10T00:00", Done + "; log 03-03T09:05; correct 03-03T12:00 field=reported value=03-03T09:05:01 by=b", "error=reported_after_logged"),
        ("a correction is checked even when not known yet", "strict", "03-05T00:00",
            Done + "; log 03-03T09:05; correct 03-20T12:00 field=reported value=03-03T09:06 by=b", "error=reported_after_logged"),
        ("a response that a correction leaves before the start counts nothing", "strict", "03-10T00:00",
            "report 03-03T09:00; respond 03-03T09:10; correct 03-03T12:00 field=reported value=03-03T09:20 by=b; resolve 03-04T09:20",
            "A.startAt=2025-03-03T09:20:00+08:00 A.responseElapsedSec=0 A.responseBreached=false A.officialElapsedSec=86400 A.outcome=onTime A.correctionsApplied=[\"reported\"]"),
        ("a resolve that a correction leaves before the start counts nothing", "strict", "03-10T00:00",
            Done + "; correct 03-03T12:00 field=reported value=03-03T10:30 by=b", "A.officialElapsedSec=0 A.outcome=onTime A.dueAt=2025-03-04T10:30:00+08:00"),

        // R6
        ("a reopen whose resolve is not known changes nothing", "strict", "03-04T00:00", "report 03-03T09:00; resolve 03-03T10:00 recordedAt=03-20T00:00; reopen 03-03T11:00",
            "A.reopenCount=0 A.open=true A.officialElapsedSec=54000"),
        ("a second pause inside one and a resume without pause change nothing", "pause", "03-10T00:00",
            "report 03-03T09:00; resume 03-03T09:30; pause 03-03T10:00 by=b; pause 03-03T11:00 by=b; resume 03-03T12:00; resume 03-03T13:00; resolve 03-03T14:00",
            "A.pausedSec=7200 A.grossElapsedSec=18000 A.officialElapsedSec=10800"),
        ("a pause while resolved changes nothing", "pause", "03-10T00:00", Done + "; pause 03-03T11:00 by=b", "A.pausedSec=0 A.pausedNow=false"),
        ("a second resolve changes nothing", "strict", "03-10T00:00", Done + "; resolve 03-05T10:00", "A.officialElapsedSec=3600"),

        // R7, R9
        ("fractions are dropped and offsets read", "strict", "2025-03-10T00:00:00.9+08:00", "report 2025-03-03T01:00:00.999Z; resolve 2025-03-04T02:00:00.999+01:00",
            "A.startAt=2025-03-03T09:00:00+08:00 A.officialElapsedSec=86400 A.outcome=onTime"),
        ("an excluded ticket keeps its start and month only", "strict", "03-10T00:00",
            "report 03-03T09:00; log 03-03T12:00; respond 03-03T09:10; extend 03-03T10:00 to=03-05T09:00 by=b; correct 03-03T10:00 field=reported value=03-03T08:00 by=b; resolve 03-03T10:00; reopen 03-03T11:00; pause 03-03T11:10 by=b; void 03-03T12:00 reason=test by=b",
            "A.startAt=2025-03-03T08:00:00+08:00 A.month=2025-03 A.dueAt=null A.effectiveDueAt=null A.firstResponseAt=null A.responseElapsedSec=null A.responseBreached=null A.grossElapsedSec=null A.pausedSec=null A.officialElapsedSec=null A.open=false A.pausedNow=false A.reopenCount=0 A.outcome=excluded A.excludedAs=void A.lateLogged=- A.correctionsApplied=- A.extendedDueAt=- A.metExtendedDue=- A.overdueSec=- months.2025-03.received=1 months.2025-03.excluded=1 months.2025-03.denominator=0 months.2025-03.status=undefined months.2025-03.ratePct=null"),
        ("void outranks duplicate", "strict", "03-10T00:00", "report 03-03T09:00; merge 03-03T10:00 into=B by=b; void 03-03T11:00 by=b | " + Done, "A.excludedAs=void B.outcome=onTime"),
        ("a void approved after as-of does not exist", "strict", "03-03T10:00", "report 03-03T09:00; void 03-03T10:00:01 by=b", "A.outcome=pending"),

        // R8
        ("an extension moves no verdict", "strict", "03-10T00:00", "report 03-03T09:00; extend 03-03T10:00 to=03-05T09:00 by=b; resolve 03-04T10:00",
            "A.outcome=breached A.overdueSec=3600 A.dueAt=2025-03-04T09:00:00+08:00 A.effectiveDueAt=2025-03-04T09:00:00+08:00 A.extendedDueAt=2025-03-05T09:00:00+08:00 A.metExtendedDue=true"),
        ("the last extension wins, open it is met up to its instant", "strict", "03-04T12:00",
            "report 03-03T09:00; extend 03-03T10:00 to=03-09T09:00 by=b; extend 03-03T11:00 to=03-04T12:00 by=b", "A.extendedDueAt=2025-03-04T12:00:00+08:00 A.metExtendedDue=true"),
        ("open and past its extension", "strict", "03-04T12:00:01", "report 03-03T09:00; extend 03-03T11:00 to=03-04T12:00 by=b", "A.metExtendedDue=false"),
        ("late logged is later than half an hour", "strict", "03-10T00:00", Done + "; log 03-03T09:30 | " + Done + "; log 03-03T09:30:01 | " + Done, "A.lateLogged=false B.lateLogged=true C.lateLogged=-"),
        ("a log that is not known is no log", "strict", "03-05T00:00", Done + "; log 03-03T12:00 recordedAt=03-06T00:00", "A.lateLogged=-"),

        // R10–R12
        ("one second over", "strict", "03-10T00:00", "report 03-03T09:00; resolve 03-04T09:00:01", "A.outcome=breached A.overdueSec=1 A.effectiveDueAt=2025-03-04T09:00:00+08:00"),
        ("the month follows the report, not the start", "fromAccepted", "04-10T00:00", "report 03-31T23:59:59; accept 04-01T08:00; resolve 04-01T09:00",
            "A.startAt=2025-04-01T08:00:00+08:00 A.month=2025-03 months.2025-03.received=1 months.2025-04=-"),
        ("from accepted without an accept", "fromAccepted", "03-10T00:00", Done, "A.startAt=2025-03-03T09:00:00+08:00"),
        ("a response before the accept counts nothing", "fromAccepted", "03-10T00:00", Done + "; accept 03-03T09:20", "A.startAt=2025-03-03T09:20:00+08:00 A.responseElapsedSec=0 A.officialElapsedSec=2400"),
        ("from occurred", "fromOccurred", "03-10T00:00", Done + "; occur 03-03T08:00", "A.startAt=2025-03-03T08:00:00+08:00 A.officialElapsedSec=7200 A.responseElapsedSec=4200"),
        ("a correction moves the month", "strict", "04-10T00:00", "report 03-31T23:50; correct 04-02T00:00 field=reported value=04-01T00:00 by=b; resolve 04-01T09:00",
            "A.month=2025-04 A.officialElapsedSec=32400 months.2025-03=- months.2025-04.onTime=1"),
        ("24 hours at the office end on the fourth day", "office7h", "03-20T00:00", "report 03-03T17:00; resolve 03-07T11:00:01",
            "A.dueAt=2025-03-07T11:00:00+08:00 A.outcome=breached A.overdueSec=1"),
        ("a budget that runs out as the office closes ends there", "officeDay", "03-20T00:00", "report 03-03T08:30; resolve 03-04T08:30 | report 03-03T08:30; resolve 03-04T08:30:01",
            "A.dueAt=2025-03-03T17:30:00+08:00 A.outcome=onTime A.officialElapsedSec=25200 B.outcome=breached B.overdueSec=1"),
        ("the lunch break does not count", "officeDay", "03-20T00:00", "report 03-03T12:00; respond 03-03T14:30; resolve 03-03T15:00", "A.responseElapsedSec=1800 A.responseBreached=false A.officialElapsedSec=3600"),
        ("a make-up Sunday counts, the Saturday before does not", "workday24", "2025-02-20T00:00:00", "report 2025-01-24T12:00:00; resolve 2025-01-26T12:00:00",
            "A.dueAt=2025-01-26T12:00:00+08:00 A.officialElapsedSec=86400 A.outcome=onTime"),
        ("a day of 24 hours ends at midnight and the weekend is free", "workday24", "03-20T00:00", "report 03-07T00:00; resolve 03-09T15:00",
            "A.dueAt=2025-03-08T00:00:00+08:00 A.outcome=onTime A.officialElapsedSec=86400"),
        ("windows of one's own, up to midnight", "night", "03-20T00:00", "report 03-03T05:00; resolve 03-04T05:00 | report 03-03T10:00; resolve 03-04T06:00:00 | report 03-03T10:00; resolve 03-04T20:00:01",
            "A.dueAt=2025-03-04T05:00:00+08:00 A.officialElapsedSec=36000 A.outcome=onTime B.dueAt=2025-03-04T06:00:00+08:00 B.outcome=onTime C.officialElapsedSec=36001 C.outcome=breached"),
        ("open after a reopen: what is left of the budget", "strict", "03-05T12:00", "report 03-03T09:00; resolve 03-03T10:00; reopen 03-05T10:00",
            "A.outcome=pending A.officialElapsedSec=10800 A.effectiveDueAt=2025-03-06T09:00:00+08:00 A.dueAt=2025-03-04T09:00:00+08:00"),
        ("a budget that ran out before a reopen stays there", "strict", "03-06T12:00", "report 03-03T09:00; resolve 03-04T10:00; reopen 03-06T10:00",
            "A.outcome=breached A.effectiveDueAt=2025-03-04T09:00:00+08:00 A.overdueSec=10800"),

        // R13, R14
        ("a pause that counts", "pause", "03-10T00:00", "report 03-03T09:00; pause 03-03T10:00 by=b; resume 03-03T12:00; resolve 03-04T11:00",
            "A.grossElapsedSec=93600 A.pausedSec=7200 A.officialElapsedSec=86400 A.outcome=onTime A.dueAt=2025-03-04T09:00:00+08:00 A.effectiveDueAt=2025-03-04T11:00:00+08:00"),
        ("a pause that does not", "strict", "03-10T00:00", "report 03-03T09:00; pause 03-03T10:00 by=b; resume 03-03T12:00; resolve 03-04T11:00",
            "A.grossElapsedSec=93600 A.pausedSec=7200 A.officialElapsedSec=93600 A.outcome=breached A.effectiveDueAt=2025-03-04T09:00:00+08:00"),
        ("paused now, and the clock stands", "pause", "03-05T00:00", "report 03-03T09:00; pause 03-03T10:00 by=b", "A.pausedNow=true A.effectiveDueAt=null A.officialElapsedSec=3600 A.outcome=pending"),
        ("paused now, and the clock runs", "strict", "03-05T00:00", "report 03-03T09:00; pause 03-03T10:00 by=b",
            "A.pausedNow=true A.effectiveDueAt=2025-03-04T09:00:00+08:00 A.officialElapsedSec=140400 A.pausedSec=136800 A.outcome=breached"),
        ("a resolve ends the pause", "pause", "03-10T00:00", "report 03-03T09:00; pause 03-03T10:00 by=b; resolve 03-03T12:00; reopen 03-03T13:00; resolve 03-03T14:00",
            "A.pausedSec=7200 A.officialElapsedSec=7200 A.pausedNow=false"),
        ("a pause counts only in counted time", "pauseOffice7h", "03-10T00:00", "report 03-03T11:00; pause 03-03T11:30 by=b; resume 03-03T14:30; resolve 03-03T15:00",
            "A.grossElapsedSec=7200 A.pausedSec=3600 A.officialElapsedSec=3600"),
        ("a reopen without a reason is cumulative", "strict", "03-10T00:00", "report 03-03T09:00; resolve 03-03T10:00; reopen 03-04T10:00; resolve 03-04T11:00",
            "A.officialElapsedSec=7200 A.reopenCount=1 A.outcome=onTime"),
        ("it happened again", "strict", "03-10T00:00", "report 03-03T09:00; resolve 03-03T10:00; reopen 03-04T10:00 reason=recurred; resolve 03-04T11:00", "A.officialElapsedSec=7200 A.outcome=onTime"),
        ("it never was fixed", "strict", "03-10T00:00", "report 03-03T09:00; resolve 03-03T10:00; reopen 03-04T10:00 reason=not_fixed; resolve 03-04T11:00", "A.officialElapsedSec=93600 A.outcome=breached"),
        ("a continuous policy joins", "reopenContinuous", "03-10T00:00", "report 03-03T09:00; resolve 03-03T10:00; reopen 03-04T10:00; resolve 03-04T11:00", "A.officialElapsedSec=93600 A.outcome=breached"),
        ("a reopen at seven days", "strict", "03-20T00:00", Done + "; reopen 03-10T10:00; resolve 03-10T11:00", "A.officialElapsedSec=7200 A.reopenCount=1"),
        ("a reopen one second later", "strict", "03-20T00:00", Done + "; reopen 03-10T10:00:01; resolve 03-10T11:00", "error=reopen_window_passed"),

        // R15
        ("a response at its limit", "strict", "03-10T00:00", "report 03-03T09:00; respond 03-03T09:30", "A.responseElapsedSec=1800 A.responseBreached=false"),
        ("no response yet, at its limit", "strict", "03-03T09:30", "report 03-03T09:00", "A.responseElapsedSec=null A.responseBreached=false A.outcome=pending"),
        ("no response, past its limit", "strict", "03-03T09:30:01", "report 03-03T09:00; resolve 03-03T09:10", "A.responseBreached=true A.outcome=onTime"),
        ("a pause never shortens the response", "pause", "03-10T00:00", "report 03-03T09:00; pause 03-03T09:05 by=b; resume 03-03T10:00; respond 03-03T10:00", "A.responseElapsedSec=3600 A.responseBreached=true"),

        // R16, R17
        ("a chain of merges pulls the last master back", "strict", "03-10T00:00",
            "report 03-01T08:00; respond 03-01T08:10; merge 03-02T12:00 into=B by=b | report 03-01T09:00; resolve 03-01T10:00; merge 03-02T12:00 into=C by=b | report 03-02T10:00; log 03-02T10:00; resolve 03-02T11:00",
            "A.excludedAs=duplicate B.excludedAs=duplicate B.startAt=2025-03-01T08:00:00+08:00 C.startAt=2025-03-01T08:00:00+08:00 C.officialElapsedSec=97200 C.overdueSec=10800 C.firstResponseAt=null C.lateLogged=false months.2025-03.received=3 months.2025-03.excluded=2 months.2025-03.breached=1"),
        ("a circle of merges ends", "strict", "03-10T00:00", "report 03-01T08:00; merge 03-02T12:00 into=B by=b | report 03-01T09:00; merge 03-02T12:00 into=C by=b | report 03-01T10:00; merge 03-02T12:00 into=A by=b",
            "A.outcome=excluded B.outcome=excluded C.outcome=excluded C.startAt=2025-03-01T08:00:00+08:00 A.startAt=2025-03-01T08:00:00+08:00 months.2025-03.status=undefined"),
        ("a merge into itself and one into nothing end", "strict", "03-10T00:00", "report 03-01T08:00; merge 03-02T12:00 into=A by=b | report 03-01T08:00; merge 03-02T12:00 into=Z by=b", "A.excludedAs=duplicate B.excludedAs=duplicate"),
        ("a merge pulls the master into the month before", "strict", "04-10T00:00", "report 03-31T23:00; merge 04-01T12:00 into=B by=b | report 04-01T10:00; resolve 04-01T11:00",
            "B.month=2025-03 B.officialElapsedSec=43200 months.2025-03.received=2 months.2025-04=-"),
        ("a merge not known yet pulls nothing back", "strict", "03-02T11:59:59", "report 03-01T08:00; merge 03-02T12:00 into=B by=b | report 03-02T10:00; resolve 03-02T11:00", "A.outcome=breached B.startAt=2025-03-02T10:00:00+08:00"),
        ("a later duplicate pulls nothing back", "strict", "03-10T00:00", "report 03-02T10:30; merge 03-02T12:00 into=B by=b | report 03-02T10:00; resolve 03-02T11:00", "B.startAt=2025-03-02T10:00:00+08:00"),
        ("a duplicate's corrected report pulls back", "strict", "03-10T00:00",
            "report 03-02T08:00; correct 03-02T09:00 field=reported value=03-02T07:00 by=b; merge 03-02T12:00 into=B by=b | report 03-02T10:00; resolve 03-02T11:00", "B.startAt=2025-03-02T07:00:00+08:00 B.correctionsApplied=-"),
        ("the correction recorded last wins", "strict", "03-10T00:00",
            Done + "; correct 03-05T00:00 recordedAt=03-06T00:00 field=reported value=03-03T08:00 by=b; correct 03-05T01:00 recordedAt=03-05T02:00 field=reported value=03-03T07:00 by=b",
            "A.startAt=2025-03-03T08:00:00+08:00 A.correctionsApplied=[\"reported\",\"reported\"]"),
        ("of corrections recorded at one instant the later in the list wins", "strict", "03-10T00:00",
            Done + "; correct 03-05T00:00 field=reported value=03-03T08:00 by=b; correct 03-05T00:00 field=reported value=03-03T07:00 by=b", "A.startAt=2025-03-03T07:00:00+08:00"),
        ("a correction recorded after as-of does not exist", "strict", "03-05T00:00", Done + "; correct 03-04T00:00 recordedAt=03-06T00:00 field=reported value=03-03T08:00 by=b", "A.startAt=2025-03-03T09:00:00+08:00 A.correctionsApplied=-"),

        // R18–R20
        ("two of three are truncated", "weight12.5", "03-10T00:00", Done + " | " + Done + " | report 03-03T09:00; resolve 03-05T09:00",
            "months.2025-03.ratePct=66.66 months.2025-03.pointsAllOrNothing=0.00 months.2025-03.pointsProportional=8.33 months.2025-03.determinate=3"),
        ("all of the weight", "weight12.5", "03-10T00:00", Done, "months.2025-03.ratePct=100.00 months.2025-03.pointsAllOrNothing=12.50 months.2025-03.pointsProportional=12.50"),
        ("a weight of three decimals is truncated", "weight7.009", "03-10T00:00", Done, "months.2025-03.pointsAllOrNothing=7.00 months.2025-03.pointsProportional=7.00"),
        ("all pending", "strict", "03-03T12:00", "report 03-03T09:00",
            "months.2025-03.pending=1 months.2025-03.denominator=1 months.2025-03.determinate=0 months.2025-03.ratePct=null months.2025-03.status=provisional months.2025-03.provisional=true months.2025-03.pointsAllOrNothing=null months.2025-03.pointsProportional=null"),
        ("one breach fixes the strict score while others are pending", "strict", "03-03T12:00", "report 03-03T09:00 | report 03-01T09:00; resolve 03-03T09:00",
            "months.2025-03.ratePct=0.00 months.2025-03.status=provisional months.2025-03.pointsAllOrNothing=0.00 months.2025-03.pointsProportional=null"),
        ("every month with a ticket, excluded ones too", "strict", "05-10T00:00", "report 03-03T09:00; void 03-03T09:10 by=b | report 05-03T09:00; resolve 05-03T09:10",
            "months.2025-03.excluded=1 months.2025-03.status=undefined months.2025-04=- months.2025-05.onTime=1"),
        ("several kinds", "strict", "05-10T00:00", Done + " | system: report 05-03T09:00; resolve 05-05T09:10",
            "months.2025-03.received=1 months.2025-05.received=1 monthsByKind.rental.2025-03.onTime=1 monthsByKind.rental.2025-05=- monthsByKind.system.2025-05.breached=1 monthsByKind.system.2025-03=-"),
        ("one kind", "strict", "03-10T00:00", "system: " + Done + " | system: " + Done, "months.2025-03.onTime=2 monthsByKind=-"),
    ];

    public static TheoryData<string> Ids => [.. Rows.Select(r => r.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_rule_holds(string id)
    {
        var result = replayed[id];
        var expected = Rows.Single(r => r.Id == id).Expected.Split(' ');

        Assert.Equal(expected, expected.Select(e => e.Split('=')[0]).Select(path => $"{path}={Found(result, path)}"));
    }

    private static string Found(JsonNode result, string path)
    {
        var at = path[0] is >= 'A' and <= 'Z' ? result["tickets"] : result;
        Assert.True(path[0] is not (>= 'A' and <= 'Z') || at is not null, result.ToJsonString());
        foreach (var name in path.Split('.'))
        {
            if (!at!.AsObject().TryGetPropertyValue(name, out at))
            {
                return "-";
            }
        }

        return at is null ? "null" : at is JsonValue value && value.TryGetValue<string>(out var text) ? text : at.ToJsonString();
    }
}
