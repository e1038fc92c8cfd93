using Nuncio.IO.Events;
using Nuncio.IO.Timers;

namespace Nuncio.Server.Lifecycle;

/// <summary>
/// Gives memory back to the system after a load has gone. The data plane makes no garbage, so without load nothing would ever start the
/// collector, and what thousands of closed connections left behind would stay.
/// </summary>
/// <remarks>
/// Owner: main thread. When connections have fallen to half of their peak, the heap is collected and compacted, which halts the
/// workers for some milliseconds; once more later, when the workers' pools have shrunk. A small peak is not worth it.
/// </remarks>
internal sealed class MemoryReclaimer : ITimerHandler
{
    /// <summary>Fewer connections than this at the peak leave nothing behind that is worth a collection.</summary>
    private const int SmallestPeak = 500;

    /// <summary>A configuration that took less leaves nothing behind that is worth a collection.</summary>
    private const long MinAllocatedByLoading = 32 * 1024 * 1024;

    private const int NoCollection = -1;
    private const int FirstCollection = 2;
    private const int SecondCollection = 8;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(3);

    private static long s_allocatedAtLastLoad;

    private readonly Func<long> _connections;
    private readonly Action _collect;
    private readonly Timer _timer;
    private long _peak;
    private int _ticksOfQuiet = NoCollection;

    /// <param name="main">The main thread's loop.</param>
    /// <param name="connections">Counts connections.</param>
    /// <param name="collect">Collects; null does it in earnest.</param>
    internal MemoryReclaimer(Dispatcher main, Func<long> connections, Action? collect = null)
    {
        _connections = connections;
        _collect = collect ?? CollectEverything;
        _timer = new Timer(main.Timers, this);
    }

    internal void Start() => _timer.Arm(s_interval);

    /// <summary>
    /// A configuration was read, which may have left garbage that nothing else would ever collect. At the start all of it goes back to the
    /// system; while workers serve, a collection beside them frees it without halting them for long.
    /// </summary>
    internal static void AfterLoading(bool isServing)
    {
        long allocated = GC.GetTotalAllocatedBytes();
        if (allocated - Interlocked.Exchange(ref s_allocatedAtLastLoad, allocated) < MinAllocatedByLoading)
        {
            return;
        }

        if (isServing)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
        else
        {
            CollectEverything();
        }
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        _timer.Arm(s_interval);
        long now = _connections();
        if (now > _peak)
        {
            _peak = now;
            _ticksOfQuiet = NoCollection; // Load is coming back: not now.
        }
        else if (_peak >= SmallestPeak && now <= _peak / 2)
        {
            _peak = now;
            _ticksOfQuiet = 0;
        }

        if (_ticksOfQuiet == NoCollection)
        {
            return;
        }

        _ticksOfQuiet++;
        if (_ticksOfQuiet is FirstCollection or SecondCollection)
        {
            _collect();
        }

        if (_ticksOfQuiet == SecondCollection)
        {
            _ticksOfQuiet = NoCollection;
        }
    }

    private static void CollectEverything() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
