using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Nuncio.Core.AccessLog.Files;

/// <summary>
/// Log files of the machine, opened with <c>O_APPEND</c> so that several processes, and a rotation that truncates in place, do not
/// write over one another; .NET's own append mode remembers a position instead. Stateless; any thread.
/// </summary>
public sealed class LinuxLogFileSystem : ILogFileSystem
{
    /// <summary>Path that stands for standard output.</summary>
    public const string StandardOutput = "/dev/stdout";

    /// <summary>Path that stands for standard error.</summary>
    public const string StandardError = "/dev/stderr";

    private const int OpenMode = 0x1A4; // 0644

    /// <inheritdoc/>
    public bool TryOpen(string path, [NotNullWhen(true)] out ILogFile? file, [NotNullWhen(false)] out string? error)
    {
        file = null;
        error = null;

        // The descriptors themselves: opening these paths fails where they are sockets, as under a supervisor.
        if (path is StandardOutput or StandardError)
        {
            file = new LinuxLogFile(path == StandardOutput ? 1 : 2, owned: false);
            return true;
        }

        int fd = OpenWithoutWaiting(path);
        if (fd < 0)
        {
            error = $"unable to open file \"{path}\": {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
            return false;
        }

        file = new LinuxLogFile(fd, owned: true);
        return true;
    }

    /// <summary>
    /// Opens a pipe that nobody reads yet, where open(2) would wait for a reader: one end of it for reading too, so that there is one. What
    /// is written then waits in the pipe.
    /// </summary>
    private static int OpenWithoutWaiting(string path)
    {
        int fd = LogLibC.Open(path, LogLibC.AppendFlags | LogLibC.NonBlocking, OpenMode);
        if (fd >= 0)
        {
            _ = LogLibC.Control(fd, LogLibC.SetFlags, LogLibC.Append); // Only opening must not block; fails for nothing that opens.
            return fd;
        }

        return Marshal.GetLastPInvokeError() == LogLibC.NoReader ? LogLibC.Open(path, LogLibC.ReadWriteFlags, 0) : fd;
    }
}
