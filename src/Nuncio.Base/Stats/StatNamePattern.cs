using System.Text.RegularExpressions;

namespace Nuncio.Base.Stats;

/// <summary>A predicate on full stat names: exact, prefix, suffix, contained text or regular expression. Immutable.</summary>
public sealed class StatNamePattern
{
    private enum PatternKind
    {
        Exact,
        Prefix,
        Suffix,
        Contains,
        Regex,
    }

    private readonly PatternKind _kind;
    private readonly string _text;
    private readonly StringComparison _comparison;
    private readonly Regex? _regex;

    private StatNamePattern(PatternKind kind, string text, bool ignoreCase, Regex? regex = null)
    {
        _kind = kind;
        _text = text;
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _regex = regex;
    }

    /// <summary>The whole name is <paramref name="text"/>.</summary>
    public static StatNamePattern Exact(string text, bool ignoreCase = false) => new(PatternKind.Exact, text, ignoreCase);

    /// <summary>The name begins with <paramref name="text"/>.</summary>
    public static StatNamePattern Prefix(string text, bool ignoreCase = false) => new(PatternKind.Prefix, text, ignoreCase);

    /// <summary>The name ends with <paramref name="text"/>.</summary>
    public static StatNamePattern Suffix(string text, bool ignoreCase = false) => new(PatternKind.Suffix, text, ignoreCase);

    /// <summary>The name has <paramref name="text"/> in it.</summary>
    public static StatNamePattern Contains(string text, bool ignoreCase = false) => new(PatternKind.Contains, text, ignoreCase);

    /// <summary>
    /// The whole name matches an expression. False where the expression is not valid or would need backtracking.
    /// </summary>
    public static bool TryRegex(string expression, out StatNamePattern pattern, out string error)
    {
        bool ok = StatRegex.TryCompile($"^(?:{expression})$", out Regex? regex, out error);
        pattern = new StatNamePattern(PatternKind.Regex, expression, ignoreCase: false, regex);
        return ok;
    }

    /// <summary>Whether a name matches.</summary>
    public bool IsMatch(string name) => _kind switch
    {
        PatternKind.Exact => name.Equals(_text, _comparison),
        PatternKind.Prefix => name.StartsWith(_text, _comparison),
        PatternKind.Suffix => name.EndsWith(_text, _comparison),
        PatternKind.Contains => name.Contains(_text, _comparison),
        _ => _regex is not null && _regex.IsMatch(name),
    };
}
