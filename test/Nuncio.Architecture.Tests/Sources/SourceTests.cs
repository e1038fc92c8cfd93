using System.Text.RegularExpressions;
using Nuncio.Architecture.Tests.Tree;

namespace Nuncio.Architecture.Tests.Sources;

/// <summary>How the product's files are laid out, so that everything is where one looks for it.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 600;

    /// <summary>Files without a namespace.</summary>
    private static readonly string[] s_noNamespace = ["src/Nuncio.IO/Interop/AssemblyInterop.cs"];

    /// <summary>Files that hold something else than one type and the small ones used only with it.</summary>
    private static readonly string[] s_severalTypes =
    [
        // A contract of three words that are read together: the answers of a filter to headers, data and trailers.
        "src/Nuncio.Core/HttpFilters/HttpFilterStatus.cs",
        // The generic list and the factory by which the compiler makes it from [...].
        "src/Nuncio.Core/Clusters/EquatableList.cs",
        // Two enums of the command line, each one line.
        "src/Nuncio.Server/CommandLine/RunMode.cs",
    ];

    /// <summary>The only places that do what is banned elsewhere.</summary>
    private static readonly string[] s_usesBanned =
    [
        "src/Nuncio.Base/Time/SystemClock.cs", // the machine's clocks, behind Clock
        "src/Nuncio.Core/Dns/SystemDnsResolver.cs", // the system's resolver and its thread pool, behind DnsResolver
    ];

    /// <summary>The only places of the data plane's assemblies that take a lock, none of them on a request's path.</summary>
    private static readonly string[] s_locks = ["src/Nuncio.Base/Stats/StatsStore.cs"];

    [Fact]
    public void Sources_AreFound() => Assert.InRange(SourceFile.All().Count, 400, 10_000);

    [Fact]
    public void Namespace_IsTheFolder()
    {
        var findings = new Findings();
        foreach (SourceFile file in SourceFile.All())
        {
            if (file.Namespace != file.FolderNamespace && !s_noNamespace.Contains(file.Path) && file.Name != "Program.cs")
            {
                findings.Add($"{file.Path}: \"{file.Namespace}\"");
            }
        }

        findings.MustBeNone("A type's namespace says in which folder it is, in one file-scoped line.");
    }

    [Fact]
    public void File_IsNamedAsItsFirstOrOnlyType()
    {
        var findings = new Findings();
        foreach (SourceFile file in SourceFile.All())
        {
            string name = file.Name.Split('.')[0];
            if (file.Types.Count > 0 && file.Types.TrueForAll(t => t.Name != name) && !s_severalTypes.Contains(file.Path))
            {
                findings.Add($"{file.Path}: {string.Join(", ", file.Types.Select(t => t.Name))}");
            }
        }

        findings.MustBeNone("A file has the name of its type.");
    }

    /// <summary>
    /// Beside it may be small types (enums, structs, interfaces, records) used with it, a provider's maker, and the filter that
    /// goes with a provider: they are read together, and each alone would be a file of ten lines.
    /// </summary>
    [Fact]
    public void File_HoldsOneTypeOfSubstance()
    {
        var findings = new Findings();
        foreach (SourceFile file in SourceFile.All())
        {
            string name = file.Name.Split('.')[0];
            IEnumerable<string> others = file.Types
                .Where(t => t.Name != name && t.Kind == "class" && !t.Name.EndsWith("Maker", StringComparison.Ordinal) && !IsFamily(name, t.Name))
                .Select(t => t.Name);
            if (others.Any() && !s_severalTypes.Contains(file.Path))
            {
                findings.Add($"{file.Path}: also {string.Join(", ", others)}");
            }
        }

        findings.MustBeNone("One type per file; small ones used only with it may sit beside it.");
    }

    [Fact]
    public void File_IsNotTooLong()
    {
        var findings = new Findings();
        foreach (SourceFile file in SourceFile.All())
        {
            if (file.Lines.Length > LongestFile)
            {
                findings.Add($"{file.Path}: {file.Lines.Length} lines");
            }
        }

        findings.MustBeNone($"Past {LongestFile} lines look for the second thing that a file does.");
    }

    [Fact]
    public void Warnings_AreSwitchedOffOnlyWhereItIsKnown()
    {
        var findings = new Findings();
        foreach (SourceFile file in SourceFile.All())
        {
            foreach (string code in file.DisabledWarnings)
            {
                if (code != "RS0030" || !s_usesBanned.Contains(file.Path))
                {
                    findings.Add($"{file.Path}: {code}");
                }
            }

            if (file.Lines.Any(line => line.Contains("SuppressMessage", StringComparison.Ordinal) || line.StartsWith("#nullable", StringComparison.Ordinal)))
            {
                findings.Add($"{file.Path}: SuppressMessage or #nullable");
            }
        }

        findings.MustBeNone("Warnings are errors; what is switched off is in the lists of this test, with its reason.");
    }

    /// <summary>What the banned symbols cannot say, because these are words of the language.</summary>
    [Fact]
    public void DataPlane_HasNoLockAndNoAsync()
    {
        var findings = new Findings();
        foreach (SourceFile file in SourceFile.All().Where(f => IsDataPlane(f.Path) && !s_locks.Contains(f.Path)))
        {
            foreach (string line in file.Lines.Where(line => LockPattern().IsMatch(line.Split("//")[0])))
            {
                findings.Add($"{file.Path}: {line.Trim()}");
            }
        }

        findings.MustBeNone("Everything a worker touches is its own: no lock, no async, no await.");
    }

    [Fact]
    public void EveryType_SaysWhatItIs()
    {
        var findings = new Findings();
        foreach (SourceFile file in SourceFile.All().Where(f => f.Types.Count > 0 && !f.Name.Contains('.', StringComparison.Ordinal) | IsMainPart(f)))
        {
            int namespaceLine = Array.FindIndex(file.Lines, line => line.StartsWith("namespace ", StringComparison.Ordinal));
            if (!file.Lines.Skip(namespaceLine + 1).Any(line => line.StartsWith("/// <summary>", StringComparison.Ordinal)))
            {
                findings.Add(file.Path);
            }
        }

        findings.MustBeNone("Every type has a comment that says what it is.");
    }

    [Fact]
    public void Sources_HaveNoUnfinishedBusiness()
    {
        var findings = new Findings();
        foreach (SourceFile file in SourceFile.All())
        {
            foreach (string line in file.Lines.Where(line => UnfinishedPattern().IsMatch(line)))
            {
                findings.Add($"{file.Path}: {line.Trim()}");
            }
        }

        findings.MustBeNone("What is to be done is an issue, not a comment.");
    }

    private static bool IsMainPart(SourceFile file) => file.Name.Count(c => c == '.') == 1;

    private static bool IsDataPlane(string path) =>
        path.StartsWith("src/Nuncio.Base/", StringComparison.Ordinal) || path.StartsWith("src/Nuncio.IO/", StringComparison.Ordinal)
        || path.StartsWith("src/Nuncio.Http/", StringComparison.Ordinal) || path.StartsWith("src/Nuncio.Core/", StringComparison.Ordinal)
        || path.StartsWith("src/Nuncio.Extensions/", StringComparison.Ordinal);

    /// <summary>Http1Error and Http1Errors, AdminFilter and AdminFilterProvider, ConfigNode and ConfigNodeKind: one idea.</summary>
    private static bool IsFamily(string name, string other) =>
        other.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(other, StringComparison.Ordinal);

    [GeneratedRegex(@"\b(lock ?\(|async [\w<>\[\]]+ \w+\(|await )")]
    private static partial Regex LockPattern();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex UnfinishedPattern();
}
