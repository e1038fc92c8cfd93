using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.IO.Events;

namespace Nuncio.Core.Watchdogs;

/// <summary>
/// Watches that the main thread and the workers come back to their loops, from a thread of its own. Envoy has two such threads; here
/// one looks after both groups.
/// </summary>
/// <remarks>Made, started and stopped by the main thread. It reads what the loops show (<see cref="Dispatcher.Iterations"/>) and never waits for them.</remarks>
public sealed class Watchdog
{
    private readonly WatchdogGroup[] _groups;
    private readonly Clock _clock;
    private readonly ManualResetEvent _stop = new(false);
    private readonly Thread _thread;

    /// <param name="config">The times of both groups.</param>
    /// <param name="main">The main thread's loop.</param>
    /// <param name="workers">The workers' loops.</param>
    /// <param name="root">Root scope of the statistics, main thread's cells.</param>
    /// <param name="clock">The monotonic clock.</param>
    /// <param name="events">Who is told.</param>
    public Watchdog(
        WatchdogsConfig config, Dispatcher main, IReadOnlyList<Dispatcher> workers, StatScope root, Clock clock, IWatchdogEvents events)
    {
        _clock = clock;
        StatScope server = root.SubScope("server");
        long now = clock.MonotonicNanos;
        var ofMain = new WatchdogGroup("main_thread", config.Main, main, root, events);
        ofMain.Watch(new WatchedThread("main_thread", main, server, now));
        var ofWorkers = new WatchdogGroup("workers", config.Workers, main, root, events);
        foreach (Dispatcher worker in workers)
        {
            ofWorkers.Watch(new WatchedThread(worker.Name, worker, server, now));
        }

        _groups = [ofMain, ofWorkers];
        Interval = ofMain.Interval < ofWorkers.Interval ? ofMain.Interval : ofWorkers.Interval;
        _thread = new Thread(Run) { Name = "watchdog", IsBackground = true };
    }

    /// <summary>How often it looks.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Begins to watch. Once.</summary>
    public void Start() => _thread.Start();

    /// <summary>Ends before the threads do, which are not stuck when they are gone.</summary>
    public void Stop()
    {
        _stop.Set();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _stop.Dispose();
    }

    /// <summary>Looks at all threads once. The watchdog's thread calls it; a test that does not start that thread plays it.</summary>
    /// <param name="nowNanos">The time.</param>
    /// <param name="inTime">
    /// Whether the watchdog itself was let run. A process that was stopped and goes on, or that waits for a processor, has no thread to
    /// blame: all of them begin anew.
    /// </param>
    public void Step(long nowNanos, bool inTime)
    {
        foreach (WatchdogGroup group in _groups)
        {
            if (inTime)
            {
                group.Step(nowNanos);
            }
            else
            {
                group.Forgive(nowNanos);
            }
        }
    }

    private void Run()
    {
        long last = _clock.MonotonicNanos;
        while (!_stop.WaitOne(Interval))
        {
            long now = _clock.MonotonicNanos;
            bool inTime = now - last < 3 * Interval.Ticks * 100;
            last = now;
            Step(now, inTime);
        }
    }
}
