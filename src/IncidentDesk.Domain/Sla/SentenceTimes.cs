namespace IncidentDesk.Domain.Sla;

/// <summary>Instants and lengths of time as the sentences of <see cref="Arithmetic"/> write them: seconds and years stand only where they matter.</summary>
public static class SentenceTimes
{
    /// <summary>For example <c>24小时0分1秒</c>.</summary>
    public static string Zh(long seconds) => Duration(seconds, "小时", "分", "秒", "");

    /// <summary>For example <c>24 h 0 min 1 s</c>.</summary>
    public static string En(long seconds) => Duration(seconds, " h", " min", " s", " ");

    /// <summary>
    /// Writes one sentence. Its instants carry the year once they lie in several years, and seconds where these are not zero; where less than a minute decides the verdict
    /// all of them carry seconds. <paramref name="word"/> puts a wall clock into words: with the year or not, and with the format of its time of day.
    /// </summary>
    public static string Write(
        Arithmetic a, Zone zone, Func<DateTimeOffset, bool, string, string> word, Func<Arithmetic, Func<Instant, string>, string> text)
    {
        var close = a.ExcludedAs is null && Math.Abs(a.OfficialSec - a.LimitSec) < 60
            && new[] { a.StartAt, a.DueAt, a.ResolvedAt ?? a.AsOf }.Any(t => t is { } at && zone.Local(at).Second != 0);
        var years = new HashSet<int>();
        var plain = text(a, at => Word(at, false));
        return years.Count > 1 ? text(a, at => Word(at, true)) : plain;

        string Word(Instant at, bool year)
        {
            var local = zone.Local(at);
            years.Add(local.Year);
            return word(local, year, close || local.Second != 0 ? "HH:mm:ss" : "HH:mm");
        }
    }

    // No zero at either end, and none left out between: 24小时0分1秒, 24小时, 20分.
    private static string Duration(long seconds, string hour, string minute, string second, string between)
    {
        var (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        List<string> words = [];
        if (h > 0)
        {
            words.Add($"{h}{hour}");
        }

        if (m > 0 || (h > 0 && s > 0))
        {
            words.Add($"{m}{minute}");
        }

        if (s > 0 || seconds == 0)
        {
            words.Add($"{s}{second}");
        }

        return string.Join(between, words);
    }
}
