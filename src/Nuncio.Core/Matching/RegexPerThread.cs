using System.Text.RegularExpressions;

namespace Nuncio.Core.Matching;

/// <summary>
/// One compiled pattern for each thread that uses it: .NET's regex object keeps one spare interpreter and makes garbage when two
/// threads want it at once. Any thread; a thread's first use compiles.
/// </summary>
internal sealed class RegexPerThread
{
    /// <summary>Threads that share a place share an object, which is right and only slower.</summary>
    private const int Places = 16;

    private readonly string _pattern;
    private readonly Regex?[] _regexes = new Regex?[Places];

    /// <summary>Compiles for this thread, so that a wrong or too large pattern is known now.</summary>
    internal RegexPerThread(string pattern)
    {
        _pattern = pattern;
        _ = Current;
    }

    /// <summary>This thread's object.</summary>
    internal Regex Current
    {
        get
        {
            ref Regex? place = ref _regexes[Environment.CurrentManagedThreadId & (Places - 1)];
            return Volatile.Read(ref place) ?? Make(ref place);
        }
    }

    private Regex Make(ref Regex? place)
    {
        var made = new Regex(_pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        return Interlocked.CompareExchange(ref place, made, null) ?? made;
    }
}
