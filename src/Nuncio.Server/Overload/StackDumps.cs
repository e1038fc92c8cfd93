using Microsoft.Extensions.Logging;
using Nuncio.Base.Time;
using Nuncio.Core.Watchdogs;

namespace Nuncio.Server.Overload;

/// <summary>
/// Gets the stack of a stuck thread into the log, on a thread of its own that lives as long as that takes, so that the watchdog goes on
/// watching. At most one in a minute: a machine that is too slow must not be made slower.
/// </summary>
/// <param name="reader">Reads it; null: nothing is ever read.</param>
/// <param name="clock">The monotonic clock.</param>
/// <param name="log">Where it is written, or why there is none.</param>
/// <remarks>Owner: the watchdog's thread; <see cref="Stop"/> is the main thread's, after that one has ended.</remarks>
internal sealed class StackDumps(StackReader? reader, Clock clock, ILogger log)
{
    private const long PauseNanos = 60_000_000_000;

    private readonly CancellationTokenSource _stop = new();
    private Thread? _thread;
    private long _notBefore = long.MinValue;

    /// <summary>Begins to read the stack, if it is time; does not wait.</summary>
    internal void Begin(StuckThread thread)
    {
        long now = clock.MonotonicNanos;
        if (reader is null || thread.NativeThread == 0 || now < _notBefore)
        {
            return;
        }

        _notBefore = now + PauseNanos;
        _thread = new Thread(() => Read(reader, thread)) { Name = "stack", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits until what was begun is in the log, within the reader's patience.</summary>
    internal void Wait()
    {
        if (reader is not null)
        {
            _thread?.Join(reader.Patience);
        }
    }

    /// <summary>Gives up what was begun.</summary>
    internal void Stop()
    {
        _stop.Cancel();
        Wait();
    }

    private void Read(StackReader from, StuckThread thread)
    {
        if (from.TryRead(thread.NativeThread, _stop.Token, out string text))
        {
            log.Stack(thread.Name, text);
        }
        else if (!_stop.IsCancellationRequested)
        {
            log.NoStack(thread.Name, text);
        }
    }
}
