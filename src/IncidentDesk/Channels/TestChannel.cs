using System.Security.Cryptography;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Channels;

/// <summary>
/// Sends a test message by a channel, on or off, and tells what came of it; to a person's own address where the kind needs one, by default the caller's. One that gets through
/// ends a break. While it is on its way nothing is held, so this is no unit of work.
/// </summary>
public sealed record TestChannel(Caller? By, string Code, string? Person) : IRequest<Outcome<DeliveryOutcome>>;

/// <inheritdoc cref="TestChannel"/>
public sealed class TestChannelHandler(DeskDb db, IServiceProvider services, IEnumerable<IChannel> kinds, IDataProtectionProvider protection, TimeProvider clock)
    : IRequestHandler<TestChannel, Outcome<DeliveryOutcome>>
{
    /// <inheritdoc/>
    public async Task<Outcome<DeliveryOutcome>> Handle(TestChannel request, CancellationToken cancellationToken)
    {
        if (request.By?.Lacks(Right.Channels) is { } denied)
        {
            return denied;
        }

        if (await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Code == request.Code, cancellationToken) is not { } row)
        {
            return SaveChannelHandler.NotFound;
        }

        var (kind, person) = (kinds.Named(row.Kind)!, request.Person ?? request.By?.Person.Id);
        var contact = kind.Reach == Reach.Group ? null : await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.Person == person, cancellationToken);
        var address = kind.Reach == Reach.Email ? contact?.Email : contact?.Phone;
        if (kind.Reach != Reach.Group && address is null)
        {
            return new Refusal("no_contact", "person", "该人员没有登记此渠道所需的联系方式。", "That person has no address that this channel needs.");
        }

        var key = "test." + Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        var message = new ChannelMessage(key, address, "工单时效系统测试消息：收到即表示渠道可用。", "A test message of the incident desk: who reads it knows that the channel works.", "", null, null);
        var outcome = await kind.Try(row, protection, message, cancellationToken);
        await services.SendAlone(new NoteTest(request.By, row.Code, outcome), cancellationToken);
        return outcome;
    }
}

/// <summary>Notes what came of a test.</summary>
public sealed record NoteTest(Caller? By, string Code, DeliveryOutcome Outcome) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="NoteTest"/>
public sealed class NoteTestHandler(DeskDb db, TimeProvider clock) : IRequestHandler<NoteTest, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(NoteTest request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        db.Log(request.By, "channel_tested", now, request.Code, $"{request.Outcome.How} {request.Outcome.Reason}");
        if (request.Outcome.How == Delivered.Sent)
        {
            await db.Channels.Where(c => c.Code == request.Code).ExecuteUpdateAsync(
                set => set.SetProperty(c => c.BrokenAt, (DateTimeOffset?)null).SetProperty(c => c.BrokenBecause, (string?)null).SetProperty(c => c.HeldUntil, (DateTimeOffset?)null), cancellationToken);
        }

        return true;
    }
}

/// <summary>One try.</summary>
internal static class Trying
{
    /// <summary>Sends by a channel as it is stored. Whatever goes wrong is an outcome; what an error says may hold an address, so only its type is kept.</summary>
    public static async Task<DeliveryOutcome> Try(this IChannel kind, ChannelRow? row, IDataProtectionProvider protection, ChannelMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await kind.Send(row?.Open(kind, protection) ?? ChannelKinds.Of(kind.Kind, kind, []), message, cancellationToken);
        }
        catch (CryptographicException)
        {
            return DeliveryOutcome.Broken("secrets_unreadable");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryOutcome.Away("failed: " + e.GetType().Name);
        }
    }
}
