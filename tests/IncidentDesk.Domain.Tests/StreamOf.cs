using CsCheck;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Tests;

/// <summary>
/// A stream of entries written act by act on the wall clock of Guangzhou. Each is recorded a second after it took effect unless told otherwise.
/// </summary>
internal sealed class StreamOf
{
    private readonly List<Entry> entries = [];

    public StreamOf(string reported, string? logged = null, string? occurred = null)
        : this(WallTime.At(reported), WallTime.At(logged ?? reported), occurred is null ? null : WallTime.At(occurred))
    {
    }

    public StreamOf(Instant reported, Instant logged, Instant? occurred = null) =>
        Add(reported, new FaultLogged(reported, occurred, logged, Details), logged.ToUtc().AddSeconds(1));

    public static Approval Approved { get; } = new("R1", "li", "李", null, "wang", "王", new Instant(0));

    public static FaultDetails Details { get; } = new()
    {
        Kind = FaultKind.Rental, Category = new Coded("water", "供水"), Nature = "fault", Severity = new Coded("P2", "较急"),
    };

    public IReadOnlyList<Entry> Entries => entries;

    public Instant Last => entries.Max(e => e.At);

    public DateTimeOffset LastRecorded => entries.Max(e => e.RecordedAt);

    public StreamOf Add(Instant at, IncidentEvent what, DateTimeOffset? recorded = null)
    {
        var after = recorded ?? at.ToUtc().AddSeconds(1);
        entries.Add(new Entry(entries.Count + 1, at, entries.Count > 0 && after < LastRecorded ? LastRecorded : after, what));
        return this;
    }

    public StreamOf Respond(string at, bool auto = false) => Add(WallTime.At(at), new Responded(auto ? null : new Coded("phone", "电话"), auto));

    public StreamOf Resolve(string at, bool late = false) =>
        Add(WallTime.At(at), new Resolved(new Coded("fixed", "现场修复"), null, late ? Approved : null));

    public StreamOf Reopen(string at, string? reason = null) => Add(WallTime.At(at), new Reopened(reason is null ? null : new Coded(reason, reason)));

    public StreamOf Pause(string at) => Add(WallTime.At(at), new Paused(new Coded("absent", "租客外出"), Approved));

    public StreamOf Resume(string at) => Add(WallTime.At(at), new Resumed());

    public StreamOf Void(string at) => Add(WallTime.At(at), new Voided(new Coded("test", "测试"), Approved));

    public StreamOf Merge(string at) => Add(WallTime.At(at), new Merged(Other(1), Approved));

    public StreamOf Absorb(string at, string reported, int other = 1) => Add(WallTime.At(at), new DuplicateAbsorbed(Other(other), WallTime.At(reported)));

    public StreamOf Correct(string at, string field, string value) => Add(WallTime.At(at), new Corrected(field, value, Approved));

    public static IncidentNumber Other(int n) => IncidentNumber.Of("BY", new DateOnly(2026, 5, 3), n, false);

    public SlaReading Read(string asOf, SlaPolicy? policy = null, WorkCalendar? calendar = null) =>
        SlaClock.Read(entries, policy ?? SlaPolicy.Strict, calendar ?? OfficialCalendars.Always, WallTime.At(asOf), DateTimeOffset.MaxValue)!;

    public Arithmetic Sum(string asOf, SlaPolicy? policy = null, WorkCalendar? calendar = null)
    {
        var facts = ClockFacts.Of(entries, WallTime.At(asOf), DateTimeOffset.MaxValue)!;
        var by = calendar ?? OfficialCalendars.Always;
        return Arithmetic.Of(facts, SlaClock.Read(facts, policy ?? SlaPolicy.Strict, by, WallTime.At(asOf)), policy ?? SlaPolicy.Strict, by, WallTime.At(asOf));
    }
}

/// <summary>One random act, some seconds after the one before; acts that do not fit the state stand in the stream too (R6).</summary>
internal enum Act
{
    Respond,
    AutoReply,
    Resolve,
    Reopen,
    Pause,
    Resume,
    Note,
    Absorb,
    CorrectReported,
}

/// <summary>Random streams, short enough to be counted second by second.</summary>
internal static class RandomStreams
{
    public static readonly Instant Reported = WallTime.At("2026-05-08 11:55");

    /// <summary>Streams in which nothing moves the start.</summary>
    public static readonly Gen<StreamOf> Plain = Of(Act.Note);

    /// <summary>Streams with merges and corrections that move it.</summary>
    public static readonly Gen<StreamOf> Any = Of(Act.CorrectReported);

    private static readonly string?[] Reasons = [null, Reopened.NotFixed, Reopened.Recurred];

    private static Gen<StreamOf> Of(Act last) => Gen.Select(
        Gen.Int[0, 400], Gen.Select(Gen.Int[0, (int)last].Select(a => (Act)a), Gen.Int[0, 400], Gen.Int[0, 300]).Array[0, 12], Build);

    private static StreamOf Build(int loggedAfter, (Act Act, int After, int Pick)[] acts)
    {
        var stream = new StreamOf(Reported, Reported.Plus(loggedAfter));
        var at = Reported;
        foreach (var (act, after, pick) in acts)
        {
            at = at.Plus(after);
            var reason = Reasons[pick % 3] is { } code ? new Coded(code, code) : null;
            stream.Add(
                at,
                act switch
                {
                    Act.Respond => new Responded(new Coded("phone", "电话")),
                    Act.AutoReply => new Responded(null, Auto: true),
                    Act.Resolve => new Resolved(new Coded("fixed", "现场修复"), null, pick % 2 == 0 ? StreamOf.Approved : null),
                    Act.Reopen => new Reopened(reason),
                    Act.Pause => new Paused(new Coded("absent", "租客外出"), StreamOf.Approved),
                    Act.Resume => new Resumed(),
                    Act.Absorb => new DuplicateAbsorbed(StreamOf.Other(pick % 2), Reported.Plus(100 - pick)),
                    Act.CorrectReported => new Corrected(Corrected.Reported, Reported.Plus(-pick).ToString(), StreamOf.Approved),
                    _ => new Noted(),
                },
                at.ToUtc().AddMilliseconds(pick * 1_700));
        }

        return stream;
    }
}
