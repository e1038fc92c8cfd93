using System.Runtime.InteropServices;

namespace Nuncio.Core.AccessLog.Files;

/// <summary>The system calls that log files need.</summary>
/// <remarks>Safety: callers pass pinned spans that outlive the call; nothing keeps a pointer.</remarks>
internal static unsafe partial class LogLibC
{
    // O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, asm-generic.
    internal const int AppendFlags = 0x1 | 0x40 | 0x400 | 0x80000;
    internal const int NonBlocking = 0x800;

    // O_RDWR | O_APPEND | O_CLOEXEC.
    internal const int ReadWriteFlags = 0x2 | 0x400 | 0x80000;
    internal const int SetFlags = 4; // F_SETFL
    internal const int Append = 0x400; // O_APPEND
    internal const int NoReader = 6; // ENXIO
    internal const int Interrupted = 4;
    internal const int Again = 11;
    internal const short PollOut = 4;

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int fd, byte* bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(int fd, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Fd;
        internal short Events;
        internal short Returned;
    }
}
