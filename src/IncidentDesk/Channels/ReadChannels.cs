using System.Security.Cryptography;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Channels;

/// <summary>Every channel that was set up, by code.</summary>
public sealed record ReadChannels(Caller? By) : IRequest<Outcome<IReadOnlyList<ChannelView>>>;

/// <summary>A channel as it is shown: of a secret only that it is set, of an address with a key its host.</summary>
public sealed record ChannelView(ChannelRow Row, IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string> Secrets, int Waiting, int Dead)
{
    internal static ChannelView Of(ChannelRow row, IChannel kind, ChannelSettings settings, int waiting = 0, int dead = 0) => new(
        row,
        settings.Values.Where(v => !settings.Secrets.Contains(v.Key)).ToDictionary(),
        kind.Fields.Where(f => f.Secret && settings[f.Name].Length > 0).ToDictionary(f => f.Name, f => Masked(settings[f.Name])),
        waiting,
        dead);

    private static string Masked(string secret) => Uri.TryCreate(secret, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? $"{uri!.Scheme}://{uri.Authority}/…" : "****";
}

/// <inheritdoc cref="ReadChannels"/>
public sealed class ReadChannelsHandler(DeskDb db, IEnumerable<IChannel> kinds, IDataProtectionProvider protection) : IRequestHandler<ReadChannels, Outcome<IReadOnlyList<ChannelView>>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<ChannelView>>> Handle(ReadChannels request, CancellationToken cancellationToken)
    {
        if (request.By?.Lacks(Right.Channels) is { } denied)
        {
            return denied;
        }

        var counts = await db.Outbox.AsNoTracking().Where(o => o.State == OutboxRow.Pending || o.State == OutboxRow.Dead).GroupBy(o => new { o.Channel, o.State })
            .Select(g => new { g.Key.Channel, g.Key.State, Count = g.Count() }).ToListAsync(cancellationToken);
        var rows = await db.Channels.AsNoTracking().OrderBy(c => c.Code).ToListAsync(cancellationToken);
        return new Outcome<IReadOnlyList<ChannelView>>([.. rows.Where(r => kinds.Named(r.Kind) is not null).Select(row => ChannelView.Of(row, kinds.Named(row.Kind)!, Opened(row), Count(row, OutboxRow.Pending), Count(row, OutboxRow.Dead)))], null);

        int Count(ChannelRow row, string state) => counts.Find(c => c.Channel == row.Code && c.State == state)?.Count ?? 0;
    }

    private ChannelSettings Opened(ChannelRow row)
    {
        try
        {
            return row.Open(kinds.Named(row.Kind)!, protection);
        }
        catch (CryptographicException)
        {
            return ChannelKinds.Of(row.Code, kinds.Named(row.Kind)!, []);
        }
    }
}
