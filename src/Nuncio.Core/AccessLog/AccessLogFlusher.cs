using System.Diagnostics.CodeAnalysis;
using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Core.AccessLog;

/// <summary>
/// Writes buffered log entries to their files on a thread of its own, so that no worker ever waits for a disk: every
/// flush interval, at once for a buffer that is full, after a reopen, and at the end.
/// </summary>
/// <remarks>
/// One per process, made and ended by the main thread. <see cref="Wake"/> and <see cref="Reopen"/> may be called from any thread.
/// Statistics (<c>filesystem.</c>) belong to the main thread's cell, so results are posted there. A disk that blocks, blocks this
/// thread only: workers then drop entries past <see cref="AccessLogOptions.MaxBufferedBytes"/>.
/// </remarks>
public sealed class AccessLogFlusher : IDisposable
{
    private readonly ILogFileSystem _fileSystem;
    private readonly Clock _clock;
    private readonly StatsStore _stats;
    private readonly FlushStats _flushStats;
    private readonly Action<Action>? _postToMain;
    private readonly Dictionary<string, AccessLogFile> _byPath = new(StringComparer.Ordinal);
    private readonly AutoResetEvent _wake = new(initialState: false);
    private volatile AccessLogFile[] _files = [];
    private volatile bool _mustStop;
    private volatile bool _reopen;
    private long _nextTimer;
    private Thread? _thread;

    /// <param name="options">When to write.</param>
    /// <param name="fileSystem">Where to.</param>
    /// <param name="clock">For the interval.</param>
    /// <param name="stats">All statistics.</param>
    /// <param name="postToMain">Runs an action on the main thread; null applies results at once (tests, before the loop runs).</param>
    public AccessLogFlusher(
        AccessLogOptions options, ILogFileSystem fileSystem, Clock clock, StatsStore stats, Action<Action>? postToMain = null)
    {
        Options = options;
        _fileSystem = fileSystem;
        _clock = clock;
        _stats = stats;
        _postToMain = postToMain;
        _flushStats = new FlushStats(stats.Root());
        _nextTimer = clock.MonotonicNanos + IntervalNanos;
    }

    /// <summary>When entries are written.</summary>
    public AccessLogOptions Options { get; }

    private long IntervalNanos => (long)Options.FlushInterval.TotalNanoseconds;

    /// <summary>Main thread: the file of a path, opened when it is the first time the path is asked for.</summary>
    public bool TryOpen(string path, [NotNullWhen(true)] out AccessLogFile? file, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (_byPath.TryGetValue(path, out file))
        {
            return true;
        }

        if (!_fileSystem.TryOpen(path, out ILogFile? opened, out error))
        {
            return false;
        }

        file = new AccessLogFile(this, path, opened, _stats.CellCount);
        _byPath.Add(path, file);
        _files = [.. _files, file];
        return true;
    }

    /// <summary>Main thread: starts the flusher's thread.</summary>
    public void Start()
    {
        _thread = new Thread(Run) { Name = "access-log-flush", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Any thread: all files are opened anew, for they were renamed (SIGUSR1, <c>/reopen_logs</c>).</summary>
    public void Reopen()
    {
        _reopen = true;
        Wake();
    }

    /// <summary>
    /// Main thread, when no worker logs any more: writes what is left and ends the thread. Returns after
    /// <paramref name="patience"/> even if the disk is stuck.
    /// </summary>
    public void Stop(TimeSpan patience)
    {
        _mustStop = true;
        Wake();
        if (_thread is null)
        {
            Flush();
        }
        else if (!_thread.Join(patience))
        {
            return; // Stuck in a write; the thread does not keep the process alive.
        }

        _thread = null;
        foreach (AccessLogFile file in _files)
        {
            file.Close();
        }

        _files = [];
    }

    /// <summary>Writes everything now, on the calling thread; only while the flusher's own thread does not run.</summary>
    public void Flush() => Pass(onlyFull: false, byTimer: false);

    /// <summary>Does what is due now, on the calling thread; only while the flusher's own thread does not run.</summary>
    public void RunDue()
    {
        bool byTimer = _clock.MonotonicNanos >= _nextTimer;
        if (byTimer)
        {
            _nextTimer = _clock.MonotonicNanos + IntervalNanos;
        }

        Pass(onlyFull: !byTimer, byTimer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop(TimeSpan.FromSeconds(1));
        _wake.Dispose();
    }

    /// <summary>Any thread: some buffer is full.</summary>
    internal void Wake() => _wake.Set();

    private void Run()
    {
        while (!_mustStop)
        {
            long wait = Math.Max(0, _nextTimer - _clock.MonotonicNanos) / 1_000_000;
            _wake.WaitOne((int)Math.Min(wait + 1, int.MaxValue));
            RunDue();
        }

        Flush();
    }

    private void Pass(bool onlyFull, bool byTimer)
    {
        FlushCounts counts = new();
        AccessLogFile[] files = _files;
        if (_reopen)
        {
            _reopen = false;
            onlyFull = false; // What was logged before the rename belongs into one of the two files: write it now.
            foreach (AccessLogFile file in files)
            {
                file.RequestReopen();
            }
        }

        foreach (AccessLogFile file in files)
        {
            file.Flush(onlyFull, _fileSystem, counts);
        }

        counts.ByTimer = byTimer ? files.Length : 0;
        if (counts.Any)
        {
            Report(counts);
        }
    }

    private void Report(FlushCounts counts)
    {
        if (_postToMain is null || _thread is null)
        {
            _flushStats.Add(counts);
        }
        else
        {
            _postToMain(() => _flushStats.Add(counts));
        }
    }
}
