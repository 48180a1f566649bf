using IncidentDesk.Data;
using IncidentDesk.Keeping;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Attachments;

/// <summary>
/// Removes from the folder of files what nobody needs: uploads that were not gone on with for a day, and files that no incident names and nobody touched for
/// <see cref="UnnamedDays"/> days, as after a change that was refused in the end. An hour looks at its share of the folder, a day at all of it; the result is how many went.
/// </summary>
public sealed record SweepFiles : IRequest<int>
{
    /// <summary>Long enough to see that a database was restored from before the files were attached, and to restore a later one.</summary>
    public const int UnnamedDays = 30;
}

/// <summary>Removes, once their incidents' texts are erased, the files that no other incident needs.</summary>
public sealed record RemoveErasedFiles(IReadOnlyList<long> Incidents) : IRequest<int>;

/// <inheritdoc cref="SweepFiles"/>
public sealed class SweepFilesHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<SweepFiles, int>, IRequestHandler<RemoveErasedFiles, int>
{
    private const int Batch = 500;

    // Whoever attaches the same bytes touches the file first, and names it within seconds.
    private static readonly TimeSpan BeingAttached = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public async Task<int> Handle(SweepFiles request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var gone = FileFolder.Partials(settings.FilesFolder).Count(p => FileFolder.Drop(p, now.AddDays(-1)));
        foreach (var files in FileFolder.Share(settings.FilesFolder, now.UtcDateTime.Hour).Chunk(Batch))
        {
            gone += await RemoveUnneeded(files, now.AddDays(-SweepFiles.UnnamedDays), cancellationToken);
        }

        return gone;
    }

    /// <inheritdoc/>
    public async Task<int> Handle(RemoveErasedFiles request, CancellationToken cancellationToken)
    {
        var keys = request.Incidents.ToList();
        var files = await db.Attachments.AsNoTracking().Where(a => keys.Contains(a.Incident) && a.ErasedAt != null).Select(a => a.Hash).ToListAsync(cancellationToken);
        return await RemoveUnneeded(files, clock.GetUtcNow() - BeingAttached, cancellationToken);
    }

    private async Task<int> RemoveUnneeded(IReadOnlyList<string> files, DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
        {
            return 0;
        }

        var needed = await db.Attachments.AsNoTracking().Where(a => a.ErasedAt == null && files.Contains(a.Hash)).Select(a => a.Hash).ToListAsync(cancellationToken);
        return files.Except(needed).Count(f => FileFolder.Drop(Path.Combine(settings.FilesFolder, FileFolder.NameOf(f)), before));
    }
}
