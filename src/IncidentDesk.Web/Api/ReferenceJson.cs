using System.Text.Json;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reference;
using IncidentDesk.Reports;

namespace IncidentDesk.Web.Api;

/// <summary>Reference data as the API gives it; the content of a version stands as it was recorded.</summary>
internal static class ReferenceJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ListView> lists) => Items(json, "lists", lists, list =>
    {
        json.WriteString("list", list.List);
        json.WriteString("nameZh", list.Zh);
        json.WriteString("nameEn", list.En);
        json.WriteNumber("inForce", list.InForce);
        json.WriteNumber("ended", list.Ended);
    });

    public static void Write(Utf8JsonWriter json, string list, IReadOnlyList<CodeView> codes) => Items(json, "codes", codes, code =>
    {
        json.WriteString("list", list);
        json.WriteString("code", code.Version.Code);
        json.WriteBoolean("inForce", code.InForce);
        json.WriteNumber("latestVersion", code.Latest);
        if (Initials.Of(code.Version) is { } pinyin)
        {
            json.WriteString("pinyin", pinyin);
        }

        Version(json, code.Version);
    });

    public static void Write(Utf8JsonWriter json, CodeHistory history)
    {
        json.WriteStartObject();
        json.WriteString("list", history.List);
        json.WriteString("code", history.Code);
        json.WriteNumber("latestVersion", history.Latest);
        json.WriteOrNull("rulesToday", history.RulesToday);
        json.WriteStartArray("versions");
        foreach (var version in history.Versions)
        {
            json.WriteStartObject();
            Version(json, version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (history.Waiting is { } waiting)
        {
            json.WriteStartObject("waiting");
            json.WriteString("requestId", waiting.Id);
            json.WriteString("requestedBy", waiting.RequestedBy);
            json.WriteInstant("requestedAt", waiting.RequestedAt, history.Zone);
            Asked(json, NewVersion.Of(waiting));
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("waiting");
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, VersionAsked asked)
    {
        json.WriteStartObject();
        json.WriteString("requestId", asked.RequestId);
        json.WriteString("list", asked.List);
        json.WriteString("code", asked.Code);
        json.WriteNumber("version", asked.Version);
        json.WriteString("state", RequestRow.Pending);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, VersionDecided decided)
    {
        json.WriteStartObject();
        json.WriteString("list", decided.List);
        json.WriteString("code", decided.Code);
        json.WriteNumber("version", decided.Version);
        json.WriteString("state", decided.Approved ? RequestRow.Approved : RequestRow.Rejected);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, VersionEffect effect)
    {
        json.WriteStartObject();
        json.WriteString("list", effect.Version.List);
        json.WriteString("code", effect.Version.Code);
        Asked(json, effect.Version);
        json.WriteNumber("affectedOpen", effect.Affected);
        json.WriteString("changesZh", effect.Zh);
        json.WriteString("changesEn", effect.En);
        json.WriteStartArray("incidents");
        foreach (var moved in effect.Incidents)
        {
            json.WriteStartObject();
            json.WriteString("number", moved.Number);
            json.WriteInstant("dueNow", moved.DueNow, effect.Zone);
            json.WriteInstant("dueThen", moved.DueThen, effect.Zone);
            json.WriteInstant("responseDueNow", moved.ResponseDueNow, effect.Zone);
            json.WriteInstant("responseDueThen", moved.ResponseDueThen, effect.Zone);
            json.WriteString("scopeNow", moved.ScopeNow);
            json.WriteString("scopeThen", moved.ScopeThen);
            json.WriteString("verdictNow", moved.VerdictNow.Code());
            json.WriteString("verdictThen", moved.VerdictThen.Code());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What a request for a version asks.</summary>
    public static void Asked(Utf8JsonWriter json, NewVersion asked)
    {
        Version(json, asked.ToRow("", null, default), recorded: false);
        json.WriteString("note", asked.Note);
    }

    private static void Version(Utf8JsonWriter json, ReferenceRow version, bool recorded = true)
    {
        json.WriteNumber("version", version.Version);
        json.WriteString("nameZh", version.NameZh);
        json.WriteString("nameEn", version.NameEn);
        json.WriteString("validFrom", version.ValidFrom.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteBoolean("ended", version.Ended == 1);
        if (recorded)
        {
            json.WriteString("recordedAt", Iso.Recorded(version.RecordedAt));
            json.WriteString("recordedBy", version.RecordedBy);
            json.WriteString("approvedBy", version.ApprovedBy);
        }

        json.WritePropertyName("content");
        json.WriteRawValue(version.Content);
    }

    private static void Items<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
