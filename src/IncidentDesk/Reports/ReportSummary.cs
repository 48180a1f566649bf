using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;

namespace IncidentDesk.Reports;

/// <summary>Everything that a report counts while its tickets pass by; nothing of a ticket is kept but numbers and what the lists print.</summary>
public sealed class ReportSummary(ReportInputs inputs, Zone zone)
{
    private readonly Dictionary<Month, Tally> tallies = inputs.Period.Months.ToDictionary(m => m, _ => default(Tally));
    private readonly List<long> official = [];

    /// <summary>Counts by month of the period.</summary>
    public IReadOnlyDictionary<Month, Tally> Tallies => tallies;

    /// <summary>Counts of the whole period, pooled (D15).</summary>
    public Tally Total => tallies.Values.Aggregate(default(Tally), (sum, tally) => sum + tally);

    /// <summary>总历时 of the resolved tickets that count, in seconds.</summary>
    public long GrossSec { get; private set; }

    /// <summary>计时时长 of the same.</summary>
    public long OfficialSec { get; private set; }

    /// <summary>How many of them there are.</summary>
    public int Resolved => official.Count;

    /// <summary>The middle 计时时长, the lower one of two.</summary>
    public long? MedianOfficialSec
    {
        get
        {
            official.Sort();
            return official.Count == 0 ? null : official[(official.Count - 1) / 2];
        }
    }

    /// <summary>Responses of the tickets that count: in time, late or missing over the limit, not yet due.</summary>
    public Tally Response { get; private set; }

    /// <summary>Tickets on time only thanks to deducted pauses.</summary>
    public List<IncidentNumber> OnlyByPauses { get; } = [];

    /// <summary>Tickets on time only thanks to an approved late completion.</summary>
    public List<IncidentNumber> OnlyByLateCompletion { get; } = [];

    /// <summary>Tickets on time only thanks to the reopen rule.</summary>
    public List<IncidentNumber> OnlyByReopenRule { get; } = [];

    /// <summary>Tickets that a correction of the category moved out of this scope (改类后移出指标).</summary>
    public List<IncidentNumber> MovedOut { get; } = [];

    /// <summary>Void and duplicate tickets.</summary>
    public List<ReportTicket> Exclusions { get; } = [];

    /// <summary>Those of them that were approved when the ticket's time had run out: listed apart (D11, D22).</summary>
    public IReadOnlyList<IncidentNumber> ExcludedAfterDue => [.. Exclusions.Where(t => t.Arithmetic.ExcludedAfterDue).Select(t => t.Number)];

    /// <summary>Tickets that were imported: their times were not taken by this system.</summary>
    public int Imported { get; private set; }

    /// <summary>Tickets entered late (补录).</summary>
    public int LateLogged { get; private set; }

    /// <summary>Tickets with approved corrections.</summary>
    public int Corrected { get; private set; }

    /// <summary>Years for which some clock met no official list (D7).</summary>
    public SortedSet<int> YearsWithoutList { get; } = [];

    /// <summary>Takes a ticket of any scope; true when it belongs to the report.</summary>
    public bool Take(ReportTicket ticket)
    {
        if (ticket.Scope != inputs.Scope)
        {
            if (ticket.LoggedScope == inputs.Scope)
            {
                MovedOut.Add(ticket.Number);
            }

            return false;
        }

        var (reading, clock) = (ticket.Reading, ticket.Facts.Clock);
        var month = zone.MonthOf(reading.ReportedAt);
        tallies[month] = tallies[month].With(reading.Outcome);
        LateLogged += clock.LateLogged(ticket.Policy) ? 1 : 0;
        Corrected += clock.Corrections.Count > 0 ? 1 : 0;
        Imported += ticket.AsLogged.Imported ? 1 : 0;
        YearsWithoutList.UnionWith(reading.YearsWithoutList);
        if (reading.Outcome == Outcome.Excluded)
        {
            Exclusions.Add(ticket);
            return true;
        }

        Response = Response.With(
            reading.ResponseBreached ? Outcome.Breached : reading.FirstResponseAt is null ? Outcome.Pending : Outcome.OnTime);
        if (!reading.Open)
        {
            official.Add(reading.OfficialElapsedSec);
            GrossSec += reading.GrossElapsedSec;
            OfficialSec += reading.OfficialElapsedSec;
        }

        AddIf(ticket.OnlyByPauses, OnlyByPauses);
        AddIf(ticket.OnlyByLateCompletion, OnlyByLateCompletion);
        AddIf(ticket.OnlyByReopenRule, OnlyByReopenRule);
        return true;

        void AddIf(bool yes, List<IncidentNumber> list)
        {
            if (yes)
            {
                list.Add(ticket.Number);
            }
        }
    }

    /// <summary>Whether the period can be closed.</summary>
    public bool Closable(Rules rules) => inputs.Closable(rules, Total.Pending);
}
