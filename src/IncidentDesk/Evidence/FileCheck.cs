using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Keeping;

namespace IncidentDesk.Evidence;

/// <summary>Whether each file that an incident names is there with its hash, and the rows of its attachments stand as its events say. A file that several name is read once.</summary>
internal sealed class FileCheck(string folder)
{
    private readonly Dictionary<string, (string Code, string Detail)?> read = [];

    /// <summary>What does not fit: at which event, its code and a sentence.</summary>
    public IEnumerable<(int Seq, string Code, string Detail)> Wrong(IReadOnlyList<EventRow> stream, IReadOnlyList<AttachmentRow> rows)
    {
        var entries = stream.Where(e => e.Type is "attached" or "file_erased").Select(IncidentJournal.ToEntry).ToList();
        var erased = entries.Select(e => e.What).OfType<FileErased>().Select(e => e.Seq).ToHashSet();
        var named = entries.Where(e => e.What is Attached).Select(e => (e.Seq, ((Attached)e.What).Hash, Erased: erased.Contains(e.Seq))).ToList();
        var standing = rows.Select(r => (r.Seq, r.Hash, Erased: r.ErasedAt is not null)).ToList();
        foreach (var (seq, hash, gone) in named.Except(standing).Concat(standing.Except(named)).OrderBy(f => f.Seq).Take(1))
        {
            yield return (seq, "attachment_differs", $"附件行与事件不符 / the row of the attachment does not fit its event ({hash}{(gone ? ", erased" : "")})");
        }

        foreach (var (seq, hash, _) in named.Where(f => !f.Erased))
        {
            if (!read.TryGetValue(hash, out var wrong))
            {
                wrong = read[hash] = Read(hash);
            }

            if (wrong is var (code, detail))
            {
                yield return (seq, code, detail);
            }
        }
    }

    private (string Code, string Detail)? Read(string hash)
    {
        var path = FileFolder.NameOf(hash);
        return !File.Exists(Path.Combine(folder, path)) ? ("file_missing", $"缺少附件文件 {path} / the attachment's file is missing")
            : FileFolder.Read(folder, path).Sha256 != hash ? ("file_changed", $"附件文件 {path} 与哈希不符 / the attachment's file does not fit its hash")
            : null;
    }
}
