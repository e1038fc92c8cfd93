using System.Diagnostics.CodeAnalysis;
using System.Text;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Core.Tests.AccessLog;

/// <summary>A disk in memory that can be renamed on, be full, refuse, or be stuck.</summary>
internal sealed class FakeLogFiles : ILogFileSystem
{
    internal readonly List<FakeLogFile> Opened = [];
    internal readonly ManualResetEventSlim Gate = new(initialState: true);
    internal readonly ManualResetEventSlim Waiting = new(initialState: false);
    internal readonly ManualResetEventSlim Written = new(initialState: false);
    internal string? StuckPath;
    internal bool RefuseToOpen;
    internal bool IsFull;

    public bool TryOpen(string path, [NotNullWhen(true)] out ILogFile? file, [NotNullWhen(false)] out string? error)
    {
        error = RefuseToOpen ? "refused" : null;
        FakeLogFile? made = RefuseToOpen ? null : new FakeLogFile(this, path);
        file = made;
        if (made is not null)
        {
            Opened.Add(made);
        }

        return made is not null;
    }

    internal sealed class FakeLogFile(FakeLogFiles disk, string path) : ILogFile
    {
        private readonly StringBuilder _text = new();

        internal string Path => path;

        internal int Writes { get; private set; }

        internal bool IsClosed { get; private set; }

        internal string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public bool Write(ReadOnlySpan<byte> bytes)
        {
            if (!disk.Gate.IsSet && path == (disk.StuckPath ?? path))
            {
                disk.Waiting.Set();
                disk.Gate.Wait(TestContext.Current.CancellationToken);
            }

            if (disk.IsFull)
            {
                return false;
            }

            lock (_text)
            {
                _text.Append(Encoding.Latin1.GetString(bytes));
            }

            Writes++;
            disk.Written.Set();
            return true;
        }

        public void Dispose() => IsClosed = true;
    }
}
