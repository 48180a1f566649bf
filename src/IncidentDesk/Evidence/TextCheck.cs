using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;

namespace IncidentDesk.Evidence;

/// <summary>
/// Whether the texts of an incident fit its events: every hash in a payload has its text, which fits or was erased on record and is gone; no text stands beside the chain; and once
/// one was erased, no hash of what the source sent is left on the row to guess it by.
/// </summary>
internal static class TextCheck
{
    /// <summary>The first thing that does not fit: at which event (0: the row), its code and a sentence; null where all does.</summary>
    public static (int Seq, string Code, string Detail)? Wrong(IncidentRow row, IReadOnlyList<EventRow> stream, IReadOnlyList<TextRow> texts)
    {
        var erased = new HashSet<(int, string)>();
        var hashes = new Dictionary<(int Seq, string Field), string>();
        foreach (var e in stream)
        {
            var payload = Payload.Read(e.Payload);
            if (EventPayloads.Read(e.Type, e.SchemaVersion, payload) is TextErased erasure)
            {
                erased.Add((erasure.Seq, erasure.Field));
            }

            foreach (var (field, hash) in payload.TextsBelow(ErasableText.Prefix))
            {
                hashes.Add((e.Seq, field), hash);
            }
        }

        foreach (var text in texts)
        {
            if (!hashes.Remove((text.Seq, text.Field), out var hash))
            {
                return (text.Seq, "text_unknown", $"文本 {text.Field} 不属于该事件 / the text belongs to no event");
            }

            if (erased.Contains((text.Seq, text.Field)))
            {
                if (text.Salt is not null || text.Value is not null)
                {
                    return (text.Seq, "text_not_gone", $"文本 {text.Field} 已登记清除却仍在 / the text stands although its erasure is on record");
                }
            }
            else if (text.Salt is null || text.Value is null || ErasableText.HashOf(text.Salt, text.Value) != hash)
            {
                return (text.Seq, "text_changed", $"文本 {text.Field} 与事件中的哈希不符 / the text does not fit its hash");
            }
        }

        return hashes.Count > 0 ? (hashes.Keys.First().Seq, "text_missing", $"缺少文本 {hashes.Keys.First().Field} / a text is missing")
            : erased.Count > 0 && (row.ContentSalt is not null || row.ContentHash is not null)
                ? (0, "content_not_gone", "文本已登记清除，来源内容的哈希却仍在 / texts were erased and the hash of what the source sent still stands")
            : null;
    }
}
