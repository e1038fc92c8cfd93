using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Udp;

/// <summary>Room for several datagrams that are received with one system call (recvmmsg(2)), and what is known of each.</summary>
/// <remarks>
/// Owner: one thread, which may use it for any number of sockets: what was received is used up before the next receive. Its memory is one
/// pinned array for life.
/// </remarks>
public sealed unsafe class DatagramBatch
{
    /// <summary>Datagrams received at a time: enough to spread the cost of the call.</summary>
    public const int Capacity = 16;

    private const int FlagTruncated = 0x20;
    private const int NameSize = 32;

    /// <summary>Destination and overflow count, each with its header of 16 bytes, rounded up to 8.</summary>
    private const int ControlSize = 96;
    private const int ControlHeader = 16;

    private readonly byte[] _memory;
    private readonly LibC.CountedMessageHeader* _headers;
    private readonly IoVector* _vectors;
    private readonly byte* _names;
    private readonly byte* _controls;
    private readonly byte* _data;
    private int _used = Capacity;

    /// <param name="maxSize">Longest datagram; longer ones are cut off, which <see cref="IsTruncated"/> tells.</param>
    public DatagramBatch(int maxSize)
    {
        MaxSize = maxSize;
        int headers = Capacity * sizeof(LibC.CountedMessageHeader);
        int vectors = Capacity * sizeof(IoVector);
        _memory = GC.AllocateArray<byte>(headers + vectors + (Capacity * (NameSize + ControlSize + maxSize)), pinned: true);

        // Safety: the array is pinned for life and held by this object; the parts do not overlap and their sizes are multiples of 8.
        byte* at = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _headers = (LibC.CountedMessageHeader*)at;
        _vectors = (IoVector*)(at += headers);
        _names = at += vectors;
        _controls = at += Capacity * NameSize;
        _data = at + (Capacity * ControlSize);
        for (int i = 0; i < Capacity; i++)
        {
            _vectors[i] = new IoVector((nint)(_data + ((long)i * maxSize)), maxSize);
            _headers[i].Header.Name = (nint)(_names + (i * NameSize));
            _headers[i].Header.Vectors = _vectors + i;
            _headers[i].Header.VectorCount = 1;
            _headers[i].Header.Control = (nint)(_controls + (i * ControlSize));
        }
    }

    /// <summary>Longest datagram.</summary>
    public int MaxSize { get; }

    /// <summary>The bytes of a datagram that was received; none is a datagram too.</summary>
    public ReadOnlySpan<byte> Payload(int index) => new(_data + ((long)index * MaxSize), (int)_headers[index].Count);

    /// <summary>Whether it was longer than there was room for.</summary>
    public bool IsTruncated(int index) => (_headers[index].Header.Flags & FlagTruncated) != 0;

    /// <summary>Where it comes from.</summary>
    public DatagramAddress Peer(int index) =>
        _headers[index].Header.NameLength < 16 ? default : DatagramAddress.Read(new ReadOnlySpan<byte>(_names + (index * NameSize), NameSize));

    /// <summary>What the system says besides: our address that it was sent to, and how many were dropped before it, where it says so.</summary>
    /// <param name="port">Our port.</param>
    /// <param name="overflow">Datagrams dropped since the socket was made; unchanged when the system does not say.</param>
    public DatagramAddress ReadControl(int index, int port, ref uint overflow)
    {
        DatagramAddress local = default;
        ReadOnlySpan<byte> rest = new(_controls + (index * ControlSize), (int)Math.Min(_headers[index].Header.ControlLength, ControlSize));
        while (rest.Length >= ControlHeader)
        {
            int length = (int)BitConverter.ToUInt64(rest);
            if (length < ControlHeader || length > rest.Length)
            {
                break;
            }

            ReadOnlySpan<byte> data = rest[ControlHeader..length];
            switch ((BitConverter.ToInt32(rest[8..]), BitConverter.ToInt32(rest[12..])))
            {
                case (SocketOptions.LevelIp, SocketOptions.IpPacketInfo) when data.Length >= 12:
                    local = DatagramAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(data[8..]), port);
                    break;
                case (SocketOptions.LevelIpv6, SocketOptions.Ipv6PacketInfo) when data.Length >= 20:
                    local = DatagramAddress.FromIPv6(
                        BinaryPrimitives.ReadUInt64BigEndian(data), BinaryPrimitives.ReadUInt64BigEndian(data[8..]), port);
                    break;
                case (SocketOptions.LevelSocket, SocketOptions.ReceiveQueueOverflow) when data.Length >= 4:
                    overflow = BitConverter.ToUInt32(data);
                    break;
                default:
                    break;
            }

            rest = rest[Math.Min((length + 7) & ~7, rest.Length)..];
        }

        return local;
    }

    /// <summary>Makes it ready for the next call; the answer is what recvmmsg takes.</summary>
    internal LibC.CountedMessageHeader* Prepare()
    {
        for (int i = 0; i < _used; i++)
        {
            // The call writes how much it used.
            _headers[i].Header.NameLength = NameSize;
            _headers[i].Header.ControlLength = ControlSize;
            _headers[i].Header.Flags = 0;
        }

        _used = 0;
        return _headers;
    }

    /// <summary>So many datagrams were received.</summary>
    internal void SetReceived(int count) => _used = count;
}
