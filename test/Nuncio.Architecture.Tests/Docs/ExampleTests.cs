using Nuncio.Architecture.Tests.Tree;

namespace Nuncio.Architecture.Tests.Docs;

/// <summary>An example is a configuration, a page and a test that starts it.</summary>
public sealed class ExampleTests
{
    [Fact]
    public void EveryExample_IsComplete()
    {
        var findings = new Findings();
        string tests = string.Concat(Repository.Files("test", "ExampleTests.cs").Concat(Repository.Files("test/Nuncio.Integration.Tests", "ExampleTests.cs"))
            .Where(p => !p.Contains("Architecture", StringComparison.Ordinal)).Select(Repository.Read));
        foreach (string example in Repository.Folders("examples"))
        {
            foreach (string file in new[] { "nuncio.yaml", "README.md" })
            {
                if (!Repository.Exists($"{example}/{file}"))
                {
                    findings.Add($"{example}: no {file}");
                }
            }

            if (!tests.Contains($"\"{Path.GetFileName(example)}\"", StringComparison.Ordinal))
            {
                findings.Add($"{example}: no test in an ExampleTests.cs starts it");
            }
        }

        findings.MustBeNone("An example has a configuration, a page and a test that starts it.");
        Assert.NotEmpty(Repository.Folders("examples"));
    }

    [Fact]
    public void EveryExample_ListensOnLoopbackOnly()
    {
        var findings = new Findings();
        foreach (string file in Repository.Files("examples", ".yaml"))
        {
            string text = Repository.Read(file);
            if (text.Contains("0.0.0.0", StringComparison.Ordinal) || text.Contains("\"::\"", StringComparison.Ordinal))
            {
                findings.Add(file);
            }
        }

        findings.MustBeNone("An example that somebody tries does not open the machine to the network.");
    }
}
