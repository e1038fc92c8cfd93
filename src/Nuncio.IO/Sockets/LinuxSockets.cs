using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;

namespace Nuncio.IO.Sockets;

/// <summary>The system's sockets. Stateless; any thread.</summary>
/// <remarks>
/// Safety: every pointer passed is to the stack, a <c>fixed</c> span or a block that the calling buffer keeps pinned, and the
/// kernel does not keep it after the call. Interrupted calls are repeated; for connect and close they are not, as Linux wants.
/// </remarks>
public sealed unsafe partial class LinuxSockets : SocketApi
{
    /// <summary>The only instance needed.</summary>
    public static readonly LinuxSockets Instance = new();

    private const int TypeStream = 1;
    private const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    private const int ProtocolMptcp = 262;
    private const int FlagNonBlock = 0x800;
    private const int FlagCloseOnExec = 0x80000;
    private const int MessageNoSignal = 0x4000;
    private const int MessagePeek = 2;
    private const int ShutdownWriting = 1;
    private const int SpliceMove = 1;
    private const int SpliceNonBlock = 2;
    private const int SetPipeSize = 1031;

    private LinuxSockets()
    {
    }

    /// <inheritdoc/>
    public override int Socket(AddressKind kind) =>
        Result(LibC.Socket(SocketAddressCodec.FamilyOf(kind), TypeStream | FlagNonBlock | FlagCloseOnExec, 0));

    /// <inheritdoc/>
    public override int MptcpSocket(AddressKind kind) =>
        Result(LibC.Socket(SocketAddressCodec.FamilyOf(kind), TypeStream | FlagNonBlock | FlagCloseOnExec, ProtocolMptcp));

    /// <inheritdoc/>
    public override int Bind(int fd, NetworkAddress address)
    {
        byte* sockaddr = stackalloc byte[SocketAddressCodec.MaxSize];
        int length = SocketAddressCodec.Write(address, new Span<byte>(sockaddr, SocketAddressCodec.MaxSize));
        bool isFile = address.PipePath is { } path && path[0] != '@';
        if (isFile)
        {
            LibC.Unlink(sockaddr + 2); // Left by an earlier process; a failure shows in bind.
        }

        int result = Result(LibC.Bind(fd, sockaddr, (uint)length));
        if (result == 0 && isFile && address.PipeMode != 0)
        {
            result = Result(LibC.ChangeMode(sockaddr + 2, (uint)address.PipeMode));
        }

        return result;
    }

    /// <inheritdoc/>
    public override int Listen(int fd, int backlog) => Result(LibC.Listen(fd, backlog));

    /// <inheritdoc/>
    public override int Connect(int fd, NetworkAddress address)
    {
        byte* sockaddr = stackalloc byte[SocketAddressCodec.MaxSize];
        int length = SocketAddressCodec.Write(address, new Span<byte>(sockaddr, SocketAddressCodec.MaxSize));
        return Result(LibC.Connect(fd, sockaddr, (uint)length));
    }

    /// <inheritdoc/>
    public override int Accept(int fd, out NetworkAddress? remote)
    {
        byte* sockaddr = stackalloc byte[SocketAddressCodec.MaxSize];
        while (true)
        {
            uint length = SocketAddressCodec.MaxSize;
            int accepted = LibC.Accept(fd, sockaddr, &length, FlagNonBlock | FlagCloseOnExec);
            if (accepted >= 0)
            {
                remote = SocketAddressCodec.Read(new ReadOnlySpan<byte>(sockaddr, (int)Math.Min(length, SocketAddressCodec.MaxSize)));
                return accepted;
            }

            int error = Errno.Last;
            if (error != -Errno.Interrupted)
            {
                remote = null;
                return error;
            }
        }
    }

    /// <inheritdoc/>
    public override int Receive(int fd, Span<byte> into) => Receive(fd, into, 0);

    /// <inheritdoc/>
    public override int Receive(int fd, ReadOnlySpan<IoVector> into)
    {
        fixed (IoVector* vectors = into)
        {
            while (true)
            {
                int count = (int)LibC.ReadVectors(fd, vectors, into.Length);
                if (count >= 0)
                {
                    return count;
                }

                int error = Errno.Last;
                if (error != -Errno.Interrupted)
                {
                    return error;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override int Peek(int fd, Span<byte> into) => Receive(fd, into, MessagePeek);

    /// <inheritdoc/>
    public override int Send(int fd, ReadOnlySpan<byte> from)
    {
        fixed (byte* start = from)
        {
            while (true)
            {
                int count = (int)LibC.Send(fd, start, (nuint)from.Length, MessageNoSignal);
                if (count >= 0)
                {
                    return count;
                }

                int error = Errno.Last;
                if (error != -Errno.Interrupted)
                {
                    return error;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override int Send(int fd, ReadOnlySpan<IoVector> from)
    {
        fixed (IoVector* vectors = from)
        {
            LibC.MessageHeader header = default;
            header.Vectors = vectors;
            header.VectorCount = (nuint)from.Length;
            while (true)
            {
                int count = (int)LibC.SendMessage(fd, &header, MessageNoSignal);
                if (count >= 0)
                {
                    return count;
                }

                int error = Errno.Last;
                if (error != -Errno.Interrupted)
                {
                    return error;
                }
            }
        }
    }

    /// <inheritdoc/>
    public override int ShutdownWrite(int fd) => Result(LibC.Shutdown(fd, ShutdownWriting));

    /// <inheritdoc/>
    public override int Duplicate(int fd) => Result(LibC.FileControl(fd, DuplicateCloseOnExec, 0));

    /// <inheritdoc/>
    public override int Close(int fd) => Result(LibC.Close(fd));

    /// <inheritdoc/>
    public override int SetOption(int fd, int level, int name, ReadOnlySpan<byte> value)
    {
        fixed (byte* start = value)
        {
            return Result(LibC.SetOption(fd, level, name, start, (uint)value.Length));
        }
    }

    /// <inheritdoc/>
    public override int GetOption(int fd, int level, int name, Span<byte> value)
    {
        uint length = (uint)value.Length;
        fixed (byte* start = value)
        {
            int result = Result(LibC.GetOption(fd, level, name, start, &length));
            return result < 0 ? result : (int)length;
        }
    }

    /// <inheritdoc/>
    public override NetworkAddress? GetLocalAddress(int fd)
    {
        byte* sockaddr = stackalloc byte[SocketAddressCodec.MaxSize];
        uint length = SocketAddressCodec.MaxSize;
        return LibC.GetLocalName(fd, sockaddr, &length) < 0 ? null : SocketAddressCodec.Read(new(sockaddr, (int)length));
    }

    /// <inheritdoc/>
    public override NetworkAddress? GetRemoteAddress(int fd)
    {
        byte* sockaddr = stackalloc byte[SocketAddressCodec.MaxSize];
        uint length = SocketAddressCodec.MaxSize;
        return LibC.GetPeerName(fd, sockaddr, &length) < 0 ? null : SocketAddressCodec.Read(new(sockaddr, (int)length));
    }

    /// <inheritdoc/>
    public override int SocketPair(out int one, out int other)
    {
        int* ends = stackalloc int[2];
        int family = SocketAddressCodec.FamilyOf(AddressKind.Pipe);
        int result = Result(LibC.SocketPair(family, TypeStream | FlagNonBlock | FlagCloseOnExec, 0, ends));
        one = result < 0 ? -1 : ends[0];
        other = result < 0 ? -1 : ends[1];
        return result;
    }

    /// <inheritdoc/>
    public override int Pipe(out int readEnd, out int writeEnd, int capacity)
    {
        int* ends = stackalloc int[2];
        int result = Result(LibC.Pipe(ends, FlagNonBlock | FlagCloseOnExec));
        readEnd = result < 0 ? -1 : ends[0];
        writeEnd = result < 0 ? -1 : ends[1];
        if (result == 0)
        {
            // Refused above the user's pipe quota; the default of 64 KiB works as well.
            LibC.FileControl(writeEnd, SetPipeSize, capacity);
        }

        return result;
    }

    /// <inheritdoc/>
    public override int Splice(int from, int to, int count)
    {
        while (true)
        {
            int moved = (int)LibC.Splice(from, null, to, null, (nuint)count, SpliceMove | SpliceNonBlock);
            if (moved >= 0)
            {
                return moved;
            }

            int error = Errno.Last;
            if (error != -Errno.Interrupted)
            {
                return error;
            }
        }
    }

    /// <summary>Removes the file of a Unix domain socket that is not listened on any more; abstract ones leave none.</summary>
    public static void RemovePipe(NetworkAddress address)
    {
        if (address.PipePath is { Length: > 0 } path && path[0] != '@')
        {
            fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
            {
                LibC.Unlink(text);
            }
        }
    }

    private static int Receive(int fd, Span<byte> into, int flags)
    {
        fixed (byte* start = into)
        {
            while (true)
            {
                int count = (int)LibC.Receive(fd, start, (nuint)into.Length, flags);
                if (count >= 0)
                {
                    return count;
                }

                int error = Errno.Last;
                if (error != -Errno.Interrupted)
                {
                    return error;
                }
            }
        }
    }

    private static int Result(int answer) => answer < 0 ? Errno.Last : answer;
}
