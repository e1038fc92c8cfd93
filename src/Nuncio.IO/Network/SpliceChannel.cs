using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <summary>
/// The pipe through which bytes go from one connection's socket to another's inside the kernel (splice(2)), and what is in it.
/// </summary>
/// <remarks>Owner: the connection that receives the bytes. Filled only when empty, so that "would block" always means the socket.</remarks>
internal sealed class SpliceChannel
{
    /// <summary>Bytes asked for at a time; below what a user may have in all its pipes unprivileged (pipe(7)) for some hundred of them.</summary>
    internal const int Capacity = 256 * 1024;

    private readonly SocketApi _sockets;

    private SpliceChannel(SocketApi sockets, Connection target, int readEnd, int writeEnd)
    {
        _sockets = sockets;
        Target = target;
        ReadEnd = readEnd;
        WriteEnd = writeEnd;
    }

    internal Connection Target { get; }

    internal int ReadEnd { get; }

    internal int WriteEnd { get; }

    /// <summary>Bytes in the pipe.</summary>
    internal int Pending { get; set; }

    /// <summary>Fillings in a row that were too small to be worth it.</summary>
    internal int SmallFillings { get; set; }

    /// <summary>The source's end was seen, or its failure.</summary>
    internal bool HasEnded { get; set; }

    internal bool HasFailed { get; set; }

    /// <summary>A channel, or null when the system gives no pipe.</summary>
    internal static SpliceChannel? TryOpen(SocketApi sockets, Connection target) =>
        sockets.Pipe(out int readEnd, out int writeEnd, Capacity) < 0 ? null : new SpliceChannel(sockets, target, readEnd, writeEnd);

    internal void Close()
    {
        _sockets.Close(ReadEnd);
        _sockets.Close(WriteEnd);
    }
}
