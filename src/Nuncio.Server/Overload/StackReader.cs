using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Nuncio.Server.Stacks;

namespace Nuncio.Server.Overload;

/// <summary>
/// Reads the managed stack of a thread of this process, which the runtime shows to nobody inside: a second process of the same executable
/// (<see cref="StackCommand"/>) looks at this one and tells what it saw.
/// </summary>
/// <param name="executable">What to start.</param>
/// <param name="arguments">What comes before the numbers of process and thread.</param>
/// <param name="patience">How long it may take; then it is killed.</param>
/// <remarks>
/// Immutable; any thread that may wait. The second process inherits no socket, all of them close on exec, and knows nothing of the
/// service manager.
/// </remarks>
internal sealed partial class StackReader(string executable, string[] arguments, TimeSpan patience)
{
    /// <summary>The variable of the environment that switches stacks off with the value <c>off</c>.</summary>
    private const string Switch = "NUNCIO_WATCHDOG_STACK";

    /// <summary>Of output, in characters.</summary>
    private const int MaxText = 16 * 1024;

    /// <summary>It looks at memory that changes while it looks, and may crash over what it sees; the next time it sees something else.</summary>
    private const int MaxTries = 3;

    /// <summary>A process that a signal ended has a code above this.</summary>
    private const int SignalCodes = 128;

    /// <summary><c>PR_SET_PTRACER</c>, prctl(2).</summary>
    private const int SetTracer = 0x59616d61;

    /// <summary>What systemd says to its main process, and what would make the second process open ports or write files.</summary>
    private static readonly string[] s_notForIt =
    [
        "NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID", "WATCHDOG_PID", "WATCHDOG_USEC",
        "DOTNET_DbgEnableMiniDump", "DOTNET_EnableEventPipe", "DOTNET_DiagnosticPorts", "DOTNET_STARTUP_HOOKS",
    ];

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <summary>How long it may take.</summary>
    internal TimeSpan Patience { get; } = patience;

    /// <summary>One that starts this executable; null when the environment says that there shall be none.</summary>
    internal static StackReader? FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(Switch) == "off")
        {
            return null;
        }

        // Run by the dotnet command, or inside of another program, the executable is not that of the process.
        string? own = Environment.ProcessPath;
        (string path, string[] first) = Path.GetFileName(own) == "dotnet"
            ? (own!, [Path.Combine(AppContext.BaseDirectory, "nuncio.dll"), StackCommand.Name])
            : (Path.Combine(AppContext.BaseDirectory, "nuncio"), (string[])[StackCommand.Name]);
        return new StackReader(path, first, TimeSpan.FromSeconds(5));
    }

    /// <summary>Reads it: true with one line for each method, innermost first; false with the reason.</summary>
    internal bool TryRead(int thread, CancellationToken stop, out string text)
    {
        bool isRight;
        int tries = 0;
        TimeSpan left = Patience;
        do
        {
            isRight = TryOnce(thread, stop, ref left, out text, out bool hasCrashed);
            if (!hasCrashed)
            {
                break;
            }
        }
        while (++tries < MaxTries && left > TimeSpan.Zero);

        return isRight;
    }

    private bool TryOnce(int thread, CancellationToken stop, ref TimeSpan left, out string text, out bool hasCrashed)
    {
        hasCrashed = false;
        try
        {
            using Process process = Process.Start(StartOf(thread))!;
            Allow(process.Id);
            process.StandardInput.Close();
            bool isRight = EndsInTime(process, stop, ref left, out text);
            hasCrashed = process.HasExited && process.ExitCode > SignalCodes && left > TimeSpan.Zero;
            Allow(0);
            return isRight;
        }
        catch (Exception failure) when (failure is ExternalException or InvalidOperationException or IOException)
        {
            text = $"{executable}: {failure.Message}";
            return false;
        }
    }

    private ProcessStartInfo StartOf(int thread)
    {
        string[] numbers = [Environment.ProcessId.ToString(CultureInfo.InvariantCulture), thread.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(executable, [.. arguments, .. numbers])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string variable in s_notForIt)
        {
            start.Environment.Remove(variable);
        }

        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }

    /// <summary>Waits for its end. What it writes is less than what a pipe holds, so it needs nobody who reads along.</summary>
    private bool EndsInTime(Process process, CancellationToken stop, ref TimeSpan left, out string text)
    {
        for (; !process.WaitForExit(s_look); left -= s_look)
        {
            if (stop.IsCancellationRequested || left <= TimeSpan.Zero)
            {
                left = TimeSpan.Zero;
                process.Kill();
                process.WaitForExit(s_look);
                text = string.Create(CultureInfo.InvariantCulture, $"it took longer than {Patience.TotalMilliseconds} ms");
                return false;
            }
        }

        text = Bounded(process.ExitCode == 0 ? process.StandardOutput : process.StandardError);
        text = text.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"{executable} ended with code {process.ExitCode} and said nothing") : text;
        return process.ExitCode == 0;
    }

    private static string Bounded(StreamReader reader)
    {
        char[] text = new char[MaxText];
        return new string(text, 0, reader.ReadBlock(text)).Trim('\n');
    }

    /// <summary>
    /// Where the kernel lets only ancestors trace (Yama, ptrace_scope 1), the process has to name who may. Elsewhere it is an error that
    /// changes nothing; 0 takes it back.
    /// </summary>
    private static void Allow(int process) => _ = Control(SetTracer, (nuint)process, 0, 0, 0);

    // Safety: numbers only.
    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);
}
