using System.Runtime.CompilerServices;
using Nuncio.IO.Timers;

namespace Nuncio.IO.Events;

/// <content>The iteration: its phases and the containment of what goes wrong in them.</content>
public sealed partial class Dispatcher
{
    /// <summary>
    /// One iteration, waiting at most <paramref name="maxWaitNanos"/> for something to do (-1: as long as it takes). Answers whether
    /// anything was done.
    /// </summary>
    public bool RunOnce(long maxWaitNanos)
    {
        _ownerThread = Environment.CurrentManagedThreadId;
        Iterations++;
        Flush(); // What was written before the loop ran.
        bool busy = Poll(maxWaitNanos);
        RunSocketEvents();
        busy |= RunPosted();
        busy |= RunTimers();
        busy |= RunSoonCallbacks();
        busy |= ReleaseDeferred();
        _working = null;
        return busy;
    }

    private bool Poll(long maxWaitNanos)
    {
        long timeout = maxWaitNanos;
        if (_soon.Count > 0 || _toFlush.Count > 0 || _posted.HasTaken || _toRelease.Count > 0)
        {
            timeout = 0;
        }
        else if (timeout != 0)
        {
            long untilTimer = Timers.NanosUntilNext(_clock.Nanos);
            if (untilTimer is > 0 and < ExactWaitNanos)
            {
                // The cached time is as old as the last iteration was long, which matters for short waits only.
                _clock.Refresh();
                untilTimer = Timers.NanosUntilNext(_clock.Nanos);
            }

            if (untilTimer >= 0 && (timeout < 0 || untilTimer < timeout))
            {
                timeout = untilTimer;
            }

            Interlocked.Exchange(ref _isSleeping, 1);
            if (_posted.HasPushed || _isStopping)
            {
                timeout = 0;
            }
        }

        _nextEvent = 0;
        _eventCount = 0;
        _eventCount = _poller.Wait(_events, timeout);
        Volatile.Write(ref _isSleeping, 0);
        _clock.Refresh();
        Timers.SetNow(_clock.Nanos);
        return _eventCount > 0;
    }

    private void RunSocketEvents()
    {
        while (_nextEvent < _eventCount)
        {
            IIoHandler? handler = null;
            try
            {
                while (_nextEvent < _eventCount)
                {
                    ref readonly PollerEvent one = ref _events[_nextEvent++];
                    handler = _handlers.Find(one.Token);
                    if (handler is not null)
                    {
                        _working = handler;
                        handler.OnIoEvents(one.Events);
                        if (_toFlush.Count > 0)
                        {
                            Flush();
                        }
                    }
                }
            }
            catch (Exception exception)
            {
                Contain(exception, "socket event", handler);
            }

            Flush();
        }
    }

    /// <summary>Sends what was written since the last call. An exception ends the connection it came from and no other.</summary>
    private void Flush()
    {
        while (_toFlush.Count > 0)
        {
            IFlushable flushable = _toFlush.Take();
            try
            {
                flushable.Flush();
            }
            catch (Exception exception)
            {
                Contain(exception, "flush", flushable);
            }
        }
    }

    private bool RunPosted()
    {
        _posted.Take();
        if (!_posted.HasTaken)
        {
            return false;
        }

        while (_posted.Next() is { } work)
        {
            _working = work;
            try
            {
                work();
            }
            catch (Exception exception)
            {
                Contain(exception, "posted work", null);
            }

            Flush();
        }

        return true;
    }

    private bool RunTimers()
    {
        if (Timers.Count == 0)
        {
            return false;
        }

        _working = Timers;

        // Not read again here: a timer is at most as late as the events of one poll took, and they are bounded.
        while (true)
        {
            try
            {
                Timers.Advance(_clock.Nanos);
                break;
            }
            catch (Exception exception)
            {
                Contain(exception, "timer", Timers.Current?.Handler);
            }
        }

        bool fired = Timers.TakeFired();
        if (fired)
        {
            Flush();
        }

        return fired;
    }

    private bool RunSoonCallbacks()
    {
        int count = _soon.Count;
        if (count == 0)
        {
            return false;
        }

        for (; count > 0; count--)
        {
            IRunSoon callback = _soon.Take();
            callback.IsQueuedSoon = false;
            _working = callback;
            try
            {
                callback.RunSoon();
            }
            catch (Exception exception)
            {
                Contain(exception, "callback", callback);
            }

            Flush();
        }

        return true;
    }

    private bool ReleaseDeferred()
    {
        int count = _toRelease.Count;
        if (count == 0)
        {
            return false;
        }

        for (; count > 0; count--)
        {
            IReleasable releasable = _toRelease.Take();
            _working = releasable;
            try
            {
                releasable.Release();
            }
            catch (Exception exception)
            {
                Contain(exception, "release", null);
            }
        }

        Flush();
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Contain(Exception exception, string where, object? owner)
    {
        ContainedExceptions++;
        try
        {
            ExceptionSink?.OnContained(exception, where);
            switch (owner)
            {
                case IFlushable flushable:
                    flushable.OnUnhandledException(exception);
                    break;
                case IIoHandler handler:
                    handler.OnUnhandledException(exception);
                    break;
                case ITimerHandler timer:
                    timer.OnUnhandledException(exception);
                    break;
                default:
                    break;
            }
        }
        catch (Exception second)
        {
            // The owner could not even end itself. Counted; there is nobody left to ask.
            ContainedExceptions++;
            ExceptionSink?.OnContained(second, where);
        }
    }
}
