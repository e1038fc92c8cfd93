using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Nuncio.Base.Stats;

/// <summary>Finds a tag by a regular expression: configured ones, and the default tags that tokens cannot describe.</summary>
/// <remarks>Group 1 is removed from the name; group 2, or group 1 where there is no second, is the value.</remarks>
internal sealed class RegexTagExtractor : TagExtractor
{
    private readonly string _expression;
    private readonly string _mustContain;
    private Regex? _regex;

    /// <summary>
    /// A default tag. The expression, which must be valid, is compiled when a name first has <paramref name="mustContain"/> in
    /// it, because making one takes longer than all else at start and most processes need few.
    /// </summary>
    internal RegexTagExtractor(string tagName, string expression, string firstToken, string mustContain)
        : base(tagName, firstToken)
    {
        _expression = expression;
        _mustContain = mustContain;
    }

    internal static bool TryMake(
        string tagName, string expression, [NotNullWhen(true)] out RegexTagExtractor? extractor, out string error)
    {
        extractor = null;
        if (!StatRegex.TryCompile(expression, out Regex? regex, out error))
        {
            return false;
        }

        if (regex.GetGroupNumbers().Length < 2)
        {
            error = "the regular expression of a tag needs a capture group";
            return false;
        }

        extractor = new RegexTagExtractor(tagName, expression, "", "") { _regex = regex };
        return true;
    }

    /// <inheritdoc/>
    internal override bool TryExtract(string name, out TagMatch match)
    {
        match = default;
        if (!name.Contains(_mustContain, StringComparison.Ordinal))
        {
            return false;
        }

        _regex ??= new Regex(_expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        Match found = _regex.Match(name);
        Group removed = found.Groups[1];
        if (!found.Success || !removed.Success)
        {
            return false;
        }

        Group value = found.Groups[2].Success ? found.Groups[2] : removed;
        match = new TagMatch(value.Index..(value.Index + value.Length), removed.Index..(removed.Index + removed.Length));
        return true;
    }
}
