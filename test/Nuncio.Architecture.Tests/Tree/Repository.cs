namespace Nuncio.Architecture.Tests.Tree;

/// <summary>The tree that these tests were built in, found from where they run. Paths are relative to its root, with slashes.</summary>
internal static class Repository
{
    private static readonly string[] s_notWritten = ["bin", "obj", "artifacts", "corpus", ".git", "BenchmarkDotNet.Artifacts", "results"];

    internal static string Root { get; } = FindRoot();

    internal static string Read(string path) => File.ReadAllText(Full(path));

    internal static bool Exists(string path) => File.Exists(Full(path)) || Directory.Exists(Full(path));

    internal static IEnumerable<string> Folders(string path) => Directory.EnumerateDirectories(Full(path)).Select(Relative).Order();

    /// <summary>Files below a folder with a name that ends like this; without what builds and tools make.</summary>
    internal static List<string> Files(string folder, string suffix)
    {
        List<string> found = [];
        Collect(Full(folder), suffix, found);
        return found;
    }

    /// <summary>The C# files of the product.</summary>
    internal static List<string> Sources() => Files("src", ".cs");

    /// <summary>The pages that people read: those of the root, and all in the folders for them.</summary>
    internal static List<string> Pages() =>
    [
        .. Directory.EnumerateFiles(Root, "*.md").Select(Relative),
        .. Files("docs", ".md"),
        .. Files("examples", ".md"),
    ];

    private static void Collect(string folder, string suffix, List<string> found)
    {
        found.AddRange(Directory.EnumerateFiles(folder).Where(f => f.EndsWith(suffix, StringComparison.Ordinal)).Select(Relative).Order());
        foreach (string below in Directory.EnumerateDirectories(folder).Order())
        {
            if (!s_notWritten.Contains(Path.GetFileName(below)))
            {
                Collect(below, suffix, found);
            }
        }
    }

    private static string Full(string path) => Path.Combine(Root, path);

    private static string Relative(string path) => Path.GetRelativePath(Root, path);

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Nuncio.slnx")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("the tests do not run in the tree");
    }
}
