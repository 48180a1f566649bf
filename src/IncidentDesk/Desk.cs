using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reference;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk;

/// <summary>Whose ledger it is and what its clocks go by, loaded once for a message or a command.</summary>
public sealed record Desk(InstallationRow Installation, Zone Zone, ReferenceBook Reference)
{
    /// <summary>Loads it.</summary>
    public static async Task<Desk> Load(DeskDb db, CancellationToken cancellationToken)
    {
        var installation = await db.Installations.AsNoTracking().SingleAsync(cancellationToken);
        var zone = Zone.Find(installation.Zone)!;
        return new Desk(installation, zone, await ReferenceBook.Load(db, zone, cancellationToken));
    }
}
