using System.Buffers.Binary;
using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;

namespace Nuncio.IO.Sockets;

/// <summary>
/// Unix domain sockets that carry whole messages, and descriptors with them (<c>SOCK_SEQPACKET</c> and <c>SCM_RIGHTS</c>, unix(7)): how two
/// processes of one machine talk about a hot restart. Results are counts or descriptors; failures are negated error numbers.
/// </summary>
/// <remarks>
/// Stateless; any thread; control plane. All sockets are non-blocking and closed on exec, received descriptors too. Safety: pointers are to
/// the stack or <c>fixed</c> spans, and the kernel keeps none after the call.
/// </remarks>
public static unsafe class MessageSocket
{
    /// <summary>Most descriptors of one message; the kernel's own bound is 253.</summary>
    public const int MaxDescriptors = 64;

    private const int FamilyUnix = 1;
    private const int TypeSequencedPackets = 5;
    private const int FlagNonBlock = 0x800;
    private const int FlagCloseOnExec = 0x80000;
    private const int MessageNoSignal = 0x4000;
    private const int MessageCloseOnExec = 0x40000000;
    private const int MessageTruncated = 0x20;
    private const int ControlTruncated = 0x8;
    private const int LevelSocket = 1;
    private const int ScmRights = 1;
    private const int PeerCredentials = 17;
    private const short PollIn = 1;
    private const short PollOut = 4;
    private const int ControlHeaderSize = 16; // struct cmsghdr: 8 bytes length, 4 level, 4 type.
    private const int ControlSize = ControlHeaderSize + (MaxDescriptors * sizeof(int));

    /// <summary>The effective user of this process.</summary>
    public static uint CurrentUser => LibC.GetEffectiveUser();

    /// <summary>
    /// A listening socket. The file of a path that nobody listens on any more is replaced; where somebody does, the answer is
    /// -<see cref="Errno.AddressInUse"/>.
    /// </summary>
    public static int Listen(NetworkAddress address, int backlog)
    {
        int fd = New();
        if (fd < 0)
        {
            return fd;
        }

        byte* name = stackalloc byte[SocketAddressCodec.MaxSize];
        uint length = (uint)SocketAddressCodec.Write(address, new Span<byte>(name, SocketAddressCodec.MaxSize));
        bool isFile = address.PipePath is { } path && path[0] != '@';
        if (isFile && IsLeftOver(address))
        {
            LibC.Unlink(name + 2);
        }

        int result = Result(LibC.Bind(fd, name, length));
        if (result == 0 && isFile && address.PipeMode != 0)
        {
            result = Result(LibC.ChangeMode(name + 2, (uint)address.PipeMode));
        }

        result = result < 0 ? result : Result(LibC.Listen(fd, backlog));
        if (result < 0)
        {
            LibC.Close(fd);
            return result;
        }

        return fd;
    }

    /// <summary>A connection to who listens there; at once or not at all, as Unix domain sockets do.</summary>
    public static int Connect(NetworkAddress address)
    {
        int fd = New();
        if (fd < 0)
        {
            return fd;
        }

        byte* name = stackalloc byte[SocketAddressCodec.MaxSize];
        int length = SocketAddressCodec.Write(address, new Span<byte>(name, SocketAddressCodec.MaxSize));
        int result = Result(LibC.Connect(fd, name, (uint)length));
        if (result < 0)
        {
            LibC.Close(fd);
            return result;
        }

        return fd;
    }

    /// <summary>Accepts one connection.</summary>
    public static int Accept(int fd) => Result(LibC.Accept(fd, null, null, FlagNonBlock | FlagCloseOnExec));

    /// <summary>Sends one message with descriptors of this process, which stay open here.</summary>
    public static int Send(int fd, ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors);
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* start = message)
        {
            IoVector vector = new((nint)start, message.Length);
            LibC.MessageHeader header = default;
            header.Vectors = &vector;
            header.VectorCount = 1;
            if (!descriptors.IsEmpty)
            {
                int size = ControlHeaderSize + (descriptors.Length * sizeof(int));
                *(ulong*)control = (ulong)size;
                *(int*)(control + 8) = LevelSocket;
                *(int*)(control + 12) = ScmRights;
                descriptors.CopyTo(new Span<int>(control + ControlHeaderSize, descriptors.Length));
                header.Control = (nint)control;
                header.ControlLength = (nuint)((size + 7) & ~7); // CMSG_SPACE: whole words.
            }

            int result;
            do
            {
                result = Result((int)LibC.SendMessage(fd, &header, MessageNoSignal));
            }
            while (result == -Errno.Interrupted);

            return result;
        }
    }

    /// <summary>
    /// Receives one message; 0 is the peer's end. A message that does not fit is -<see cref="Errno.MessageTooLong"/> and its descriptors
    /// are closed; otherwise those received belong to the caller.
    /// </summary>
    public static int Receive(int fd, Span<byte> into, List<int> descriptors)
    {
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* start = into)
        {
            IoVector vector = new((nint)start, into.Length);
            LibC.MessageHeader header = default;
            int result;
            do
            {
                header.Vectors = &vector;
                header.VectorCount = 1;
                header.Control = (nint)control;
                header.ControlLength = ControlSize;
                result = Result((int)LibC.ReceiveMessage(fd, &header, MessageCloseOnExec));
            }
            while (result == -Errno.Interrupted);

            if (result < 0)
            {
                return result;
            }

            int first = descriptors.Count;
            Collect(new ReadOnlySpan<byte>(control, (int)header.ControlLength), descriptors);
            if ((header.Flags & (MessageTruncated | ControlTruncated)) == 0)
            {
                return result;
            }

            for (int i = first; i < descriptors.Count; i++)
            {
                LibC.Close(descriptors[i]);
            }

            descriptors.RemoveRange(first, descriptors.Count - first);
            return -Errno.MessageTooLong;
        }
    }

    /// <summary>Waits until there is something to receive, or room to send; false when the time is over first.</summary>
    public static bool Wait(int fd, bool toSend, TimeSpan patience)
    {
        var entry = new LibC.PollEntry { Fd = fd, Wanted = toSend ? PollOut : PollIn };
        int result;
        do
        {
            result = Result(LibC.Poll(&entry, 1, (int)Math.Clamp(patience.TotalMilliseconds, 0, int.MaxValue)));
        }
        while (result == -Errno.Interrupted);

        return result > 0;
    }

    /// <summary>Who is at the other end, as the kernel noted when it connected or listened.</summary>
    public static bool TryGetPeer(int fd, out int process, out uint user)
    {
        int* credentials = stackalloc int[3];
        uint length = 3 * sizeof(int);
        bool known = LibC.GetOption(fd, LevelSocket, PeerCredentials, (byte*)credentials, &length) == 0 && length == 3 * sizeof(int);
        process = known ? credentials[0] : 0;
        user = known ? (uint)credentials[1] : uint.MaxValue;
        return known;
    }

    /// <summary>Makes a descriptor that came from outside non-blocking and closed on exec.</summary>
    public static int Adopt(int fd)
    {
        const int setDescriptorFlags = 2;
        const int getFlags = 3;
        const int setFlags = 4;
        int flags = Result(LibC.FileControl(fd, getFlags, 0));
        int result = flags < 0 ? flags : Result(LibC.FileControl(fd, setFlags, flags | FlagNonBlock));
        return result < 0 ? result : Result(LibC.FileControl(fd, setDescriptorFlags, 1));
    }

    /// <summary>Closes.</summary>
    public static void Close(int fd) => LibC.Close(fd);

    private static int New() => Result(LibC.Socket(FamilyUnix, TypeSequencedPackets | FlagNonBlock | FlagCloseOnExec, 0));

    private static bool IsLeftOver(NetworkAddress address)
    {
        int probe = Connect(address);
        if (probe >= 0)
        {
            LibC.Close(probe);
        }

        return probe == -Errno.ConnectionRefused;
    }

    private static void Collect(ReadOnlySpan<byte> control, List<int> descriptors)
    {
        while (control.Length >= ControlHeaderSize)
        {
            int size = (int)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(control), (ulong)control.Length);
            if (size < ControlHeaderSize)
            {
                return;
            }

            bool isRights = BitConverter.ToInt32(control[8..]) == LevelSocket && BitConverter.ToInt32(control[12..]) == ScmRights;
            for (int at = ControlHeaderSize; isRights && at + sizeof(int) <= size; at += sizeof(int))
            {
                descriptors.Add(BitConverter.ToInt32(control[at..]));
            }

            control = control[Math.Min((size + 7) & ~7, control.Length)..];
        }
    }

    private static int Result(int answer) => answer < 0 ? Errno.Last : answer;
}
