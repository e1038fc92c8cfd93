using System.Runtime.InteropServices;
using System.Text;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Server.Logging;

/// <summary>
/// Prints messages to stderr or a file on a thread of its own, so that no worker waits for a terminal, a pipe or a disk.
/// </summary>
/// <remarks>
/// One per process. Any thread adds messages; when <see cref="Capacity"/> of them wait, further ones are dropped and their number is
/// printed. <see cref="Dispose"/> prints what waits, within a bound.
/// </remarks>
public sealed class LogWriter : IDisposable
{
    /// <summary>Messages that may wait.</summary>
    public const int Capacity = 4096;

    private static readonly TimeSpan s_lastPatience = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly LogPattern _pattern;
    private readonly string? _path;
    private readonly LinuxLogFileSystem _files = new();
    private readonly Thread _thread;
    private List<LogRecord> _waiting = [];
    private long _dropped;
    private ILogFile _file;
    private bool _mustReopen;
    private bool _isPrinting;
    private bool _isEnding;

    private LogWriter(LogPattern pattern, string? path, ILogFile file)
    {
        _pattern = pattern;
        _path = path;
        _file = file;
        _thread = new Thread(Run) { Name = "log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Opens the log: a file, or stderr when <paramref name="path"/> is null.</summary>
    public static bool TryOpen(LogPattern pattern, string? path, out LogWriter? writer, out string? error)
    {
        bool ok = new LinuxLogFileSystem().TryOpen(path ?? LinuxLogFileSystem.StandardError, out ILogFile? file, out error);
        writer = ok ? new LogWriter(pattern, path, file!) : null;
        return ok;
    }

    /// <summary>Any thread: the file is opened anew, for it was renamed.</summary>
    public void Reopen()
    {
        lock (_gate)
        {
            _mustReopen = _path is not null;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Any thread: waits until what was added before is printed, at most as long as <paramref name="patience"/>.</summary>
    public void Flush(TimeSpan patience)
    {
        lock (_gate)
        {
            while ((_waiting.Count > 0 || _isPrinting) && Monitor.Wait(_gate, patience))
            {
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush(s_lastPatience);
        lock (_gate)
        {
            _isEnding = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join(s_lastPatience);
    }

    /// <summary>Any thread: adds a message.</summary>
    internal void Add(in LogRecord record)
    {
        lock (_gate)
        {
            if (_waiting.Count >= Capacity)
            {
                _dropped++;
                return;
            }

            _waiting.Add(record);
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        List<LogRecord> batch = [];
        var text = new StringBuilder();
        while (Take(ref batch, out long dropped, out bool reopen))
        {
            if (reopen)
            {
                TryReopen();
            }

            foreach (LogRecord record in batch)
            {
                _pattern.Append(text, record, TimeZoneInfo.Local);
            }

            if (dropped > 0)
            {
                text.Append("... ").Append(dropped).Append(" messages were dropped: the log could not keep up\n");
            }

            batch.Clear();
            _file.Write(Encoding.UTF8.GetBytes(text.ToString()));
            text.Clear();
        }

        _file.Dispose();
    }

    private bool Take(ref List<LogRecord> batch, out long dropped, out bool reopen)
    {
        lock (_gate)
        {
            _isPrinting = false;
            Monitor.PulseAll(_gate);
            while (_waiting.Count == 0 && !_mustReopen && !_isEnding)
            {
                Monitor.Wait(_gate);
            }

            (batch, _waiting) = (_waiting, batch);
            (dropped, _dropped) = (_dropped, 0);
            (reopen, _mustReopen) = (_mustReopen, false);
            _isPrinting = true;
            return batch.Count > 0 || reopen || !_isEnding;
        }
    }

    // The old file stays in use when the new one cannot be opened: better an old place than none.
    private void TryReopen()
    {
        if (_files.TryOpen(_path!, out ILogFile? opened, out _))
        {
            _file.Dispose();
            _file = opened;
        }
    }
}
