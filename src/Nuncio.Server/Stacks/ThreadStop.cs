using System.Globalization;
using System.Runtime.InteropServices;

namespace Nuncio.Server.Stacks;

/// <summary>One thread of another process that stands still, with all registers readable, until this ends. ptrace(2).</summary>
/// <remarks>
/// Owner: the thread that began it, for the kernel counts it as the tracer and takes its words only. A process that dies lets go what it
/// traces. While the thread stands still a garbage collection there has to wait for it, and everybody with it.
/// </remarks>
internal sealed partial class ThreadStop : IDisposable
{
    private const int Detach = 17;
    private const int Seize = 0x4206;
    private const int Interrupt = 0x4207;
    private const int NoHang = 1;
    private const int AnyChild = 0x40000000; // __WALL: threads, too.
    private const int EventStop = 128;
    private const int Tries = 200;

    private readonly int _thread;
    private nint _signal;

    private ThreadStop(int thread) => _thread = thread;

    /// <summary>False for a thread that the kernel cannot stop, because it waits for a disk.</summary>
    internal bool IsStopped { get; private set; }

    public void Dispose()
    {
        if (IsStopped)
        {
            _ = Trace(Detach, _thread, 0, _signal);
        }
    }

    /// <summary>Stops it. Seizing instead of attaching sends no signal that the process could see.</summary>
    internal static ThreadStop Begin(int thread)
    {
        if (Trace(Seize, thread, 0, 0) != 0)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"thread {thread} cannot be traced: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}"));
        }

        var stop = new ThreadStop(thread);
        _ = Trace(Interrupt, thread, 0, 0);
        stop.Await();
        return stop;
    }

    /// <summary>It stops at once, or within its time slice; 200 ms are for one in the middle of a system call that cannot be interrupted.</summary>
    private void Await()
    {
        using var never = new ManualResetEvent(false);
        for (int i = 0; i < Tries; i++)
        {
            if (Wait(_thread, out int status, AnyChild | NoHang) == _thread)
            {
                IsStopped = true;

                // It may have stopped for a signal on its way, the runtime's own for example, which it then has to get.
                _signal = status >> 16 == EventStop ? 0 : (status >> 8) & 0xFF;
                return;
            }

            never.WaitOne(1);
        }
    }

    // Safety: with these four requests the kernel takes numbers and writes nothing.
    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial nint Trace(nint request, int thread, nint address, nint data);

    // Safety: writes one number, where the marshaller says.
    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int Wait(int thread, out int status, int options);
}
