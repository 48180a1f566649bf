using IncidentDesk.Data;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Reference;

/// <summary>What a version would move, were it recorded now. Changes nothing.</summary>
public sealed record PreviewVersion(Caller By, VersionDraft Draft) : IRequest<Outcome<VersionEffect>>;

/// <inheritdoc cref="PreviewVersion"/>
public sealed class PreviewVersionHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<PreviewVersion, Outcome<VersionEffect>>
{
    /// <inheritdoc/>
    public async Task<Outcome<VersionEffect>> Handle(PreviewVersion request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.PreviewRules) is { } refused)
        {
            return refused;
        }

        var (desk, now) = (await cache.Get(db, cancellationToken), clock.GetUtcNow());
        var (version, wrong) = CheckVersion.Of(request.Draft, desk, now);
        return wrong is not null ? wrong : await VersionEffect.Read(db, desk, version!, now, cancellationToken);
    }
}
