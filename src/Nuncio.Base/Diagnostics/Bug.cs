using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Nuncio.Base.Diagnostics;

/// <summary>
/// The three levels of a broken invariant: <see cref="System.Diagnostics.Debug.Assert(bool)"/> for what is provable and cheap,
/// <see cref="Report"/> for what must not happen but can be survived, <see cref="Fatal"/> for what cannot.
/// </summary>
/// <remarks>Any thread. In tests <see cref="ThrowOnReport"/> is set, so that a survived bug still fails the test.</remarks>
public static class Bug
{
    private static readonly ConcurrentDictionary<(string File, int Line), int> s_seen = new();
    private static long s_count;

    /// <summary>Bugs reported so far (<c>server.envoy_bug_failures</c>).</summary>
    public static long Count => Interlocked.Read(ref s_count);

    /// <summary>Makes <see cref="Report"/> throw. Tests set it.</summary>
    public static bool ThrowOnReport { get; set; }

    /// <summary>Where the first report of each place goes; the process sets it to its log.</summary>
    public static Action<string>? Reported { get; set; }

    /// <summary>Counts a survived bug; the first of each place is logged, later ones only counted.</summary>
    public static void Report(string message, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Interlocked.Increment(ref s_count);
        if (ThrowOnReport)
        {
            throw new InvalidOperationException($"bug: {message} ({Path.GetFileName(file)}:{line})");
        }

        if (s_seen.TryAdd((file, line), 0))
        {
            Reported?.Invoke($"bug: {message} ({Path.GetFileName(file)}:{line})");
        }
    }

    /// <summary>Ends the process: going on would corrupt or leak other people's data.</summary>
    [DoesNotReturn]
    public static void Fatal(string message) => Environment.FailFast("nuncio: " + message);
}
