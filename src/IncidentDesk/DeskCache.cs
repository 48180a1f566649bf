using IncidentDesk.Data;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk;

/// <summary>
/// Installation and reference data of this process, read again when a version has been recorded since: versions are only ever added, so their number tells.
/// </summary>
public sealed class DeskCache
{
    private (int Versions, Desk Desk)? held;

    /// <summary>The desk as it stands in the database now.</summary>
    public async Task<Desk> Get(DeskDb db, CancellationToken cancellationToken)
    {
        var versions = await db.References.CountAsync(cancellationToken);
        if (held is { } known && known.Versions == versions)
        {
            return known.Desk;
        }

        var desk = await Desk.Load(db, cancellationToken);
        held = (versions, desk);
        return desk;
    }
}
