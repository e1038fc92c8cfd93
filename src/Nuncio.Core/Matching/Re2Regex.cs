using System.Buffers;
using System.Text.Unicode;

namespace Nuncio.Core.Matching;

/// <summary>
/// A regular expression in RE2's language (github.com/google/re2, Syntax), with RE2's promise: time linear in the text, whatever
/// the pattern. Immutable; any thread. Envoy: type.matcher.v3.RegexMatcher.
/// </summary>
/// <remarks>
/// The pattern is parsed here, which refuses what RE2 refuses, and handed to .NET's non-backtracking engine in a spelling that
/// means the same there. That engine works on UTF-16, so a text is widened first; what is not UTF-8 matches nothing, as in RE2.
/// Difference: a character above U+FFFF is two to <c>.</c> and to negated classes.
/// </remarks>
public sealed class Re2Regex
{
    /// <summary>Envoy's default limit of a pattern's program (re2.max_program_size.error_level).</summary>
    public const int DefaultMaxProgramSize = 100;

    /// <summary>Patterns longer than this are refused unseen.</summary>
    private const int MaxPatternLength = 16 * 1024;

    /// <summary>Bytes of a text that are widened on the stack.</summary>
    private const int StackLimit = 512;

    private readonly string _translated;
    private readonly RegexPerThread _full;

    private Re2Regex(string pattern, string translated, int groups)
    {
        Pattern = pattern;
        GroupCount = groups;
        _translated = translated;
        _full = new RegexPerThread(@"\A(?:" + translated + @")\z");
    }

    /// <summary>The pattern as written.</summary>
    public string Pattern { get; }

    /// <summary>Capturing groups in it.</summary>
    public int GroupCount { get; }

    /// <summary>Compiles a pattern; false, and why, when it is none or too large.</summary>
    public static bool TryCompile(string pattern, out Re2Regex regex, out string error, ulong maxProgramSize = DefaultMaxProgramSize)
    {
        regex = null!;
        if (pattern.Length > MaxPatternLength)
        {
            error = $"a regular expression of {pattern.Length} characters is longer than the {MaxPatternLength} allowed";
            return false;
        }

        if (!Re2Translator.TryTranslate(pattern, out Re2Translation translation, out error))
        {
            return false;
        }

        if ((ulong)translation.Size > maxProgramSize)
        {
            error = $"the regular expression's program size of about {translation.Size} is above the limit of {maxProgramSize}; "
                + "raise runtime key re2.max_program_size.error_level if it must be so";
            return false;
        }

        try
        {
            regex = new Re2Regex(pattern, translation.Pattern, translation.GroupCount);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // The engine has a limit of its own on the automaton's size.
            error = "the regular expression is too large";
            return false;
        }
    }

    /// <summary>Whether the pattern matches the whole text.</summary>
    public bool IsFullMatch(ReadOnlySpan<byte> text)
    {
        if (text.Length <= StackLimit)
        {
            Span<char> room = stackalloc char[StackLimit];
            return TryWiden(text, room, out int length) && _full.Current.IsMatch(room[..length]);
        }

        char[] rented = ArrayPool<char>.Shared.Rent(text.Length);
        bool matches = TryWiden(text, rented, out int count) && _full.Current.IsMatch(rented.AsSpan(0, count));
        ArrayPool<char>.Shared.Return(rented);
        return matches;
    }

    /// <summary>The pattern for finding matches anywhere in a text.</summary>
    internal RegexPerThread ForSearch() => new(_translated);

    /// <summary>Widens UTF-8; a text has no more UTF-16 units than bytes. False when it is not UTF-8.</summary>
    internal static bool TryWiden(ReadOnlySpan<byte> text, Span<char> into, out int length) =>
        Utf8.ToUtf16(text, into, out _, out length, replaceInvalidSequences: false) == OperationStatus.Done;
}
