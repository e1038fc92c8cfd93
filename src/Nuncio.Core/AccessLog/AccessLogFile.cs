using Nuncio.Base.Stats;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Core.AccessLog;

/// <summary>
/// One log file of the process, shared by all loggers of its path. Each worker appends to a buffer of its own; only its
/// <see cref="FlushThread"/> touches the file.
/// </summary>
/// <remarks>
/// Made by <see cref="AccessLogFlusher.TryOpen"/> on the main thread, lives as long as the process. Entries of one worker stay in
/// order; entries of different workers are interleaved as whole runs of entries, never within one.
/// </remarks>
public sealed class AccessLogFile
{
    private readonly FlushThread _thread;
    private readonly AccessLogOptions _options;
    private readonly AccessLogWriter?[] _writers;
    private ILogFile _file;
    private volatile bool _mustReopen;

    internal AccessLogFile(FlushThread thread, AccessLogOptions options, string path, ILogFile file, int cellCount)
    {
        _thread = thread;
        _options = options;
        _file = file;
        Path = path;
        _writers = new AccessLogWriter?[cellCount];
    }

    /// <summary>The path as configured.</summary>
    public string Path { get; }

    /// <summary>The end of the worker whose scope of statistics this is, made on first use. Called on the worker's thread.</summary>
    public AccessLogWriter WriterOf(StatScope worker)
    {
        ref AccessLogWriter? place = ref _writers[worker.CellIndex];
        if (place is null)
        {
            // A cell has one thread, so nobody else writes this place; the flusher reads it.
            Volatile.Write(ref place, new AccessLogWriter(_thread, _options, worker));
        }

        return place;
    }

    /// <summary>Any thread: the file is opened anew before the next write, for it was renamed.</summary>
    internal void RequestReopen()
    {
        _mustReopen = true;
        _thread.Wake();
    }

    /// <summary>Flusher's thread: writes what the workers left here; with <paramref name="onlyFull"/> only of those who asked for it.</summary>
    internal void Flush(bool onlyFull, ILogFileSystem files, FlushCounts counts)
    {
        if (_mustReopen)
        {
            // What was logged before the rename belongs into one of the two files: write it now.
            onlyFull = false;
            Reopen(files, counts);
        }

        for (int i = 0; i < _writers.Length; i++)
        {
            if (Volatile.Read(ref _writers[i]) is { } writer)
            {
                FlushOne(writer, onlyFull, counts);
            }
        }
    }

    internal void Close() => _file.Dispose();

    // Twice: what was handed over, then what the worker still has. A busy worker cannot keep the flusher from the others.
    private void FlushOne(AccessLogWriter writer, bool onlyFull, FlushCounts counts)
    {
        for (int i = 0; i < 2 && writer.Take(onlyFull) is { } filled; i++)
        {
            if (_file.Write(filled.Written))
            {
                counts.Completed++;
            }
            else
            {
                counts.Failed++;
            }

            counts.BytesTaken += filled.Length;
            writer.Return(filled);
        }
    }

    // The old file stays in use until the new one is open: a directory that is gone for a moment costs no entry.
    private void Reopen(ILogFileSystem files, FlushCounts counts)
    {
        if (files.TryOpen(Path, out ILogFile? opened, out _))
        {
            _file.Dispose();
            _file = opened;
            _mustReopen = false;
        }
        else
        {
            counts.ReopenFailed++;
        }
    }
}
