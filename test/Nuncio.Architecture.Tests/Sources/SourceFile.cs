using System.Text.RegularExpressions;
using Nuncio.Architecture.Tests.Tree;

namespace Nuncio.Architecture.Tests.Sources;

/// <summary>A C# file of the product, read as text: the rules here are about how things are written, not about what they mean.</summary>
internal sealed partial class SourceFile(string path)
{
    private readonly string _text = Repository.Read(path);

    internal string Path => path;

    internal string Name => System.IO.Path.GetFileName(path);

    internal string[] Lines => _text.TrimEnd('\n').Split('\n');

    /// <summary>The namespace it declares; empty when none.</summary>
    internal string Namespace => NamespacePattern().Match(_text).Groups[1].Value;

    /// <summary>The namespace of its folder: <c>src/Nuncio.Core/Routing</c> is Nuncio.Core.Routing.</summary>
    internal string FolderNamespace => System.IO.Path.GetDirectoryName(path)!["src/".Length..].Replace('/', '.');

    /// <summary>The types declared at the left margin, as (kind, name); a partial type that comes twice counts once.</summary>
    internal List<(string Kind, string Name)> Types =>
        [.. TypePattern().Matches(_text).Select(m => (m.Groups[1].Value, m.Groups[2].Value)).Distinct()];

    /// <summary>The codes that it switches off, one entry for each code and directive.</summary>
    internal List<string> DisabledWarnings =>
        [.. PragmaPattern().Matches(_text).SelectMany(m => m.Groups[1].Value.Split("//")[0].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    internal static List<SourceFile> All() => [.. Repository.Sources().Select(p => new SourceFile(p))];

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|ref|unsafe|partial) )*"
        + @"(class|interface|enum|delegate \S+|record struct|record class|record|struct) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"^\s*#pragma warning disable(.*)$", RegexOptions.Multiline)]
    private static partial Regex PragmaPattern();
}
