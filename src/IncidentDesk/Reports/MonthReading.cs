using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;

namespace IncidentDesk.Reports;

/// <summary>
/// A report of a month, and what its page draws and lists besides: counts by day and by place, the breached tickets, and those that a correction or a merge brought here from
/// another month or took away to one. What is counted is counted of the tickets that the report itself takes.
/// </summary>
public sealed class MonthReading
{
    private MonthReading()
    {
    }

    /// <summary>The report, without its lines.</summary>
    public Report Report { get; private set; } = null!;

    /// <summary>How many tickets were folded for it, of every scope.</summary>
    public int Folded { get; private set; }

    /// <summary>Counts by the day of the effective reportedAt; days without any are left out.</summary>
    public Dictionary<DateOnly, Tally> Days { get; } = [];

    /// <summary>Counts by town, for faults of information systems by system; the code is empty where none was recorded.</summary>
    public Dictionary<Coded, Tally> Places { get; } = [];

    /// <summary>The breached ones, which cost the points.</summary>
    public TicketList Breached { get; } = new();

    /// <summary>Those logged with a reportedAt of another month that stand here now.</summary>
    public TicketList CameIn { get; } = new();

    /// <summary>Those of this scope logged with a reportedAt of this month that stand in another one now.</summary>
    public TicketList WentOut { get; } = new();

    /// <summary>Folds the month.</summary>
    public static async Task<MonthReading> Read(DeskDb db, Desk desk, ReportInputs inputs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reading = new MonthReading();
        reading.Report = await Report.Read(db, desk, inputs, now, (ticket, belongs) => reading.See(ticket, belongs, inputs, desk.Zone), cancellationToken);
        return reading;
    }

    private void See(ReportTicket ticket, bool belongs, ReportInputs inputs, Zone zone)
    {
        Folded++;
        var loggedHere = inputs.Period.Contains(zone.MonthOf(ticket.ReportedAsLogged));
        if (!belongs)
        {
            WentOut.AddIf(loggedHere && ticket.Scope == inputs.Scope && !ticket.BelongsTo(inputs.Period, zone), ticket);
            return;
        }

        var (day, outcome, details) = (zone.DayOf(ticket.Reading.ReportedAt), ticket.Reading.Outcome, ticket.Facts.Details);
        var place = (details.Kind == FaultKind.System ? details.System : details.Town) ?? new Coded("", "");
        Days[day] = Days.GetValueOrDefault(day).With(outcome);
        Places[place] = Places.GetValueOrDefault(place).With(outcome);
        Breached.AddIf(outcome == Outcome.Breached, ticket);
        CameIn.AddIf(!loggedHere, ticket);
    }
}

/// <summary>The first tickets of a list by number, and how many it has; the exports hold all.</summary>
public sealed class TicketList
{
    /// <summary>How many are kept.</summary>
    public const int Most = 200;

    private readonly List<ReportTicket> first = [];

    /// <summary>The first ones.</summary>
    public IReadOnlyList<ReportTicket> First => first;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    internal void AddIf(bool yes, ReportTicket ticket)
    {
        Count += yes ? 1 : 0;
        if (yes && first.Count < Most)
        {
            first.Add(ticket);
        }
    }
}
