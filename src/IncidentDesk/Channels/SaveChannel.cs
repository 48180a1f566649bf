using System.Security.Cryptography;
using System.Text.RegularExpressions;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Channels;

/// <summary>
/// Sets up a channel (with a <paramref name="Kind"/>), or changes one (without). Settings that are not named stay, an empty one goes. What can be known to be wrong is said
/// now: a template that does not render, a missing secret, an address that is not called. A channel that was broken is tried again. Secrets are sealed before the unit of work
/// that stores them begins: the keys may have to be made first, and SQLite has one writer.
/// </summary>
public sealed record SaveChannel(Caller By, string Code, string? Kind, string? Name, bool? Enabled, IReadOnlyDictionary<string, string>? Settings) : IRequest<Outcome<ChannelView>>
{
    /// <summary>Settings hold secrets.</summary>
    public override string ToString() => "SaveChannel " + Code;
}

/// <inheritdoc cref="SaveChannel"/>
public sealed partial class SaveChannelHandler(DeskDb db, IServiceProvider services, IEnumerable<IChannel> kinds, IDataProtectionProvider protection, TimeProvider clock) : IRequestHandler<SaveChannel, Outcome<ChannelView>>
{
    /// <inheritdoc/>
    public async Task<Outcome<ChannelView>> Handle(SaveChannel request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Channels) is { } denied)
        {
            return denied;
        }

        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var row = await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Code == request.Code, cancellationToken);
        var kind = kinds.Named(request.Kind ?? row?.Kind);
        var refused = !Codes().IsMatch(request.Code) || kinds.Any(k => k.Reach == Reach.Everybody && k.Kind == request.Code)
                ? new Refusal("bad_channel_code", "code", "编号应以小写字母开头，由 2 至 32 个小写字母、数字、连字符组成，且不得与内置渠道重名。", "A code is 2 to 32 small letters, digits and hyphens, a letter first, and no channel of the product's own.")
            : request.Kind is null && row is null ? NotFound
            : request.Kind is not null && row is not null ? new Refusal("channel_exists", "code", "已有该编号的渠道。", "There is a channel of that code.")
            : kind is null ? new Refusal("unknown_kind", "kind", $"种类应为 {string.Join("、", Kinds())}。", $"The kind must be one of {string.Join(", ", Kinds())}.")
            : (request.Name ?? row?.Name)?.Trim() is not { Length: > 0 } ? new Refusal("missing_name", "name", "请填写名称。", "A name is required.")
            : Texts.CheckName("name", request.Name, DeskDb.NameLength);
        if (refused is not null)
        {
            return refused;
        }

        row ??= new ChannelRow { Code = request.Code, Kind = kind!.Kind, Name = "", Enabled = true, Settings = "{}", Secrets = "", ChangedBy = "" };
        var before = Opened(row, kind!);
        var settings = ChannelKinds.Of(row.Code, kind!, before.Values.Concat(request.Settings ?? new Dictionary<string, string>()).GroupBy(v => v.Key, v => v.Value.Trim())
            .Select(v => KeyValuePair.Create(v.Key, v.Last())).Where(v => v.Value.Length > 0).Concat(Rotated(kind!, before, request, now)).DistinctBy(v => v.Key));
        if (Wrong(kind!, settings, request) is { } wrong)
        {
            return wrong;
        }

        row.Keep(settings, protection);
        (row.Name, row.Enabled, row.ChangedAt, row.ChangedBy, row.Version) = (request.Name?.Trim() ?? row.Name, request.Enabled ?? row.Enabled, now, request.By.Person.Id, row.Version + 1);
        (row.BrokenAt, row.BrokenBecause, row.HeldUntil) = (null, null, null);
        return await services.SendAlone(new StoreChannel(request.By, row), cancellationToken) is { Refused: { } late } ? late : ChannelView.Of(row, kind!, settings);

        IEnumerable<string> Kinds() => kinds.Where(k => k.Reach != Reach.Everybody).Select(k => k.Kind);
    }

    internal static readonly Refusal NotFound = new("channel_not_found", "code", "没有该编号的渠道。", "There is no channel of that code.");

    /// <summary>Secrets that cannot be read any more have to be entered again.</summary>
    private ChannelSettings Opened(ChannelRow row, IChannel kind)
    {
        try
        {
            return row.Open(kind, protection);
        }
        catch (CryptographicException)
        {
            row.Secrets = "";
            return row.Open(kind, protection);
        }
    }

    /// <summary>The secret that a new one takes the place of signs for some time longer.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Rotated(IChannel kind, ChannelSettings before, SaveChannel request, DateTimeOffset now) =>
        kind is StandardWebhook && before["secret"].Length > 0 && request.Settings?.GetValueOrDefault("secret")?.Trim() is { } secret && secret != before["secret"]
            ? [KeyValuePair.Create(StandardWebhook.Previous, before["secret"]), KeyValuePair.Create(StandardWebhook.PreviousUntil, Iso.Recorded(now + StandardWebhook.Overlap))]
            : [];

    private static Refusal? Wrong(IChannel kind, ChannelSettings settings, SaveChannel request)
    {
        foreach (var (name, value) in request.Settings ?? new Dictionary<string, string>())
        {
            var field = kind.Fields.FirstOrDefault(f => f.Name == name && name is not (StandardWebhook.Previous or StandardWebhook.PreviousUntil));
            if (field is null)
            {
                return new Refusal("unknown_setting", "settings." + name, $"这种渠道没有此项设置；应为 {string.Join("、", kind.Fields.Select(f => f.Name))}。", $"This kind has the settings {string.Join(", ", kind.Fields.Select(f => f.Name))}.");
            }

            if (value.Length > field.Longest || value.Any(c => char.IsControl(c) && (c is not ('\n' or '\r') || name != "body")))
            {
                return new Refusal("bad_setting", "settings." + name, $"不得超过 {field.Longest} 个字符，不得含有控制字符。", $"It has at most {field.Longest} characters and no control characters.");
            }
        }

        return kind.Fields.FirstOrDefault(f => f.Required && settings[f.Name].Length == 0) is { } missing
            ? new Refusal(missing.Secret ? "missing_secret" : "missing_setting", "settings." + missing.Name, $"请填写 {missing.Name}。", $"{missing.Name} is required.")
            : kind.Check(settings);
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,31}\z")]
    private static partial Regex Codes();
}

/// <summary>Stores a channel that was checked and sealed, unless somebody else changed it since it was read.</summary>
public sealed record StoreChannel(Caller By, ChannelRow Row) : IRequest<Outcome<ChannelRow>>, IUnitOfWork
{
    /// <summary>Its code only.</summary>
    public override string ToString() => "StoreChannel " + Row.Code;
}

/// <inheritdoc cref="StoreChannel"/>
public sealed class StoreChannelHandler(DeskDb db) : IRequestHandler<StoreChannel, Outcome<ChannelRow>>
{
    /// <inheritdoc/>
    public async Task<Outcome<ChannelRow>> Handle(StoreChannel request, CancellationToken cancellationToken)
    {
        var row = request.Row;
        var stands = await db.Channels.SingleOrDefaultAsync(c => c.Code == row.Code, cancellationToken);
        if ((stands?.Version ?? 0) != row.Version - 1)
        {
            return new Refusal("version_stale", "code", "该渠道刚被他人修改，请重新读取后再试。", "Somebody else has just changed the channel; read it again.");
        }

        if (stands is null)
        {
            db.Channels.Add(row);
        }
        else
        {
            // How it does is not of those who set it up.
            (stands.Name, stands.Enabled, stands.Settings, stands.Secrets, stands.Version) = (row.Name, row.Enabled, row.Settings, row.Secrets, row.Version);
            (stands.ChangedAt, stands.ChangedBy, stands.HeldUntil, stands.BrokenAt, stands.BrokenBecause) = (row.ChangedAt, row.ChangedBy, null, null, null);
        }

        db.Log(request.By, stands is null ? "channel_added" : "channel_changed", row.ChangedAt, row.Code, $"{row.Kind} {(row.Enabled ? "on" : "off")}");
        return row;
    }
}
