using System.Runtime.InteropServices;

namespace Nuncio.Core.AccessLog.Files;

/// <summary>A file descriptor that log lines are appended to. Owner: the flusher's thread.</summary>
internal sealed class LinuxLogFile(int fd, bool owned) : ILogFile
{
    // Standard output may be a pipe that somebody made non-blocking: its reader gets this long to make room.
    private const int PatienceMilliseconds = 1000;

    private int _fd = fd;

    /// <inheritdoc/>
    public unsafe bool Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                // Safety: start + done lies within the pinned span, and so do the bytes that are left.
                nint written = LogLibC.Write(_fd, start + done, (nuint)(bytes.Length - done));
                if (written > 0)
                {
                    done += (int)written;
                    continue;
                }

                int reason = Marshal.GetLastPInvokeError();
                if (written == 0 || (reason != LogLibC.Interrupted && (reason != LogLibC.Again || !WaitForRoom())))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (owned && _fd >= 0)
        {
            _ = LogLibC.Close(_fd); // Nothing can be done about a failure; the descriptor is gone either way.
            _fd = -1;
        }
    }

    private unsafe bool WaitForRoom()
    {
        var entry = new LogLibC.PollEntry { Fd = _fd, Events = LogLibC.PollOut };
        return LogLibC.Poll(&entry, 1, PatienceMilliseconds) > 0;
    }
}
