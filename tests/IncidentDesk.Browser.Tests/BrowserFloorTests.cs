using System.Text.RegularExpressions;
using IncidentDesk.Tests;

namespace IncidentDesk.Browser.Tests;

/// <summary>The oldest browser that is promised is Chromium 78, as office machines and phones have it; none is at hand, so its scripts and sheets are read for what it lacks.</summary>
public sealed class BrowserFloorTests
{
    private static readonly (string What, string Pattern)[] NotInScripts =
    [
        ("?.", @"\?\.(?!\d)"), ("??", @"\?\?"), ("logical assignment", @"(\|\||&&)="), ("replaceAll", @"\.replaceAll\("), (".at()", @"\.at\("), ("structuredClone", @"\bstructuredClone\b"),
        ("hasOwn", @"\bhasOwn\("), ("findLast", @"\.findLast"), ("allSettled or any", @"Promise\.(allSettled|any|withResolvers)\b"), ("AbortSignal.timeout or any", @"AbortSignal\.(timeout|any)"),
        ("randomUUID", @"\brandomUUID\b"), ("replaceChildren", @"\.replaceChildren\("), ("WeakRef", @"\bWeakRef\b"), ("private members", @"[{;.]\s*#\w+\s*[(=;]"), ("static block", @"\bstatic\s*\{"),
        ("await outside a function", @"(?m)^await\b"), ("import", @"(?m)^\s*(import|export)\b"), ("a digit separator", @"\b\d+_\d"), ("toSorted and its like", @"\.to(Sorted|Reversed|Spliced)\("),
        ("regular expression with lookbehind names or v", @"/[gimsuy]*[vd][gimsuy]*[\s,;)]$"), ("groupBy", @"\.groupBy\("), ("showPopover", @"[Pp]opover"), ("showModal", @"\bshowModal\b|requestSubmit"),
    ];

    private static readonly (string What, string Pattern)[] NotInSheets =
    [
        (":has, :is, :where, :focus-visible", @":(has|is|where)\(|:focus-visible"), ("inset", @"(?<![\w-])inset(-\w+)*\s*:"), ("aspect-ratio", "aspect-ratio"), ("gap", @"(?<![\w-])(row-|column-)?gap\s*:"),
        ("nesting", @"\{[^{}@]*\{"), ("min(), max(), clamp()", @"[\s:(](min|max|clamp)\("), ("@layer, @container, @property, @supports selector", "@(layer|container|property|scope|starting-style)"),
        ("accent-color", "accent-color"), ("color functions", @"color-mix|oklch|\blab\(|light-dark"), ("content-visibility", "content-visibility"), ("margin-inline and its like", @"(margin|padding)-(inline|block)\s*:"),
        ("overflow: clip", @"overflow(-\w)?\s*:\s*clip"), ("place of text", @"text-wrap|scrollbar-gutter|overscroll-behavior-(block|inline)"), ("new units", @"\d(dvh|svh|lvh|dvw|cq[wh])\b"), ("range media", @"@media[^{]*[<>]"),
    ];

    [Fact]
    public void Scripts_and_sheets_keep_to_what_Chromium_78_knows()
    {
        var wrong = new List<string>();
        foreach (var file in Directory.GetFiles(Repo.File("src/IncidentDesk.Web/wwwroot"), "*.*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".js" or ".css"))
        {
            var isScript = Path.GetExtension(file) == ".js";
            var text = Regex.Replace(File.ReadAllText(file), @"/\*.*?\*/", "", RegexOptions.Singleline);
            text = isScript ? Regex.Replace(text, @"'(\\.|[^'\\\n])*'|""(\\.|[^""\\\n])*""", "''") : Regex.Replace(text, @"@(media|page|supports|keyframes)[^{]*\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}", m => (m.Value.Contains('<') ? m.Value[..m.Value.IndexOf('{')] : "") + m.Groups[2].Value);
            wrong.AddRange(from rule in isScript ? NotInScripts : NotInSheets from Match match in Regex.Matches(text, rule.Pattern) select $"{Path.GetFileName(file)}: {rule.What}: {text.Substring(match.Index, Math.Min(60, text.Length - match.Index)).ReplaceLineEndings(" ")}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("script", "var a = b?.c;"), InlineData("script", "a ?? b"), InlineData("script", "s.replaceAll('a', 'b')"), InlineData("script", "list.at(-1)")]
    [InlineData("sheet", ".a { display: flex; gap: 4px; }"), InlineData("sheet", ".a:has(b) { color: red; }"), InlineData("sheet", ".a { color: red; b { color: blue; } }"), InlineData("sheet", ".a { inset: 0; }")]
    public void What_it_lacks_is_seen(string where, string text) =>
        Assert.Contains(where == "script" ? NotInScripts : NotInSheets, rule => Regex.IsMatch(text, rule.Pattern));

    [Theory]
    [InlineData("script", "a ? .5 : b"), InlineData("script", "at('save').focus()"), InlineData("sheet", ".a { box-shadow: inset 0 -3px red; min-width: 3px; }")]
    public void What_it_has_is_let_be(string where, string text) =>
        Assert.DoesNotContain(where == "script" ? NotInScripts : NotInSheets, rule => Regex.IsMatch(text, rule.Pattern));
}
