using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Clocks;

/// <summary>How this host's clock stands by the NTP server of the settings, as it was last asked; both null where none is set.</summary>
public sealed record ReadNtp : IRequest<NtpState>;

/// <summary>A clock that is wrong; or that the server gives no answer, by which the desk serves none the worse.</summary>
public sealed record NtpState(string? Wrong, string? Silent);

/// <inheritdoc cref="ReadNtp"/>
public sealed class ReadNtpHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<ReadNtp, NtpState>
{
    // Two hourly checks, and the minutes until they were rung for.
    private const int SilenceSec = 7_500;

    /// <inheritdoc/>
    public async Task<NtpState> Handle(ReadNtp request, CancellationToken cancellationToken)
    {
        if (settings.Ntp is not { } server)
        {
            return new NtpState(null, null);
        }

        var (now, since) = (clock.GetUtcNow(), clock.GetUtcNow().AddSeconds(-SilenceSec));
        var name = $"{server.Host}:{server.Port}";
        var last = await db.ClockChecks.AsNoTracking().Where(c => c.Host == ClockWatch.Host && c.Source == ClockSource.Ntp && c.At > since && c.At <= now)
            .OrderByDescending(c => c.At).FirstOrDefaultAsync(cancellationToken);
        return last is null ? new NtpState(null, $"clock: the NTP server {name} was not asked yet")
            : last.Failed ? new NtpState(null, $"clock: the NTP server {name} gives no time ({last.Failure}), asked at {Iso.Recorded(last.At)}")
            : last.ToReading() is { Wrong: true, Offset: { } offset }
                ? new NtpState(string.Create(CultureInfo.InvariantCulture, $"clock: {offset.TotalSeconds:+0.0;-0.0} s from the NTP server's at {Iso.Recorded(last.At)}"), null)
            : new NtpState(null, null);
    }
}
