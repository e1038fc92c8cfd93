using System.Diagnostics.CodeAnalysis;
using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Core.AccessLog;

/// <summary>
/// Has buffered log entries written to their files on threads of their own, so that no worker ever waits for a disk and no file for
/// another: every flush interval, at once for a buffer that is full, after a reopen, and at the end.
/// </summary>
/// <remarks>
/// One per process, made and ended by the main thread. <see cref="Reopen"/> may be called from any thread. Statistics
/// (<c>filesystem.</c>) belong to the main thread's cell, so results are posted there. Each of the first <see cref="MaxThreads"/> files
/// has a <see cref="FlushThread"/> to itself, further ones share those in turn. A file that blocks (a pipe that nobody reads, a dead
/// network disk) blocks its thread only: workers then drop entries past <see cref="AccessLogOptions.MaxBufferedBytes"/>.
/// </remarks>
public sealed class AccessLogFlusher : IDisposable
{
    /// <summary>Threads that write log files at most.</summary>
    public const int MaxThreads = 32;

    private readonly ILogFileSystem _fileSystem;
    private readonly Clock _clock;
    private readonly StatsStore _stats;
    private readonly FlushStats _flushStats;
    private readonly Action<Action>? _postToMain;
    private readonly Dictionary<string, AccessLogFile> _byPath = new(StringComparer.Ordinal);
    private readonly List<FlushThread> _threads = [];
    private volatile AccessLogFile[] _files = [];
    private volatile bool _isRunning;

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
    }

    /// <summary>When entries are written.</summary>
    public AccessLogOptions Options { get; }

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

        FlushThread thread = ThreadOfNextFile();
        file = new AccessLogFile(thread, Options, path, opened, _stats.CellCount);
        thread.Add(file);
        _byPath.Add(path, file);
        _files = [.. _files, file];
        if (_isRunning)
        {
            thread.Start();
        }

        return true;
    }

    /// <summary>Main thread: from now on files are written without anybody calling.</summary>
    public void Start()
    {
        _isRunning = true;
        foreach (FlushThread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Any thread: all files are opened anew, for they were renamed (SIGUSR1, <c>/reopen_logs</c>).</summary>
    public void Reopen()
    {
        foreach (AccessLogFile file in _files)
        {
            file.RequestReopen();
        }
    }

    /// <summary>
    /// Main thread, when no worker logs any more: writes what is left and ends the threads. Returns after
    /// <paramref name="patience"/> even if a disk is stuck.
    /// </summary>
    public void Stop(TimeSpan patience)
    {
        long deadline = _clock.MonotonicNanos + (long)patience.TotalNanoseconds;
        foreach (FlushThread thread in _threads)
        {
            thread.BeginStop();
        }

        foreach (FlushThread thread in _threads)
        {
            thread.FinishStop(TimeSpan.FromMilliseconds(Math.Max(0, (deadline - _clock.MonotonicNanos) / 1_000_000)));
        }

        _isRunning = false;
        _files = [];
    }

    /// <summary>Writes everything now, on the calling thread; only before <see cref="Start"/>.</summary>
    public void Flush()
    {
        foreach (FlushThread thread in _threads)
        {
            thread.Flush();
        }
    }

    /// <summary>Does what is due now, on the calling thread; only before <see cref="Start"/>.</summary>
    public void RunDue()
    {
        foreach (FlushThread thread in _threads)
        {
            thread.RunDue();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop(TimeSpan.FromSeconds(1));
        foreach (FlushThread thread in _threads)
        {
            thread.Dispose();
        }
    }

    private FlushThread ThreadOfNextFile()
    {
        int number = _files.Length;
        if (number < MaxThreads)
        {
            _threads.Add(new FlushThread(number, (long)Options.FlushInterval.TotalNanoseconds, _clock, _fileSystem, Report));
        }

        return _threads[number % MaxThreads];
    }

    private void Report(FlushCounts counts)
    {
        if (_postToMain is null || !_isRunning)
        {
            _flushStats.Add(counts);
        }
        else
        {
            _postToMain(() => _flushStats.Add(counts));
        }
    }
}
