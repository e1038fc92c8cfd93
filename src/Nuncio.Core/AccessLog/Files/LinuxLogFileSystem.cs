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

        int fd = LogLibC.Open(path, LogLibC.AppendFlags, OpenMode);
        if (fd < 0)
        {
            error = $"unable to open file \"{path}\": {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
            return false;
        }

        file = new LinuxLogFile(fd, owned: true);
        return true;
    }
}
