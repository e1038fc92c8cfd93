using System.Buffers.Binary;
using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;
using Nuncio.IO.Udp;

namespace Nuncio.IO.Sockets;

/// <content>Datagrams, udp(7).</content>
public sealed unsafe partial class LinuxSockets
{
    private const int TypeDatagram = 2;

    /// <summary>A header of 16 bytes and the longer of the two structures that name our address, rounded up to 8.</summary>
    private const int MaxControl = 40;

    /// <inheritdoc/>
    public override int DatagramSocket(AddressKind kind) =>
        Result(LibC.Socket(SocketAddressCodec.FamilyOf(kind), TypeDatagram | FlagNonBlock | FlagCloseOnExec, 0));

    /// <inheritdoc/>
    public override int ReceiveDatagrams(int fd, DatagramBatch into)
    {
        LibC.CountedMessageHeader* headers = into.Prepare();
        while (true)
        {
            int count = LibC.ReceiveMessages(fd, headers, DatagramBatch.Capacity, 0, null);
            if (count >= 0)
            {
                into.SetReceived(count);
                return count;
            }

            int error = Errno.Last;
            if (error != -Errno.Interrupted)
            {
                return error;
            }
        }
    }

    /// <inheritdoc/>
    public override int SendDatagram(int fd, ReadOnlySpan<byte> from, in DatagramAddress to, in DatagramAddress source)
    {
        byte* name = stackalloc byte[DatagramAddress.MaxSize];
        byte* control = stackalloc byte[MaxControl];
        fixed (byte* start = from)
        {
            var vector = new IoVector((nint)start, from.Length);
            LibC.MessageHeader header = default;
            header.Name = (nint)name;
            header.NameLength = (uint)to.Write(new Span<byte>(name, DatagramAddress.MaxSize));
            header.Vectors = &vector;
            header.VectorCount = 1;
            if (source.IsSome)
            {
                header.Control = (nint)control;
                header.ControlLength = (nuint)WriteSource(new Span<byte>(control, MaxControl), source);
            }

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

    /// <summary>The control message that says which of our addresses it comes from; answers its length.</summary>
    private static int WriteSource(Span<byte> control, in DatagramAddress source)
    {
        control.Clear();
        Span<byte> data = control[16..];
        if (source.IsIPv6)
        {
            BitConverter.TryWriteBytes(control, 16UL + 20);
            BitConverter.TryWriteBytes(control[8..], SocketOptions.LevelIpv6);
            BitConverter.TryWriteBytes(control[12..], SocketOptions.Ipv6PacketInfo);
            BinaryPrimitives.WriteUInt64BigEndian(data, source.High);
            BinaryPrimitives.WriteUInt64BigEndian(data[8..], source.Low);
            return 40;
        }

        BitConverter.TryWriteBytes(control, 16UL + 12);
        BitConverter.TryWriteBytes(control[8..], SocketOptions.LevelIp);
        BitConverter.TryWriteBytes(control[12..], SocketOptions.IpPacketInfo);
        BinaryPrimitives.WriteUInt32BigEndian(data[4..], source.IPv4Bits);
        return 32;
    }
}
