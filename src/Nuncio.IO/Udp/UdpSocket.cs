using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Udp;

/// <summary>A datagram socket on one dispatcher.</summary>
/// <remarks>
/// Owner: the dispatcher's thread. Receives in batches until nothing waits, at most <see cref="MaxBatchesPerTurn"/> at a time so that a
/// flood does not starve the others. Sends at once: a datagram that the system does not take is lost, as it could be on its way.
/// </remarks>
public sealed class UdpSocket : IIoHandler, IRunSoon, IDisposable
{
    private const int MaxBatchesPerTurn = 4;

    private readonly Dispatcher _dispatcher;
    private readonly IUdpSocketCallbacks _callbacks;
    private readonly DatagramBatch _batch;
    private readonly DatagramAddress _local;
    private readonly bool _needsLocal;
    private readonly bool _ownsDescriptor;
    private readonly IoRegistration _registration;
    private uint _overflow;
    private int _fd;

    /// <summary>Takes over a descriptor that is bound or connected, and starts receiving with the next poll.</summary>
    /// <param name="local">Our address, for those who want to know it; of a socket for any address the system tells it with each datagram.</param>
    /// <param name="batch">Room to receive into; sockets of one thread may share it.</param>
    /// <param name="ownsDescriptor">Whether <see cref="Dispose"/> closes the descriptor; else its owner does, later.</param>
    public UdpSocket(Dispatcher dispatcher, int fd, NetworkAddress? local, DatagramBatch batch, IUdpSocketCallbacks callbacks, bool ownsDescriptor)
    {
        dispatcher.AssertOwner();
        _dispatcher = dispatcher;
        _fd = fd;
        _callbacks = callbacks;
        _batch = batch;
        _ownsDescriptor = ownsDescriptor;
        _local = local is null ? default : DatagramAddress.From(local);
        _needsLocal = local is { IsAnyIp: true };
        _overflow = ownsDescriptor ? 0 : CountOverflow();
        _registration = dispatcher.RegisterForReading(fd, this);
    }

    /// <summary>Whether the system watches the descriptor; false when it refused.</summary>
    public bool IsWatched => _registration.IsSome;

    /// <inheritdoc/>
    public bool IsQueuedSoon { get; set; }

    /// <summary>Sends to an address, from the address of ours that is given. The bytes sent, or a negated error number.</summary>
    public int SendTo(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress source)
    {
        if (_fd < 0)
        {
            return -Errno.BadFile;
        }

        // A socket of a single address sends from that anyway.
        return _dispatcher.Sockets.SendDatagram(_fd, datagram, to, _needsLocal ? source : default);
    }

    /// <summary>Sends to the address the socket is connected to. The bytes sent, or a negated error number.</summary>
    public int Send(ReadOnlySpan<byte> datagram) => _fd < 0 ? -Errno.BadFile : _dispatcher.Sockets.Send(_fd, datagram);

    /// <summary>Connects: from then on it receives from that address only. 0 or a negated error number.</summary>
    public int Connect(NetworkAddress to) => _fd < 0 ? -Errno.BadFile : _dispatcher.Sockets.Connect(_fd, to);

    /// <summary>Receives no more, and closes the descriptor if it owns it.</summary>
    public void Dispose()
    {
        if (_fd < 0)
        {
            return;
        }

        if (_ownsDescriptor)
        {
            _dispatcher.Unregister(_registration);
            _dispatcher.Sockets.Close(_fd);
        }
        else
        {
            _dispatcher.UnregisterOpen(_registration, _fd);
        }

        _fd = -1;
    }

    void IIoHandler.OnIoEvents(IoEvents events) => Receive();

    // One datagram's failure took what it belonged to down; the ones behind it still wait.
    void IIoHandler.OnUnhandledException(Exception exception) => _dispatcher.RunSoon(this);

    void IRunSoon.RunSoon() => Receive();

    // What was counted before this listener had the socket is not ours.
    private uint CountOverflow()
    {
        Span<byte> counts = stackalloc byte[36];
        return _dispatcher.Sockets.GetOption(_fd, SocketOptions.LevelSocket, SocketOptions.MemoryInfo, counts) == counts.Length
            ? BitConverter.ToUInt32(counts[32..])
            : 0;
    }

    private void Receive()
    {
        bool any = false;
        for (int turn = 0; turn < MaxBatchesPerTurn; turn++)
        {
            if (_fd < 0)
            {
                return;
            }

            int count = _dispatcher.Sockets.ReceiveDatagrams(_fd, _batch);
            if (count == -Errno.Again)
            {
                End(any);
                return;
            }

            any = true;
            if (count < 0)
            {
                // One pending error each; datagrams may wait behind it.
                _callbacks.OnReceiveError(-count);
                continue;
            }

            Deliver(count);
            if (count < DatagramBatch.Capacity)
            {
                End(any);
                return;
            }
        }

        _dispatcher.RunSoon(this);
        End(any);
    }

    private void End(bool any)
    {
        if (any && _fd >= 0)
        {
            _callbacks.OnReceiveTurnEnded();
        }
    }

    private void Deliver(int count)
    {
        for (int i = 0; i < count && _fd >= 0; i++)
        {
            uint overflow = _overflow;
            DatagramAddress told = _batch.ReadControl(i, _local.Port, ref overflow);
            if (overflow != _overflow)
            {
                _callbacks.OnDatagramsDropped(overflow - _overflow);
                _overflow = overflow;
            }

            if (_batch.IsTruncated(i))
            {
                _callbacks.OnDatagramsDropped(1);
                continue;
            }

            _callbacks.OnDatagram(this, _batch.Payload(i), _batch.Peer(i), told.IsSome ? told : _local);
        }
    }
}
