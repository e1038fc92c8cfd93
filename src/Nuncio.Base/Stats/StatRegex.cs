using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Nuncio.Base.Stats;

/// <summary>Compiles the regular expressions of stats configuration and admin queries. Any thread.</summary>
/// <remarks>Always the engine without backtracking: its time is linear in the input, as RE2's is.</remarks>
internal static class StatRegex
{
    /// <summary>Longest expression taken (the <c>max_bytes</c> of Envoy's TagSpecifier).</summary>
    private const int MaxLength = 1024;

    internal static bool TryCompile(string expression, [NotNullWhen(true)] out Regex? regex, out string error)
    {
        regex = null;
        if (expression.Length > MaxLength)
        {
            error = $"regular expression longer than {MaxLength} characters";
            return false;
        }

        try
        {
            regex = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            error = "";
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // NotSupportedException: look-around and back-references, which RE2 does not have either, and oversized automata.
            error = e.Message;
            return false;
        }
    }
}
