using System.Text.RegularExpressions;
using Nuncio.Architecture.Tests.Tree;

namespace Nuncio.Architecture.Tests.Docs;

/// <summary>docs/coverage.md claims that things work; this holds it to naming proofs that exist.</summary>
public sealed partial class CoverageTests
{
    private const string Page = "docs/coverage.md";

    [Fact]
    public void EveryTestNamed_Exists()
    {
        Dictionary<string, string> classes = TestClasses();
        var findings = new Findings();
        int named = 0;
        foreach (Match name in TestPattern().Matches(Repository.Read(Page)))
        {
            named++;
            string method = name.Groups[2].Value;
            if (!classes.TryGetValue(name.Groups[1].Value, out string? text))
            {
                findings.Add($"{name.Value}: no such class");
            }
            else if (!HasTest(text, method))
            {
                findings.Add($"{name.Value}: no such test in the class");
            }
        }

        findings.MustBeNone("Coverage names tests that exist.");
        Assert.InRange(named, 100, 100_000);
    }

    [Fact]
    public void EveryRow_HasAProofOrSaysWhatIsMissing()
    {
        var findings = new Findings();
        HashSet<string> seen = [];
        foreach (Match row in RowPattern().Matches(Repository.Read(Page)))
        {
            string id = row.Groups[1].Value;
            string state = row.Groups[2].Value.Trim();
            string proof = row.Groups[3].Value;
            if (!seen.Add(id))
            {
                findings.Add($"{id}: twice");
            }

            if (state is not ("works" or "partial" or "missing"))
            {
                findings.Add($"{id}: \"{state}\" is no state");
            }
            else if (state == "works" && !TestPattern().IsMatch(proof))
            {
                findings.Add($"{id}: works, but no test proves it");
            }
            else if (state != "works" && row.Groups[4].Value.Trim().Length == 0)
            {
                findings.Add($"{id}: {state}, but not what is missing");
            }
        }

        findings.MustBeNone("A row works and has a test, or says what is missing.");
        Assert.InRange(seen.Count, 150, 700);
    }

    /// <summary>Whether the class has this method, with [Fact] or [Theory] in the lines above it.</summary>
    private static bool HasTest(string text, string method)
    {
        string[] lines = text.Split('\n');
        int at = Array.FindIndex(lines, line => Regex.IsMatch(line, $@"^    public (static )?(async )?\w+ {method}\("));
        for (int i = at - 1; i > 0 && lines[i].Length > 0 && lines[i] is not ("    {" or "    }"); i--)
        {
            if (lines[i].StartsWith("    [Fact", StringComparison.Ordinal) || lines[i].StartsWith("    [Theory", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text of every test class, by its name; parts of one class together.</summary>
    private static Dictionary<string, string> TestClasses()
    {
        Dictionary<string, string> classes = [];
        foreach (string path in Repository.Files("test", "Tests.cs"))
        {
            string name = Path.GetFileName(path).Split('.')[0];
            classes[name] = classes.GetValueOrDefault(name, "") + Repository.Read(path);
        }

        return classes;
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex TestPattern();

    [GeneratedRegex(@"^\| ([A-Z]{2,3}-\d\d) [^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex RowPattern();
}
