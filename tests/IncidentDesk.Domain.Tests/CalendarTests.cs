using CsCheck;
using IncidentDesk.Domain.Sla;
using static IncidentDesk.Domain.Tests.OfficialCalendars;
using static IncidentDesk.Domain.Tests.WallTime;

namespace IncidentDesk.Domain.Tests;

/// <summary>
/// Calendars against a model that asks of every second whether it counts (D7). The model knows Guangzhou's wall clock as UTC + 8 hours and shares nothing
/// with the product but the versions and lists given to both.
/// </summary>
public class CalendarTests
{
    private static readonly DateOnly FirstDay = Day("2025-12-20");

    private static readonly Gen<DateOnly> AnyDay = Gen.Int[0, 90].Select(FirstDay.AddDays);

    // Up to three windows on whole minutes, apart or touching; the last may end at midnight.
    private static readonly Gen<DayWindow[]> Windows = Gen.Int[0, 1440].Array[2, 6].Select(cuts =>
    {
        var minutes = cuts.Distinct().Order().ToArray();
        return Enumerable.Range(0, minutes.Length / 2)
            .Select(i => new DayWindow(Minute(minutes[2 * i]), Minute(minutes[(2 * i) + 1]))).ToArray();

        static TimeOnly Minute(int m) => TimeOnly.MinValue.AddMinutes(m);
    });

    private static readonly Gen<CalendarVersion> Version = Gen.Select(AnyDay, Gen.Int[0, 3], Windows, (day, mode, windows) => mode switch
    {
        0 => new CalendarVersion(day, CalendarMode.Calendar, []),
        1 => new CalendarVersion(day, CalendarMode.Workday24, []),
        2 => new CalendarVersion(day, CalendarMode.WorkHours, [new(new(8, 30), new(12, 0)), new(new(14, 0), new(17, 30))]),
        _ => new CalendarVersion(day, CalendarMode.WorkHours, windows),
    });

    // A list of 2026 that takes force in the middle of the year, over the shipped ones.
    private static readonly Gen<OfficialYear> LaterList = Gen.Select(
        AnyDay, Gen.Select(Gen.Int[0, 80], Gen.Bool).Array[0, 20],
        (validFrom, days) => new OfficialYear(2026, validFrom, "later", [.. days.DistinctBy(d => d.Item1)
            .Select(d => new OfficialDay(Day("2026-01-01").AddDays(d.Item1), d.Item2, "x"))]));

    private static readonly Gen<(CalendarVersion[] Versions, OfficialYear[] Lists)> AnyLine =
        Gen.Select(Version.Array[1, 3], LaterList.Array[0, 2]).Select((versions, later) =>
            (versions.DistinctBy(v => v.ValidFrom).Select((v, i) => i == 0 ? v with { ValidFrom = DateOnly.MinValue } : v).ToArray(),
             Years.Where(y => y.Year == 2025 || later.Length != 1).Concat(later.DistinctBy(l => l.ValidFrom)).ToArray()));

    private static readonly Gen<Instant> AnyInstant = Gen.Int[0, 70 * 86_400].Select(s => At("2025-12-20 00:00").Plus(s));

    [Fact]
    public void Counted_time_is_the_number_of_seconds_that_count() => Gen.Select(AnyLine, AnyInstant, Gen.Int[-10, 3 * 86_400]).Sample(
        (line, from, length) =>
        {
            var model = new Model(line.Versions, line.Lists);
            Assert.Equal(model.Counted(from, from.Plus(length), 1), Calendar(line).Counted(from, from.Plus(length)));
        },
        iter: 150);

    [Fact]
    public void Counted_time_over_months_is_the_number_of_minutes_that_count() => Gen.Select(AnyLine, Gen.Int[0, 50_000], Gen.Int[0, 90_000]).Sample(
        (line, start, minutes) =>
        {
            var from = At("2025-12-20 00:00").Plus(start * 60L);
            var to = from.Plus(minutes * 60L);
            Assert.Equal(new Model(line.Versions, line.Lists).Counted(from, to, 60), Calendar(line).Counted(from, to));
        },
        iter: 100);

    [Fact]
    public void Adding_and_counting_are_inverse_and_the_due_time_is_the_earliest() => Gen.Select(AnyLine, AnyInstant, Gen.Int[1, 400_000]).Sample(
        (line, from, seconds) =>
        {
            var calendar = Calendar(line);
            if (calendar.Add(from, seconds) is { } due)
            {
                Assert.Equal(seconds, calendar.Counted(from, due));
                Assert.Equal(seconds - 1, calendar.Counted(from, due.Plus(-1)));
            }
            else
            {
                Assert.True(calendar.Counted(from, from.Plus(3_650 * 86_400L)) < seconds);
            }

            Assert.Equal(from, calendar.Add(from, 0));
        },
        iter: 1_000);

    [Fact]
    public void Stretches_count_as_much_together_as_each_by_itself() => Gen.Select(AnyLine, AnyInstant, Gen.Int[0, 90_000].Array[2, 9]).Sample(
        (line, from, steps) =>
        {
            var calendar = Calendar(line);
            var stretches = new List<Interval>();
            for (var i = 0; i + 1 < steps.Length; i += 2)
            {
                stretches.Add(new Interval(from.Plus(steps[i]), from.Plus(steps[i] + (long)steps[i + 1])));
                from = stretches[^1].To;
            }

            Assert.Equal(stretches.Sum(s => calendar.Counted(s.From, s.To)), calendar.Counted(stretches));
        },
        iter: 500);

    [Fact]
    public void A_later_version_or_list_never_changes_a_day_that_has_passed() => Gen.Select(AnyLine, AnyDay, Windows, LaterList, AnyInstant).Sample(
        (line, today, windows, list, from) =>
        {
            var later = (
                Versions: line.Versions.Append(new CalendarVersion(today, CalendarMode.WorkHours, windows)).ToArray(),
                Lists: line.Lists.Append(list with { ValidFrom = today }).ToArray());
            var midnight = Zone.Shanghai.StartOf(today);
            Assert.Equal(Calendar(line).Counted(from, midnight), Calendar(later).Counted(from, midnight));
        },
        iter: 500);

    [Fact]
    public void A_new_list_moves_the_due_time_of_an_open_ticket()
    {
        var before = new WorkCalendar("workday24", Zone.Shanghai, [new(DateOnly.MinValue, CalendarMode.Workday24, [])], OfficialDays.None);
        var after = new WorkCalendar("workday24", Zone.Shanghai, [new(DateOnly.MinValue, CalendarMode.Workday24, [])], Days);

        Assert.Equal(At("2026-05-01 17:00"), before.Add(At("2026-04-30 17:00"), 86_400));
        Assert.Equal(At("2026-05-06 17:00"), after.Add(At("2026-04-30 17:00"), 86_400));
    }

    [Theory]
    [InlineData("2022-01-29", true, "Saturday worked for the Spring Festival")]
    [InlineData("2022-01-30", true, "Sunday worked for the Spring Festival")]
    [InlineData("2022-01-31", false, "Monday, New Year's Eve, off")]
    [InlineData("2022-05-03", false, "Tuesday of the Labour Day week, off")]
    [InlineData("2022-05-07", true, "Saturday worked for Labour Day")]
    [InlineData("2022-05-08", false, "an ordinary Sunday, not listed")]
    [InlineData("2022-10-08", true, "Saturday worked for National Day")]
    [InlineData("2022-10-09", true, "Sunday worked for National Day")]
    [InlineData("2023-01-28", true, "Saturday worked for the Spring Festival")]
    [InlineData("2023-06-25", true, "Sunday worked for the Dragon Boat Festival")]
    [InlineData("2023-09-29", false, "Friday, Mid-Autumn, off")]
    [InlineData("2023-12-30", false, "Saturday of the New Year block that the list leaves to the weekend rule")]
    [InlineData("2024-02-04", true, "Sunday worked for the Spring Festival")]
    [InlineData("2024-02-09", true, "Friday, New Year's Eve, not off in 2024")]
    [InlineData("2024-02-18", true, "Sunday worked for the Spring Festival")]
    [InlineData("2024-09-14", true, "Saturday worked for Mid-Autumn")]
    [InlineData("2024-12-31", true, "an ordinary Tuesday, not listed")]
    [InlineData("2025-01-26", true, "Sunday worked for the Spring Festival")]
    [InlineData("2025-01-28", false, "Tuesday, New Year's Eve, off from 2025 on")]
    [InlineData("2025-02-08", true, "Saturday worked for the Spring Festival")]
    [InlineData("2025-05-02", false, "Friday, second day of Labour Day, off from 2025 on")]
    [InlineData("2025-10-08", false, "Wednesday, eighth day of the joint holiday")]
    [InlineData("2025-10-11", true, "Saturday worked for National Day")]
    [InlineData("2026-01-02", false, "Friday bridged to the weekend")]
    [InlineData("2026-01-04", true, "Sunday worked for the New Year")]
    [InlineData("2026-02-14", true, "Saturday worked for the Spring Festival")]
    [InlineData("2026-02-23", false, "Monday, last day of the nine")]
    [InlineData("2026-02-24", true, "Tuesday, back to work")]
    [InlineData("2026-02-28", true, "Saturday worked for the Spring Festival")]
    [InlineData("2026-05-09", true, "Saturday worked for Labour Day")]
    [InlineData("2026-09-20", true, "Sunday worked for National Day")]
    [InlineData("2026-10-10", true, "Saturday worked for National Day")]
    [InlineData("2027-02-08", true, "a Monday of a year without a list")]
    public void Working_days_follow_the_State_Council(string day, bool works, string why) =>
        Assert.True(works == Days.IsWorkday(Day(day)), $"{day}: {why}");

    [Theory]
    [InlineData(2022, 249)]
    [InlineData(2023, 249)]
    [InlineData(2024, 251)]
    [InlineData(2025, 248)]
    [InlineData(2026, 248)]
    public void A_year_has_as_many_working_days_as_its_notice_says(int year, int days) => Assert.Equal(
        days, Enumerable.Range(0, 366).Select(i => new DateOnly(year, 1, 1).AddDays(i)).Count(d => d.Year == year && Days.IsWorkday(d)));

    [Fact]
    public void A_budget_that_runs_out_as_the_window_ends_is_due_at_that_end_and_not_next_morning()
    {
        Assert.Equal(At("2026-05-08 17:30:00"), Office7h.Add(At("2026-05-08 08:30"), 7 * 3_600));
        Assert.Equal(At("2026-05-09 08:30:01"), Office7h.Add(At("2026-05-08 08:30"), (7 * 3_600) + 1));
        Assert.Equal(At("2026-05-08 12:00:00"), Office7h.Add(At("2026-05-08 08:30"), 3 * 3_600 + 1_800));
        Assert.Equal(At("2026-05-09 00:00:00"), Workday24.Add(At("2026-05-08 00:00"), 86_400));
    }

    [Fact]
    public void Lunch_does_not_count_and_is_no_holiday()
    {
        Assert.Equal(1, Office7h.Counted(At("2026-05-08 11:59:59"), At("2026-05-08 14:00:00")));
        Assert.Equal(2, Office7h.Counted(At("2026-05-08 11:59:59"), At("2026-05-08 14:00:01")));
        Assert.Equal(7 * 3_600, Office7h.Counted(At("2026-05-08 00:00"), At("2026-05-09 00:00")));
    }

    [Fact]
    public void A_week_whose_Monday_is_off_is_not_instantly_overdue() =>
        Assert.Equal(At("2026-02-24 11:00"), Office7h.Add(At("2026-02-14 15:00"), 5 * 3_600));

    [Fact]
    public void A_window_may_last_to_midnight()
    {
        var evenings = Of("evenings", CalendarMode.WorkHours, ("20:00", "00:00"));

        Assert.Equal(4 * 3_600, evenings.Counted(At("2026-05-08 00:00"), At("2026-05-09 00:00")));
        Assert.Equal(At("2026-05-09 00:00"), evenings.Add(At("2026-05-08 12:00"), 4 * 3_600));
    }

    [Fact]
    public void A_calendar_that_counts_nothing_ends_without_a_due_time()
    {
        var nothing = Of("nothing", CalendarMode.WorkHours);

        Assert.Null(nothing.Add(At("2026-05-08 09:00"), 1));
        Assert.Equal(0, nothing.Counted(At("2026-05-08 09:00"), At("2027-05-08 09:00")));
        Assert.Null(Workday24.Add(At("2026-05-08 09:00"), 3_700L * 86_400));
        Assert.InRange(Workday24.Windows(At("2026-05-08 09:00"), Instant.Never).Count(), 2_500, 3_701);
    }

    [Fact]
    public void Every_second_counts_however_far_away_under_24x7() =>
        Assert.Equal(At("2026-05-08 09:00").Plus(20_000L * 86_400), Always.Add(At("2026-05-08 09:00"), 20_000L * 86_400));

    [Fact]
    public void A_year_without_a_list_is_named_unless_every_second_counts()
    {
        Assert.Equal([2027, 2028], Office7h.YearsWithoutList(At("2026-12-31 09:00"), At("2028-01-01 00:00")));
        Assert.Equal([2027], Workday24.YearsWithoutList(At("2027-01-01 00:00"), At("2027-01-01 00:00")));
        Assert.Empty(Office7h.YearsWithoutList(At("2022-01-01 00:00"), At("2026-12-31 23:59:59")));
        Assert.Equal([2021], Office7h.YearsWithoutList(At("2021-12-31 23:59:59"), At("2022-01-01 00:00")));
        Assert.Empty(Office7h.YearsWithoutList(At("2028-01-01 00:00"), At("2027-01-01 00:00")));
        Assert.Empty(Always.YearsWithoutList(At("2027-01-01 00:00"), At("2028-01-01 00:00")));
    }

    [Fact]
    public void The_days_of_a_zone_with_daylight_saving_have_their_true_length()
    {
        var newYork = new WorkCalendar(
            "workday24", Zone.Find("America/New_York")!, [new(DateOnly.MinValue, CalendarMode.Workday24, [])],
            new OfficialDays([new OfficialYear(2026, DateOnly.MinValue, "test", [new(Day("2026-03-08"), true, "x"), new(Day("2026-11-01"), true, "x")])]));

        Assert.Equal(23 * 3_600, newYork.Counted(newYork.Zone.StartOf(Day("2026-03-08")), newYork.Zone.StartOf(Day("2026-03-09"))));
        Assert.Equal(25 * 3_600, newYork.Counted(newYork.Zone.StartOf(Day("2026-11-01")), newYork.Zone.StartOf(Day("2026-11-02"))));
    }

    [Fact]
    public void A_list_is_read_with_its_source_and_takes_force_on_1_January_or_when_recorded()
    {
        const string csv = "\uFEFFdate,kind,name\r\n2027-01-01,holiday,元旦\r\n2027-01-03,workday,元旦\r\n\r\n2028-01-01,holiday,元旦\r\n";

        var (early, refusedEarly) = OfficialDays.Read(csv, "国办发明电〔2026〕7号", Day("2026-11-04"));
        var (late, refusedLate) = OfficialDays.Read(csv, "国办发明电〔2026〕7号", Day("2027-03-01"));

        Assert.Null(refusedEarly);
        Assert.Null(refusedLate);
        Assert.Equal([Day("2027-01-01"), Day("2028-01-01")], early.Select(y => y.ValidFrom));
        Assert.Equal([Day("2027-03-01"), Day("2028-01-01")], late.Select(y => y.ValidFrom));
        Assert.Equal([2027, 2028], early.Select(y => y.Year));
        Assert.All(early, y => Assert.Equal("国办发明电〔2026〕7号", y.Source));
        Assert.Equal([new OfficialDay(Day("2027-01-01"), false, "元旦"), new OfficialDay(Day("2027-01-03"), true, "元旦")], early[0].Days);
        Assert.False(new OfficialDays(early).IsWorkday(Day("2027-01-01")));
        Assert.True(new OfficialDays(early).IsWorkday(Day("2027-01-03")));
        Assert.True(new OfficialDays(late).IsWorkday(Day("2027-01-01")));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("日期,类型,名称\n2027-01-01,holiday,元旦", 1)]
    [InlineData("date,kind,name", 2)]
    [InlineData("date,kind,name\n\n", 2)]
    [InlineData("date,kind,name\n2027-01-01,holiday,元旦\n2027-02-29,holiday,春节", 3)]
    [InlineData("date,kind,name\n2027/01/02,holiday,元旦", 2)]
    [InlineData("date,kind,name\n2027-01-01,off,元旦", 2)]
    [InlineData("date,kind,name\n2027-01-01,holiday", 2)]
    [InlineData("date,kind,name\n2027-01-01,holiday,元旦,x", 2)]
    [InlineData("date,kind,name\n2027-01-01,holiday,元旦\n\n2027-01-01,workday,元旦", 4)]
    public void A_bad_list_is_refused_with_its_line_and_nothing_is_taken(string csv, int line)
    {
        var (years, refused) = OfficialDays.Read(csv, "test", Day("2026-11-04"));

        Assert.Empty(years);
        Assert.Equal(("bad_holiday_list", "file"), (refused!.Code, refused.Field));
        Assert.StartsWith($"第 {line} 行", refused.Zh, StringComparison.Ordinal);
        Assert.StartsWith($"Line {line} ", refused.En, StringComparison.Ordinal);
    }

    private static WorkCalendar Calendar((CalendarVersion[] Versions, OfficialYear[] Lists) line) =>
        new("any", Zone.Shanghai, line.Versions, new OfficialDays(line.Lists));

    /// <summary>Says of one second whether it counts.</summary>
    private sealed class Model(CalendarVersion[] versions, OfficialYear[] lists)
    {
        private readonly Dictionary<long, bool[]> minutes = [];

        public long Counted(Instant from, Instant to, int step)
        {
            long counted = 0;
            for (var s = from.Seconds; s < to.Seconds; s += step)
            {
                var local = s + (8 * 3_600);
                if (!minutes.TryGetValue(local / 86_400, out var day))
                {
                    minutes[local / 86_400] = day = MinutesOf(new DateOnly(1970, 1, 1).AddDays((int)(local / 86_400)));
                }

                counted += day[local % 86_400 / 60] ? step : 0;
            }

            return counted;
        }

        private bool[] MinutesOf(DateOnly day)
        {
            var version = versions.Where(v => v.ValidFrom <= day).OrderBy(v => v.ValidFrom).Last();
            var list = lists.Where(l => l.Year == day.Year && l.ValidFrom <= day).OrderBy(l => l.ValidFrom).LastOrDefault();
            var works = list?.Days.FirstOrDefault(d => d.Date == day)?.Works ?? day.DayOfWeek is >= DayOfWeek.Monday and <= DayOfWeek.Friday;
            return [.. Enumerable.Range(0, 1440).Select(m => version.Mode == CalendarMode.Calendar
                || (works && (version.Mode == CalendarMode.Workday24 || version.Windows.Any(w => Of(w.From) <= m && (m < Of(w.To) || Of(w.To) == 0)))))];

            static int Of(TimeOnly time) => (time.Hour * 60) + time.Minute;
        }
    }
}
