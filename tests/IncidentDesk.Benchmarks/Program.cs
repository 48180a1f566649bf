using IncidentDesk.Benchmarks;

if (args is ["import-alone", var folder, var ledger])
{
    return await ImportRate.Alone(folder, ledger);
}

var benchmarks = new Dictionary<string, Func<Yardstick, Task>>
{
    ["import"] = ImportRate.Run, ["figures"] = MonthFiguresRatio.Run, ["fold"] = FoldOfAMonth.Run, ["list"] = ListOfAMonth.Run, ["verify"] = VerifyRate.Run,
    ["log"] = LogRate.Run, ["tick"] = TickCost.Run, ["start"] = StartAndIdle.Run, ["delay"] = AlertDelay.Run,
    ["workers"] = SeveralWorkers.Run,
};
var names = args.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).ToList();
var million = args.Select(a => a.StartsWith("--rows=", StringComparison.Ordinal) ? int.Parse(a["--rows=".Length..]) : 0).Append(0).Max();
if (names.Find(n => !benchmarks.ContainsKey(n)) is { } unknown || args.Any(a => a.StartsWith("--", StringComparison.Ordinal) && a != "--server-only" && !a.StartsWith("--rows=", StringComparison.Ordinal)))
{
    Console.Error.WriteLine($"[{string.Join(" | ", benchmarks.Keys)}]… [--rows=N] [--server-only]");
    return 2;
}

Console.WriteLine(Yardstick.Header);
foreach (var yardstick in Yardstick.Engines(million).Where(y => !y.Embedded || !args.Contains("--server-only")))
{
    await using (yardstick)
    {
        foreach (var name in names.Count == 0 ? [.. benchmarks.Keys] : names)
        {
            await benchmarks[name](yardstick);
        }
    }
}

return 0;
