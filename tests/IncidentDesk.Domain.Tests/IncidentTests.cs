using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class IncidentTests
{
    [Fact]
    public void The_fold_goes_by_seq_however_the_entries_come()
    {
        var folded = Incident.Of(Number(1), PausedFault.Entries.Reverse());

        Assert.Equal([1, 2, 3, 4], folded.Entries.Select(e => e.Seq));
        Assert.Equal((4, At(3, 11, 0).ToUtc()), (folded.LastSeq, folded.LastRecorded));
        Assert.True(folded.Paused);
    }

    [Fact]
    public void An_open_fault_knows_what_was_logged()
    {
        var open = OpenFault.Incident;

        Assert.Equal((FaultKind.Rental, "RNT-WATER-02", "P3"), (open.Kind, open.Category, open.Severity));
        Assert.Equal((true, false, false), (open.Open, open.Paused, open.Closed));
        Assert.Equal((null, null, null), (open.ResolvedAt, open.LastReopenedAt, open.MergedInto));
    }

    [Fact]
    public void What_was_voided_in_a_pause_is_neither_open_nor_paused()
    {
        var voided = PausedFault.And(At(3, 12, 0), new Voided(FalseAlarm, MergeTests.Ok)).Incident;

        Assert.Equal((false, false, true), (voided.Open, voided.Paused, voided.Closed));
    }

    [Fact]
    public void A_stream_that_does_not_begin_with_its_log_is_no_incident()
    {
        Assert.Throws<InvalidDataException>(() => Incident.Of(Number(1), []));
        Assert.Throws<InvalidDataException>(() => Incident.Of(Number(1), RespondedFault.Entries.Skip(1)));
    }

    [Fact]
    public void A_request_that_says_not_who_asked_is_no_request()
    {
        var nameless = OpenFault.Entries.Append(new Entry(2, At(3, 10, 0), At(3, 10, 0).ToUtc(), new Requested("v", new VoidSubject(FalseAlarm))));

        Assert.Throws<InvalidDataException>(() => Incident.Of(Number(1), nameless));
    }

    [Fact]
    public void Looking_ahead_changes_nothing()
    {
        var incident = RespondedFault.Incident;

        Assert.False(incident.FactsWith(At(3, 12, 0), new Resolved(FixedOnSite)).Open);
        Assert.True(incident.Open);
        Assert.Equal(2, incident.Entries.Count);
    }

    [Fact]
    public void A_merge_written_twice_names_its_duplicate_once()
    {
        var again = MergeTests.Merged.Master.And(At(3, 10, 0), new DuplicateAbsorbed(Number(2), At(3, 8, 0)));

        Assert.Equal([Number(2)], again.Incident.Absorbed);
    }
}
