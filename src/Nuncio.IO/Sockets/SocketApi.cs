using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;
using Nuncio.IO.Udp;

namespace Nuncio.IO.Sockets;

/// <summary>
/// Every socket operation of the proxy, behind a seam: <see cref="LinuxSockets"/> in production, the simulated network in tests.
/// All sockets are non-blocking and closed on exec. Results are counts or descriptors; failures are negated error numbers.
/// </summary>
/// <remarks>Stateless in production, so any thread; a descriptor is used by its owner only.</remarks>
public abstract class SocketApi
{
    /// <summary>A new stream socket for addresses of this kind.</summary>
    public abstract int Socket(AddressKind kind);

    /// <summary>A new Multipath TCP socket; the system may not have it.</summary>
    public virtual int MptcpSocket(AddressKind kind) => -Errno.ProtocolNotSupported;

    /// <summary>A new datagram socket for IP addresses of this kind.</summary>
    public virtual int DatagramSocket(AddressKind kind) => -Errno.ProtocolNotSupported;

    /// <summary>Receives as many datagrams as wait and the batch has room for; answers how many, or a negated error number.</summary>
    public virtual int ReceiveDatagrams(int fd, DatagramBatch into) => -Errno.ProtocolNotSupported;

    /// <summary>Sends one datagram to an address; <paramref name="source"/> is our address it comes from, default lets the system choose.</summary>
    public virtual int SendDatagram(int fd, ReadOnlySpan<byte> from, in DatagramAddress to, in DatagramAddress source) =>
        -Errno.ProtocolNotSupported;

    /// <summary>Binds; a pipe path left over from before is removed and the mode set.</summary>
    public abstract int Bind(int fd, NetworkAddress address);

    /// <summary>Starts listening.</summary>
    public abstract int Listen(int fd, int backlog);

    /// <summary>Starts connecting; usually answers -<see cref="Interop.Errno.InProgress"/>.</summary>
    public abstract int Connect(int fd, NetworkAddress address);

    /// <summary>Accepts one connection; IPv4 addresses mapped into IPv6 are given as IPv4.</summary>
    public abstract int Accept(int fd, out NetworkAddress? remote);

    /// <summary>Receives into one piece; 0 is the peer's end.</summary>
    public abstract int Receive(int fd, Span<byte> into);

    /// <summary>Receives into several pieces.</summary>
    public abstract int Receive(int fd, ReadOnlySpan<IoVector> into);

    /// <summary>Copies what is waiting without consuming it.</summary>
    public abstract int Peek(int fd, Span<byte> into);

    /// <summary>Sends one piece; never raises a signal.</summary>
    public abstract int Send(int fd, ReadOnlySpan<byte> from);

    /// <summary>Sends several pieces.</summary>
    public abstract int Send(int fd, ReadOnlySpan<IoVector> from);

    /// <summary>Ends the sending direction.</summary>
    public abstract int ShutdownWrite(int fd);

    /// <summary>Closes; the descriptor is gone whatever the answer.</summary>
    public abstract int Close(int fd);

    /// <summary>A second descriptor of the same socket.</summary>
    public abstract int Duplicate(int fd);

    /// <summary>Sets a raw option.</summary>
    public abstract int SetOption(int fd, int level, int name, ReadOnlySpan<byte> value);

    /// <summary>Reads a raw option into <paramref name="value"/>; answers its length.</summary>
    public abstract int GetOption(int fd, int level, int name, Span<byte> value);

    /// <summary>The address this end has; null on failure.</summary>
    public abstract NetworkAddress? GetLocalAddress(int fd);

    /// <summary>The address of the other end; null on failure.</summary>
    public abstract NetworkAddress? GetRemoteAddress(int fd);

    /// <summary>
    /// Two stream sockets connected with one another, of the kind that Unix domain sockets are; 0 or a negated error number.
    /// </summary>
    public abstract int SocketPair(out int one, out int other);

    /// <summary>A pipe for splicing; 0 or a negated error number.</summary>
    public abstract int Pipe(out int readEnd, out int writeEnd, int capacity);

    /// <summary>Moves bytes between a socket and a pipe inside the kernel, without waiting.</summary>
    public abstract int Splice(int from, int to, int count);

    /// <summary>Sets an integer option.</summary>
    public int SetOption(int fd, int level, int name, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(bytes, value);
        return SetOption(fd, level, name, bytes);
    }

    /// <summary>The pending error of a socket as a positive number, cleared by reading; 0 when there is none.</summary>
    public int TakeError(int fd)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        int answer = GetOption(fd, SocketOptions.LevelSocket, SocketOptions.Error, bytes);
        return answer < 0 ? -answer : BitConverter.ToInt32(bytes);
    }

    /// <summary>
    /// Where an accepted connection was going before the system redirected it here, or, on a transparent socket, where it is going; null
    /// when the system does not say. The kind is that of the address it was accepted at, which for a mapped IPv4 address is IPv4.
    /// </summary>
    public NetworkAddress? GetOriginalDestination(int fd, AddressKind kind)
    {
        int level = kind == AddressKind.IPv6 ? SocketOptions.LevelIpv6 : SocketOptions.LevelIp;
        Span<byte> bytes = stackalloc byte[SocketAddressCodec.MaxSize];
        int length = GetOption(fd, level, SocketOptions.OriginalDestination, bytes);
        if (length > 0 && SocketAddressCodec.Read(bytes[..length]) is { } destination)
        {
            return destination;
        }

        int transparent = kind == AddressKind.IPv6 ? SocketOptions.Ipv6Transparent : SocketOptions.IpTransparent;
        Span<byte> flag = stackalloc byte[sizeof(int)];
        return GetOption(fd, level, transparent, flag) == sizeof(int) && BitConverter.ToInt32(flag) != 0 ? GetLocalAddress(fd) : null;
    }

    /// <summary>Makes the next <see cref="Close"/> send a reset instead of an orderly end.</summary>
    public void ResetOnClose(int fd)
    {
        // struct linger { on = 1, seconds = 0 }
        ReadOnlySpan<byte> linger = [1, 0, 0, 0, 0, 0, 0, 0];
        SetOption(fd, SocketOptions.LevelSocket, SocketOptions.Linger, linger);
    }
}
