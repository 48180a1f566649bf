using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>When a resolved incident may be opened again (D9).</summary>
public static class ReopenRules
{
    /// <summary>Seconds of the wall clock after a resolve, inclusive; later is a new, linked ticket.</summary>
    public const long WindowSec = 7 * 86_400;

    /// <summary>
    /// Walks resolves and reopens in order of time and tells the first rule broken: <c>reopened_while_open</c> before
    /// <c>reopen_window_passed</c>, whichever comes first in time (R5); null when none is.
    /// </summary>
    public static string? FirstError(IEnumerable<(string Type, Instant At)> events)
    {
        Instant? resolved = null;
        var windowPassed = false;
        foreach (var (type, at) in events)
        {
            if (type == "resolve")
            {
                resolved ??= at;
            }
            else if (type == "reopen")
            {
                if (resolved is not { } since)
                {
                    return "reopened_while_open";
                }

                windowPassed |= at.Since(since) > WindowSec;
                resolved = null;
            }
        }

        return windowPassed ? "reopen_window_passed" : null;
    }
}
