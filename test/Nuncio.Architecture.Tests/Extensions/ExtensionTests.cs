using System.Text;
using Nuncio.Architecture.Tests.Tree;
using Nuncio.Config.Extensibility;
using Nuncio.Extensions;

namespace Nuncio.Architecture.Tests.Extensions;

/// <summary>A feature is a folder, and has its mirror in the tests and its page in the documentation.</summary>
public sealed class ExtensionTests
{
    /// <summary>Folders tested in the folder of their category, because one suite holds for all of them.</summary>
    private static readonly string[] s_testedByCategory = ["AccessLoggers/File", "AccessLoggers/Stream"];

    /// <summary>Folders tested as a part of the whole proxy, from configuration to bytes, because the whole exchange is what they do.</summary>
    private static readonly string[] s_testedWhole = ["HttpFilters/Router", "NetworkFilters/HttpConnectionManager"];

    [Fact]
    public void EveryExtension_IsAFolderOfItsCategory()
    {
        var findings = new Findings();
        foreach (string folder in Features())
        {
            if (!Repository.Exists($"src/Nuncio.Extensions/{folder}") || folder.Split('/').Length != 2)
            {
                findings.Add(folder);
            }
        }

        findings.MustBeNone("An extension lives in src/Nuncio.Extensions/<category>/<name>.");
        Assert.InRange(Features().Count, 5, 1000);
    }

    [Fact]
    public void EveryFeatureFolder_IsRegistered() =>
        Assert.Equal(
            Repository.Folders("src/Nuncio.Extensions").Where(IsCategory).SelectMany(Repository.Folders)
                .Select(f => f["src/Nuncio.Extensions/".Length..]).Order(),
            Features());

    [Fact]
    public void EveryExtension_HasItsTests()
    {
        var findings = new Findings();
        foreach (string folder in Features())
        {
            string tests = "test/Nuncio.Extensions.Tests/" + Mirror(folder);
            if (!Repository.Exists(tests) || Repository.Files(tests, "Tests.cs").Count == 0)
            {
                findings.Add($"{folder}: no tests in {tests}");
            }
        }

        findings.MustBeNone("The tests of an extension are in the folder that mirrors its own.");
    }

    [Fact]
    public void EveryExtension_HasItsPage()
    {
        var findings = new Findings();
        foreach (string folder in Features())
        {
            string page = $"docs/features/{Kebab(folder)}.md";
            if (!Repository.Exists(page))
            {
                findings.Add(page);
            }
        }

        findings.MustBeNone("Every extension has a page: what it does, a configuration that runs, statistics, differences.");
    }

    private static string Mirror(string folder) =>
        s_testedWhole.Contains(folder) ? "Component"
        : s_testedByCategory.Contains(folder) ? Path.GetDirectoryName(folder)!
        : folder;

    private static bool IsCategory(string path) => Path.GetFileName(path) is not ("obj" or "bin");

    /// <summary>The folders of the registered extensions: <c>HttpFilters/Buffer</c>.</summary>
    private static List<string> Features()
    {
        var catalog = new ExtensionCatalog();
        BuiltInExtensions.AddTo(catalog);
        return [.. catalog.All.Select(f => f.GetType().Namespace!["Nuncio.Extensions.".Length..].Replace('.', '/')).Distinct().Order()];
    }

    /// <summary><c>HttpFilters/Buffer</c> is <c>http-filters/buffer</c> where pages are named.</summary>
    private static string Kebab(string folder)
    {
        var text = new StringBuilder();
        foreach (char c in folder)
        {
            if (char.IsUpper(c) && text.Length > 0 && text[^1] != '/')
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
