using Nuncio.Base.Time;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Core.AccessLog;

/// <summary>
/// Writes the entries of some log files, usually of one: every flush interval, at once for a buffer that is full, and at the end.
/// </summary>
/// <remarks>
/// Made and ended by <see cref="AccessLogFlusher"/> on the main thread, which also adds the files; <see cref="Wake"/> may be called from
/// any thread. Blocks when its file does, and then delays nobody but the files that it shares its thread with.
/// </remarks>
internal sealed class FlushThread(int number, long intervalNanos, Clock clock, ILogFileSystem fileSystem, Action<FlushCounts> report)
    : IDisposable
{
    // It formats nothing and recurses nowhere; a process may have many log files.
    private const int StackSize = 128 * 1024;

    private readonly AutoResetEvent _wake = new(initialState: false);
    private volatile AccessLogFile[] _files = [];
    private volatile bool _mustStop;
    private long _nextTimer = clock.MonotonicNanos + intervalNanos;
    private Thread? _thread;

    /// <summary>Main thread: writes one more file.</summary>
    internal void Add(AccessLogFile file) => _files = [.. _files, file];

    /// <summary>Main thread: starts the thread, unless it runs.</summary>
    internal void Start()
    {
        if (_thread is null)
        {
            _thread = new Thread(Run, StackSize) { Name = "access-log-" + number.ToString(System.Globalization.CultureInfo.InvariantCulture), IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>Any thread: some buffer is full, or a file is to be opened anew.</summary>
    internal void Wake() => _wake.Set();

    /// <summary>Main thread: the thread writes what is left and ends.</summary>
    internal void BeginStop()
    {
        _mustStop = true;
        Wake();
    }

    /// <summary>
    /// Main thread, after <see cref="BeginStop"/>: closes the files when the thread has ended. One that is stuck in a write keeps them; it
    /// does not keep the process alive.
    /// </summary>
    internal void FinishStop(TimeSpan patience)
    {
        if (_thread is null)
        {
            Flush();
        }
        else if (!_thread.Join(patience))
        {
            return;
        }

        _thread = null;
        foreach (AccessLogFile file in _files)
        {
            file.Close();
        }

        _files = [];
    }

    /// <summary>Writes everything now, on the calling thread; only while its own thread does not run.</summary>
    internal void Flush() => Pass(onlyFull: false, byTimer: false);

    /// <summary>Does what is due now, on the calling thread; only while its own thread does not run.</summary>
    internal void RunDue()
    {
        bool byTimer = clock.MonotonicNanos >= _nextTimer;
        if (byTimer)
        {
            _nextTimer = clock.MonotonicNanos + intervalNanos;
        }

        Pass(onlyFull: !byTimer, byTimer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_thread is null)
        {
            _wake.Dispose(); // Else a thread that is stuck may come back to it.
        }
    }

    private void Run()
    {
        while (!_mustStop)
        {
            long wait = Math.Max(0, _nextTimer - clock.MonotonicNanos) / 1_000_000;
            _wake.WaitOne((int)Math.Min(wait + 1, int.MaxValue));
            RunDue();
        }

        Flush();
    }

    private void Pass(bool onlyFull, bool byTimer)
    {
        FlushCounts counts = new();
        AccessLogFile[] files = _files;
        foreach (AccessLogFile file in files)
        {
            file.Flush(onlyFull, fileSystem, counts);
        }

        counts.ByTimer = byTimer ? files.Length : 0;
        if (counts.Any)
        {
            report(counts);
        }
    }
}
