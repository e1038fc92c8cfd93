using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Diagnostics.Runtime;

namespace Nuncio.Server.Stacks;

/// <summary>Walks the managed stack of a thread of another .NET process. Stateless; any thread, one at a time.</summary>
/// <remarks>
/// The library's own way would stop all threads of the process until it has loaded everything. Here nothing stops while it loads; then
/// only the thread in question stands still while its registers and its stack are read. The others may change what the runtime keeps in
/// memory meanwhile, so the library can stumble and even crash: this process, not that one, and who started it tries again.
/// </remarks>
internal static class StackWalker
{
    private const int MaxFrames = 64;
    private const int MaxText = 8 * 1024;

    /// <summary>
    /// A thread may be caught in one of the runtime's own short calls, from which there is no way to its caller; a moment later it is out
    /// of there.
    /// </summary>
    private const int MaxTries = 20;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(7);

    /// <summary>The stack as text, innermost method first, one per line; throws when it cannot be had.</summary>
    internal static string Walk(int process, int thread)
    {
        using (File.OpenRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/mem")))
        {
            // Nothing is read. It is the same permission, and this error says what is wrong.
        }

        if (!Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{thread}")))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"thread {thread} cannot be traced: the process has none of this number"));
        }

        using DataTarget target = DataTarget.AttachToProcess(process, suspend: false);
        ClrInfo clr = target.ClrVersions.FirstOrDefault() ?? throw new InvalidOperationException("there is no .NET runtime in it");

        // Its version is not compared: the library asks for a resource of Windows' files there. What lies beside it belongs to it.
        using ClrRuntime runtime = clr.CreateRuntime(AccessLibrary(clr), ignoreMismatch: true);

        using var pause = new ManualResetEvent(false);
        List<ClrStackFrame> frames;
        TimeSpan still;
        int tries = 0;

        do
        {
            runtime.FlushCachedData();
            frames = WhileStopped(runtime, thread, out still);
        }
        while (!frames.Exists(static f => f.Method is not null) && ++tries < MaxTries && !pause.WaitOne(s_pause));

        if (frames.Count == 0)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"thread {thread} runs no managed code"));
        }

        string text = Print(frames);
        return string.Create(CultureInfo.InvariantCulture, $"{text}  (it stood still for {still.TotalMilliseconds:0.0} ms)\n");
    }

    /// <summary>The library with which the runtime explains itself. It lies beside it; otherwise it would be looked for in the network.</summary>
    private static string AccessLibrary(ClrInfo clr)
    {
        string path = Path.Combine(Path.GetDirectoryName(clr.ModuleInfo.FileName) ?? "", "libmscordaccore.so");
        if (!File.Exists(clr.ModuleInfo.FileName))
        {
            throw new InvalidOperationException($"its runtime was replaced while it ran: {clr.ModuleInfo.FileName}");
        }

        return File.Exists(path) ? path : throw new InvalidOperationException($"its runtime has no {path}");
    }

    private static List<ClrStackFrame> WhileStopped(ClrRuntime runtime, int thread, out TimeSpan still)
    {
        ClrThread[] one = [.. runtime.Threads.Where(t => t.OSThreadId == (uint)thread)];
        using ThreadStop stop = ThreadStop.Begin(thread);
        long start = Stopwatch.GetTimestamp();
        List<ClrStackFrame> frames = [.. one.SelectMany(static t => t.EnumerateStackTrace()).Take(MaxFrames)];
        still = stop.IsStopped ? Stopwatch.GetElapsedTime(start) : TimeSpan.Zero;
        return frames;
    }

    private static string Print(List<ClrStackFrame> frames)
    {
        using var lines = new SourceLines();
        var text = new StringBuilder();
        string last = "";
        bool isInnermost = true;
        foreach (ClrStackFrame frame in frames)
        {
            string name = frame.Method?.Signature ?? (frame.FrameName is { Length: > 0 } kind ? $"[{kind}]" : "[unknown]");
            string line = "  at " + name + lines.Of(frame, isInnermost) + "\n";
            isInnermost = isInnermost && frame.Method is null;
            if (line == last && frame.Method is null)
            {
                continue; // The runtime marks one transition with several frames.
            }

            if (text.Length + line.Length > MaxText)
            {
                text.Append("  ...\n");
                break;
            }

            text.Append(line);
            last = line;
        }

        if (frames.Count == MaxFrames)
        {
            text.Append("  ...\n");
        }

        return text.ToString();
    }
}
