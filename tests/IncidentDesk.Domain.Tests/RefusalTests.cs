using System.Reflection;
using System.Text.RegularExpressions;
using IncidentDesk.Domain.Incidents;
using static IncidentDesk.Domain.Tests.Scenarios;

namespace IncidentDesk.Domain.Tests;

public sealed class RefusalTests
{
    private static readonly Refusal[] All =
    [
        .. typeof(Refusals).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (Refusal)f.GetValue(null)!),
        Refusals.InFuture(Strict.Zone, Reported),
        Refusals.ReportedAfterNow(Strict.Zone, Reported),
    ];

    [Fact]
    public void Every_refusal_has_a_stable_code_a_field_and_a_sentence_in_both_languages()
    {
        Assert.True(All.Length > 40);
        Assert.All(All, r =>
        {
            Assert.Matches("^[a-z]+(_[a-z]+)+$", r.Code);
            Assert.Matches("^[a-z][a-zA-Z]+$", r.Field);
            Assert.Matches(@"\p{IsCJKUnifiedIdeographs}.*。$", r.Zh);
            Assert.Matches(@"^[A-Z][\x20-\x7E]*\.$", r.En);
        });
    }

    [Fact]
    public void No_two_refusals_say_the_same() => Assert.Equal(All.Length, All.Select(r => r.Zh).Distinct().Count());

    [Fact]
    public void No_refusal_calls_a_single_ticket_an_accident() =>
        Assert.DoesNotContain(All, r => Regex.IsMatch(r.Zh, "事故") || Regex.IsMatch(r.En, "accident"));
}
