using Nuncio.IO.Events;
using Nuncio.IO.Timers;

namespace Nuncio.IO.Files;

/// <summary>
/// Tells when files change. It looks every 250 ms instead of asking the system for events: that works on every file system and
/// through every kind of link, and tells of a change once it has come to rest, not in the middle of a write.
/// </summary>
/// <remarks>Owner: the main thread; made by who watches, ends with it.</remarks>
public sealed class FileWatcher : ITimerHandler, IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly Func<string, FileStamp> _stampOf;
    private readonly List<Entry> _entries = [];
    private readonly Timer _timer;

    /// <param name="main">The main thread's loop.</param>
    /// <param name="stampOf">Looks at a file; null looks at the machine's.</param>
    public FileWatcher(Dispatcher main, Func<string, FileStamp>? stampOf = null)
    {
        _stampOf = stampOf ?? FileStamp.Of;
        _timer = new Timer(main.Timers, this);
    }

    /// <summary>Calls back on each change of a file from now on, its coming and going included.</summary>
    /// <param name="since">As the file was when it was read, if that was earlier: a change since then is told too.</param>
    public void Watch(string path, Action changed, FileStamp? since = null)
    {
        FileStamp now = _stampOf(path);
        _entries.Add(new Entry(path, changed, now, since ?? now));
        _timer.Arm(s_interval);
    }

    /// <summary>Watches nothing any more.</summary>
    public void Dispose()
    {
        _entries.Clear();
        _timer.Disarm();
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        _timer.Arm(s_interval);
        foreach (Entry entry in _entries.ToArray())
        {
            FileStamp now = _stampOf(entry.Path);
            bool rests = now == entry.Last;
            entry.Last = now;
            if (rests && now != entry.Told)
            {
                entry.Told = now;
                entry.Changed();
            }
        }
    }

    private sealed class Entry(string path, Action changed, FileStamp last, FileStamp told)
    {
        internal string Path { get; } = path;

        internal Action Changed { get; } = changed;

        /// <summary>As of the last look.</summary>
        internal FileStamp Last { get; set; } = last;

        /// <summary>As of the last call.</summary>
        internal FileStamp Told { get; set; } = told;
    }
}
