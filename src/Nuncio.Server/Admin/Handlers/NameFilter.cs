using System.Text.RegularExpressions;

namespace Nuncio.Server.Admin.Handlers;

/// <summary>A regular expression on names, or none. Immutable.</summary>
internal sealed class NameFilter
{
    private readonly Regex? _regex;

    private NameFilter(Regex? regex) => _regex = regex;

    /// <summary>The filter of a parameter; no expression lets all names through. False with the reason when it is not valid.</summary>
    internal static bool TryParse(string? expression, bool wholeName, out NameFilter filter, out string error)
    {
        error = "";
        filter = new NameFilter(null);
        if (expression is null)
        {
            return true;
        }

        try
        {
            // The engine without backtracking: its time is bounded by the length of the name, as RE2's.
            string pattern = wholeName ? $"^(?:{expression})$" : expression;
            filter = new NameFilter(new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
            return true;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            error = failure.Message;
            return false;
        }
    }

    /// <summary>Whether a name passes.</summary>
    internal bool Matches(string name) => _regex is null || _regex.IsMatch(name);
}
