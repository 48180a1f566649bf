using System.Text.Json;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;

namespace IncidentDesk.Replay;

/// <summary>
/// A file of vectors as read: calendars and policies by code, tickets with their raw events. A file that lacks a member, or holds one of another type, is
/// refused as a whole with its place (<c>missing_member</c>, <c>bad_member</c>); a wrong time or event type refuses its vector only (R5).
/// </summary>
public sealed class VectorFile : IDisposable
{
    private readonly JsonDocument document;

    private VectorFile(JsonDocument document)
    {
        this.document = document;
        var root = new Node(document.RootElement, "$");
        Zone = root.Optional("timezone") is { } zone
            ? Zone.Find(zone.Text()) ?? throw zone.Bad("an IANA time zone")
            : Zone.Shanghai;
        Calendars = root.Member("calendars").Members().ToDictionary(c => c.Name, c => ReadCalendar(c.Name, c.Value));
        Policies = root.Member("policies").Members().ToDictionary(p => p.Name, p => ReadPolicy(p.Name, p.Value));
        Vectors = [.. root.Member("vectors").Items().Select(v => new Vector(v, this))];
        Aggregates = root.Optional("aggregates") is { } aggregates ? [.. aggregates.Items().Select(a => new Aggregate(a))] : [];
    }

    /// <summary>The zone that times without an offset are read in.</summary>
    public Zone Zone { get; }

    /// <summary>Calendars of the file, with the official lists that ship with the product.</summary>
    public IReadOnlyDictionary<string, CalendarVersion> Calendars { get; }

    /// <summary>Policies of the file.</summary>
    public IReadOnlyDictionary<string, SlaPolicy> Policies { get; }

    /// <summary>The scenarios.</summary>
    public IReadOnlyList<Vector> Vectors { get; }

    /// <summary>Counts to be summed.</summary>
    public IReadOnlyList<Aggregate> Aggregates { get; }

    /// <summary>Reads a file; the refusal says what is wrong and where.</summary>
    public static (VectorFile? File, Refusal? Refused) Read(Stream stream)
    {
        try
        {
            var document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 32 });
            try
            {
                return (new VectorFile(document), null);
            }
            catch (Exception e) when (e is BadVectorFile or InvalidOperationException)
            {
                // A string that is not UTF-8, or half of a surrogate pair, is found when it is taken out of the document.
                document.Dispose();
                return (null, (e as BadVectorFile)?.Refusal ?? new Refusal(
                    "bad_json", "file", "文件含有不是 UTF-8 的文字。", "The file holds text that is not UTF-8."));
            }
        }
        catch (JsonException e)
        {
            return (null, new Refusal(
                "bad_json", "file", $"文件不是有效的 JSON(第 {e.LineNumber + 1} 行)。", $"The file is not valid JSON (line {e.LineNumber + 1})."));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => document.Dispose();

    private static CalendarVersion ReadCalendar(string code, Node node)
    {
        var mode = node.Member("mode");
        return mode.Text() switch
        {
            "calendar" => new CalendarVersion(DateOnly.MinValue, CalendarMode.Calendar, []),
            "workday24" => new CalendarVersion(DateOnly.MinValue, CalendarMode.Workday24, []),
            "workhours" => new CalendarVersion(DateOnly.MinValue, CalendarMode.WorkHours, ReadWindows(node.Member("windows"))),
            _ => throw mode.Bad("calendar, workday24 or workhours"),
        };
    }

    private static List<DayWindow> ReadWindows(Node node)
    {
        var windows = new List<DayWindow>();
        foreach (var item in node.Items())
        {
            var ends = item.Items().ToList();
            if (ends.Count != 2 || !TimeOnly.TryParseExact(ends[0].Text(), "HH:mm", out var from)
                || !TryEnd(ends[1].Text(), out var to) || (to <= from && to != TimeOnly.MinValue)
                || (windows.Count > 0 && (windows[^1].To > from || windows[^1].To == TimeOnly.MinValue)))
            {
                throw item.Bad("[\"HH:mm\",\"HH:mm\"], in order, not overlapping");
            }

            windows.Add(new DayWindow(from, to));
        }

        return windows.Count > 0 ? windows : throw node.Bad("at least one window");

        static bool TryEnd(string text, out TimeOnly end) =>
            TimeOnly.TryParseExact(text == "24:00" ? "00:00" : text, "HH:mm", out end);
    }

    private SlaPolicy ReadPolicy(string code, Node node)
    {
        var start = node.Member("clockStart");
        var pause = node.Member("pauseMode");
        var reopen = node.Member("reopenMode");
        var calendar = node.Member("calendar");
        if (node.Optional("extensionAffectsIndicator") is { } extension && extension.Flag())
        {
            throw extension.Bad("false: an extension moves the internal due time only (D12)");
        }

        return new SlaPolicy
        {
            Code = code,
            Calendar = Calendars.ContainsKey(calendar.Text()) ? calendar.Text() : throw calendar.Bad("a calendar of this file"),
            ClockStart = start.Text() switch
            {
                "reported" => ClockStart.Reported,
                "accepted" => ClockStart.Accepted,
                "occurred" => ClockStart.Occurred,
                _ => throw start.Bad("reported, accepted or occurred"),
            },
            ResponseLimitSec = node.Member("responseLimitSec").Whole(),
            ResolutionLimitSec = node.Member("resolutionLimitSec").Whole(),
            PauseMode = pause.Text() switch
            {
                "none" => PauseMode.None,
                "approved" => PauseMode.Approved,
                _ => throw pause.Bad("none or approved"),
            },
            ReopenMode = reopen.Text() switch
            {
                "cumulative" => ReopenMode.Cumulative,
                "continuous" => ReopenMode.Continuous,
                _ => throw reopen.Bad("cumulative or continuous"),
            },
            LateLogFlagSec = node.Member("lateLogFlagSec").Whole(),
            Weight = node.Member("weight").Decimal(),
        };
    }

    /// <summary>One scenario: tickets under a policy, read at an instant.</summary>
    public sealed class Vector
    {
        internal Vector(Node node, VectorFile file)
        {
            Id = node.Member("id").Text();
            var policy = node.Member("policy");
            Policy = file.Policies.TryGetValue(policy.Text(), out var found) ? found : throw policy.Bad("a policy of this file");
            AsOf = node.Member("asOf").Text();
            Tickets = [.. node.Member("tickets").Items().Select(t => new Ticket(
                t.Member("no").Text(), t.Member("kind").Text(), [.. t.Member("events").Items().Select(RawEvent.Read)]))];
            if (Tickets.DistinctBy(t => t.No).Count() < Tickets.Count)
            {
                throw node.Member("tickets").Bad("tickets with different numbers");
            }
        }

        /// <summary>The scenario's name in the output.</summary>
        public string Id { get; }

        /// <summary>The policy it is read under.</summary>
        public SlaPolicy Policy { get; }

        /// <summary>The instant it is read at, as given.</summary>
        public string AsOf { get; }

        /// <summary>Its tickets, with different numbers.</summary>
        public IReadOnlyList<Ticket> Tickets { get; }
    }

    /// <summary>A ticket of a scenario.</summary>
    public sealed record Ticket(string No, string Kind, IReadOnlyList<RawEvent> Events);

    /// <summary>An event as given: times are still text.</summary>
    public sealed record RawEvent(
        string Type, string At, string? RecordedAt, bool Auto, string? ApprovedBy, string? Reason, string? Into, string? To, string? Field, string? Value)
    {
        /// <summary>Whether it is of the five types that need approval and has none: without effect whatever, and not validated (R4).</summary>
        public bool Unapproved =>
            Type is "pause" or "merge" or "void" or "extend" or "correct" && string.IsNullOrEmpty(ApprovedBy);

        internal static RawEvent Read(Node node)
        {
            var raw = new RawEvent(
                node.Member("type").Text(), node.Member("at").Text(), Text("recordedAt"), node.Optional("auto")?.Flag() ?? false, Text("approvedBy"),
                Text("reason"), Text("into"), Text("to"), Text("field"), Text("value"));
            if (!raw.Unapproved)
            {
                _ = raw.Type switch
                {
                    "merge" => raw.Into ?? throw node.Lacks("into"),
                    "extend" => raw.To ?? throw node.Lacks("to"),
                    "correct" => raw.Field is null ? throw node.Lacks("field") : raw.Value ?? throw node.Lacks("value"),
                    _ => "",
                };
            }

            return raw;

            string? Text(string name) => node.Optional(name)?.Text();
        }
    }

    /// <summary>Counts per period, to be summed (R20).</summary>
    public sealed class Aggregate
    {
        internal Aggregate(Node node)
        {
            Id = node.Member("id").Text();
            Weight = node.Optional("weight")?.Decimal() ?? 10;
            Periods = [.. node.Member("counts").Members().Select(p => (p.Name, new Tally(
                p.Value.Member("onTime").Whole(), p.Value.Member("breached").Whole(), p.Value.Member("pending").Whole(), p.Value.Member("excluded").Whole())))];
        }

        /// <summary>Its name in the output.</summary>
        public string Id { get; }

        /// <summary>Points of the indicator.</summary>
        public decimal Weight { get; }

        /// <summary>Periods with their counts, in the order given.</summary>
        public IReadOnlyList<(string Period, Tally Tally)> Periods { get; }
    }
}
