using IncidentDesk.Data;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk;

/// <summary>
/// Installation and reference data, asked for once in a scope and again after each unit of work in it; read again when a version has been recorded since: versions are only
/// ever added, so their number tells.
/// </summary>
public sealed class DeskCache(DeskCache.Held held)
{
    private Desk? asked;
    private int? seen;

    /// <summary>The desk as it stands in the database now.</summary>
    public async Task<Desk> Get(DeskDb db, CancellationToken cancellationToken)
    {
        if (asked is not null)
        {
            return asked;
        }

        var versions = seen ?? await db.References.CountAsync(cancellationToken);
        if (held.Last is not { } known || known.Versions != versions)
        {
            held.Last = known = new Known(versions, await Desk.Load(db, cancellationToken));
        }

        return asked = known.Desk;
    }

    /// <summary>Tells how many versions there are, where a query has counted them beside what it was for.</summary>
    public void Seen(int versions) => seen = versions;

    /// <summary>What is read next is asked for anew.</summary>
    public void Forget() => (asked, seen) = (null, null);

    /// <summary>What this process read last.</summary>
    public sealed class Held
    {
        internal Known? Last { get; set; }
    }

    internal sealed record Known(int Versions, Desk Desk);
}
