using System.Globalization;

namespace IncidentDesk.Domain.Alerts;

/// <summary>What makes a ladder one that can be climbed: every step understood, each with a name of its own, and never silent at the breach.</summary>
public static class LadderRules
{
    private const int MostRepeats = 20;
    private const int MostSteps = 30;
    private const long LongestSec = 30 * 86_400;

    /// <summary>Reads the steps of a ladder, one a line; the refusal names the line, or what is missing.</summary>
    public static (IReadOnlyList<LadderStep> Steps, Refusal? Refused) Read(string text)
    {
        var lines = text.Split('\n');
        var steps = new List<LadderStep>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            if (Step(lines[i]) is not { } step)
            {
                return ([], Bad($"第 {i + 1} 行不是有效的步骤。", $"Line {i + 1} is not a step: timer, kind, amount, how often, to whom."));
            }

            // Alerts are kept single by timer and name; an extension has one end, and repeats are counted through.
            if (!names.Add(step.Kind is StepKind.Breach or StepKind.Repeat || step.Timer == LadderTimer.Extension ? $"{step.Timer} {step.Kind}" : $"{step.Timer} {step.Kind} {step.Amount}"))
            {
                return ([], Bad($"第 {i + 1} 行与前面的步骤重复。", $"Line {i + 1} is a step that stands already."));
            }

            steps.Add(step);
        }

        return steps.Count > MostSteps ? ([], Bad($"步骤不得超过 {MostSteps} 个。", $"A ladder has {MostSteps} steps at most."))
            : !names.Contains($"{LadderTimer.Resolution} {StepKind.Breach}")
                ? ([], Bad("缺少处理超时告警(resolution breach)这一步，超时将无人知晓。", "The step \"resolution breach\" is missing; nobody would be told of a breach."))
            : (steps, null);
    }

    private static LadderStep? Step(string line)
    {
        var words = line.Split(' ');
        if (words.Length != 5 || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            || !int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var most))
        {
            return null;
        }

        var step = new LadderStep(words[0], words[1], amount, most, words[4].Split(','));
        var known = (step.Timer, step.Kind) switch
        {
            (LadderTimer.Resolution, StepKind.Before) => amount is >= 1 and <= LongestSec && most == 1,
            (LadderTimer.Resolution, StepKind.Breach) or (LadderTimer.Response, StepKind.Breach) or (LadderTimer.Extension, StepKind.Before) => amount == 0 && most == 1,
            (LadderTimer.Resolution, StepKind.Repeat) => amount is >= 60 and <= LongestSec && most is >= 1 and <= MostRepeats,
            (LadderTimer.Response, StepKind.Percent) => amount is >= 1 and <= 99 && most == 1,
            _ => false,
        };
        return known && step.To.All(to => to is Audience.Handler or Audience.OnDuty or Audience.Department) && step.To.Distinct().Count() == step.To.Count ? step : null;
    }

    private static Refusal Bad(string zh, string en) => new("bad_ladder", "content.steps", zh, en);
}
