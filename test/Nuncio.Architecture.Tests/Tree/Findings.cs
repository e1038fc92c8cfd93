namespace Nuncio.Architecture.Tests.Tree;

/// <summary>What breaks a rule, gathered so that one run names all of it.</summary>
internal sealed class Findings
{
    private readonly List<string> _items = [];

    internal void Add(string finding) => _items.Add(finding);

    /// <summary>Fails with everything that was found.</summary>
    internal void MustBeNone(string rule) => Assert.True(_items.Count == 0, $"{rule}\n  {string.Join("\n  ", _items)}");
}
