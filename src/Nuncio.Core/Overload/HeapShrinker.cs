using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.IO.Events;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Overload;

/// <summary>
/// <c>shrink_heap</c>: while it is saturated, every 10 s the workers' pools are trimmed and what is free is given back to the system.
/// </summary>
/// <remarks>
/// Owner: main thread. The collection halts all threads for some milliseconds; that is what the operator asked for instead of running
/// out of memory.
/// </remarks>
internal sealed class HeapShrinker : ITimerHandler
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<WorkerContext> _workers;
    private readonly Action _collect;
    private readonly Counter _shrinkCount;
    private readonly Timer _timer;
    private readonly Func<bool> _isActive;

    /// <param name="main">The main thread's loop.</param>
    /// <param name="workers">Whose pools are trimmed.</param>
    /// <param name="scope">Scope of the action's statistics.</param>
    /// <param name="isActive">Whether the action is saturated.</param>
    /// <param name="collect">Collects; null does it in earnest.</param>
    internal HeapShrinker(Dispatcher main, IReadOnlyList<WorkerContext> workers, StatScope scope, Func<bool> isActive, Action? collect)
    {
        _workers = workers;
        _isActive = isActive;
        _collect = collect ?? CollectEverything;
        _shrinkCount = scope.Counter("shrink_count");
        _timer = new Timer(main.Timers, this);
    }

    internal void Start() => _timer.Arm(s_interval);

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        _timer.Arm(s_interval);
        if (!_isActive())
        {
            return;
        }

        _shrinkCount.Inc();
        foreach (WorkerContext worker in _workers)
        {
            Dispatcher dispatcher = worker.Dispatcher;
            dispatcher.Post(() =>
            {
                dispatcher.Blocks.Trim();
                dispatcher.Trimming?.Invoke();
            });
        }

        // What the workers let go of just now is collected 10 s later; waiting for them would stop the main thread.
        _collect();
    }

    private static void CollectEverything() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
