using System.Text.RegularExpressions;
using Nuncio.Architecture.Tests.Tree;

namespace Nuncio.Architecture.Tests.Docs;

/// <summary>What the pages point at is there.</summary>
public sealed partial class PageTests
{
    [Fact]
    public void Links_LeadSomewhere()
    {
        var findings = new Findings();
        foreach (string page in Repository.Pages())
        {
            foreach (Match link in LinkPattern().Matches(WithoutCode(Repository.Read(page))))
            {
                string target = link.Groups[1].Value.Split('#')[0];
                if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !Repository.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)))
                {
                    findings.Add($"{page}: {target}");
                }
            }
        }

        findings.MustBeNone("Links between pages resolve.");
    }

    [Fact]
    public void PathsInBackticks_Exist()
    {
        var findings = new Findings();
        foreach (string page in Repository.Pages())
        {
            foreach (Match path in PathPattern().Matches(Repository.Read(page)))
            {
                foreach (string one in Expand(path.Groups[1].Value))
                {
                    if (!one.Contains('*', StringComparison.Ordinal) && !one.Contains('<', StringComparison.Ordinal) && !Repository.Exists(one.TrimEnd('/')))
                    {
                        findings.Add($"{page}: {one}");
                    }
                }
            }
        }

        findings.MustBeNone("Paths of the tree that the pages name exist.");
    }

    /// <summary>A page is linked, or the folder that it is in when pages there are found by their names.</summary>
    [Fact]
    public void Index_NamesEveryPage()
    {
        var findings = new Findings();
        string index = Repository.Read("docs/README.md");
        foreach (string page in Repository.Files("docs", ".md").Where(p => p != "docs/README.md"))
        {
            string path = page["docs/".Length..];
            if (!index.Contains($"]({path})", StringComparison.Ordinal) && !index.Contains($"]({path.Split('/')[0]})", StringComparison.Ordinal))
            {
                findings.Add(page);
            }
        }

        findings.MustBeNone("docs/README.md is the way to every page.");
    }

    [Fact]
    public void EveryPackage_HasItsReason()
    {
        var findings = new Findings();
        string page = Repository.Read("docs/dependencies.md");
        foreach (Match package in PackagePattern().Matches(Repository.Read("Directory.Packages.props")))
        {
            string name = package.Groups[1].Value;
            if (!page.Contains(name, StringComparison.Ordinal) && !page.Contains("." + name.Split('.')[^1], StringComparison.Ordinal))
            {
                findings.Add(name);
            }
        }

        findings.MustBeNone("A package has a row in docs/dependencies.md: why this one, what else was considered.");
    }

    private static string WithoutCode(string text) => CodePattern().Replace(text, "");

    /// <summary><c>src/{A,B}/c</c> is <c>src/A/c</c> and <c>src/B/c</c>.</summary>
    private static IEnumerable<string> Expand(string path)
    {
        int open = path.IndexOf('{', StringComparison.Ordinal);
        int close = path.IndexOf('}', StringComparison.Ordinal);
        return open < 0 || close < open
            ? [path]
            : path[(open + 1)..close].Split(',').SelectMany(part => Expand(path[..open] + part.Trim() + path[(close + 1)..]));
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"`((?:src|test|docs|eng|api|examples|bench/load|bench/Nuncio)[\w.\-]*/[^`\s]+)`")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex CodePattern();

    [GeneratedRegex("<PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex PackagePattern();
}
