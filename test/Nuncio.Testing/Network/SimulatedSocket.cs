using Nuncio.IO.Events;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.Testing.Network;

/// <summary>
/// One end of a simulated connection, or a listening socket: the state the kernel would keep. The proxy reaches it through a
/// descriptor, the test through a <see cref="SimulatedPeer"/>. Single-threaded.
/// </summary>
internal sealed class SimulatedSocket(SimulatedNetwork network)
{
    private readonly ByteQueue _inbound = new();
    private readonly Queue<SimulatedSocket> _accepted = new();
    private int _inFlight;
    private bool _finArrived;
    private bool _writeEnded;
    private bool _isGone;
    private bool _senderWaits;
    private int _error;

    internal int Fd { get; set; } = -1;

    internal SimulatedPoller? Poller { get; set; }

    internal ulong Token { get; set; }

    internal NetworkAddress? Local { get; set; }

    internal NetworkAddress? Remote { get; set; }

    internal SimulatedSocket? Other { get; set; }

    internal bool IsListening { get; set; }

    internal bool IsConnected { get; set; }

    internal bool IsClosed { get; private set; }

    internal bool ResetsOnClose { get; set; }

    internal int ReceiveCapacity { get; set; } = int.MaxValue;

    internal int MaxBytesPerCall { get; set; } = int.MaxValue;

    internal int Backlog { get; set; } = int.MaxValue;

    internal Dictionary<(int Level, int Name), byte[]> Options { get; } = [];

    internal int InboundCount => _inbound.Count;

    internal bool FinArrived => _finArrived;

    internal bool WasReset { get; private set; }

    /// <summary>What epoll would say of it now.</summary>
    internal IoEvents Level
    {
        get
        {
            if (IsListening)
            {
                return _accepted.Count > 0 ? IoEvents.Readable : IoEvents.None;
            }

            IoEvents events = IoEvents.None;
            if (_inbound.Count > 0 || _finArrived || _error != 0 || _isGone)
            {
                events |= IoEvents.Readable;
            }

            if (_finArrived || _isGone)
            {
                events |= IoEvents.PeerClosed;
            }

            if (_error != 0)
            {
                events |= IoEvents.Error;
            }

            if (_isGone || (IsConnected && (Other is null || Other.Room > 0)))
            {
                events |= IoEvents.Writable;
            }

            return events;
        }
    }

    internal int SendRoom => IsConnected && Other is { } other ? Math.Min(other.Room, MaxBytesPerCall) : 0;

    private int Room => IsClosed ? int.MaxValue : Math.Max(0, ReceiveCapacity - _inbound.Count - _inFlight);

    internal void Notify() => Poller?.MarkReady(this);

    internal int Receive(Span<byte> into, bool peek)
    {
        if (into.Length > MaxBytesPerCall)
        {
            into = into[..MaxBytesPerCall];
        }

        if (_inbound.Count > 0)
        {
            int count = _inbound.Take(into, peek);
            if (!peek)
            {
                TellSender();
                if (count == MaxBytesPerCall && _inbound.Count > 0)
                {
                    // Cut short by script, as if the rest had arrived just after.
                    Notify();
                }
            }

            return count;
        }

        if (_error != 0)
        {
            return -TakeError();
        }

        return _finArrived || _isGone ? 0 : IsConnected ? -Errno.Again : -Errno.NotConnected;
    }

    internal int Send(ReadOnlySpan<byte> from)
    {
        if (_error != 0)
        {
            return -TakeError();
        }

        if (_writeEnded || _isGone)
        {
            return -Errno.BrokenPipe;
        }

        if (!IsConnected)
        {
            return -Errno.Again;
        }

        SimulatedSocket other = Other!;
        int count = Math.Min(Math.Min(from.Length, other.Room), MaxBytesPerCall);
        if (count < from.Length)
        {
            other._senderWaits = true;
            if (count > 0 && other.Room > count)
            {
                // A call cut short by script rather than by a full peer: there is room again at once.
                Notify();
            }
        }

        if (count == 0)
        {
            return -Errno.Again;
        }

        byte[] bytes = from[..count].ToArray();
        other._inFlight += count;
        network.Transmit(() => other.Arrive(bytes));
        return count;
    }

    internal void EndWriting()
    {
        if (!_writeEnded && IsConnected && !_isGone)
        {
            _writeEnded = true;
            SimulatedSocket? other = Other;
            network.Transmit(() => other?.ArriveEnd());
        }
    }

    internal void Close()
    {
        if (IsClosed)
        {
            return;
        }

        bool mustReset = ResetsOnClose || _inbound.Count > 0;
        if (mustReset)
        {
            SendReset();
        }
        else
        {
            EndWriting();
        }

        IsClosed = true;
        while (_accepted.TryDequeue(out SimulatedSocket? waiting))
        {
            waiting.SendReset();
            waiting.IsClosed = true;
        }

        Poller?.Forget(this);
    }

    internal void SendReset()
    {
        SimulatedSocket? other = Other;
        if (other is not null && IsConnected)
        {
            network.Transmit(other.ArriveReset);
        }

        _isGone = true;
    }

    internal void CompleteConnect(SimulatedSocket other)
    {
        if (IsClosed)
        {
            other.Close();
            return;
        }

        Other = other;
        IsConnected = true;
        Notify();
    }

    internal void FailConnect(int error)
    {
        _error = error;
        _isGone = true;
        Notify();
    }

    internal void Enqueue(SimulatedSocket accepted)
    {
        _accepted.Enqueue(accepted);
        Notify();
    }

    internal bool HasBacklogRoom => _accepted.Count < Backlog;

    internal bool HasWaiting => _accepted.Count > 0;

    internal SimulatedSocket? TakeAccepted() => _accepted.TryDequeue(out SimulatedSocket? accepted) ? accepted : null;

    internal int TakeError()
    {
        int error = _error;
        _error = 0;
        return error;
    }

    /// <summary>The reader made room, by reading or because the test widened its buffer.</summary>
    internal void TellSender()
    {
        if (_senderWaits && Room > 0)
        {
            _senderWaits = false;
            Other?.Notify();
        }
    }

    private void Arrive(byte[] bytes)
    {
        _inFlight -= bytes.Length;
        if (IsClosed)
        {
            // Nobody is there: the answer to data for a closed socket is a reset.
            SimulatedSocket? other = Other;
            network.Transmit(() => other?.ArriveReset());
            return;
        }

        _inbound.Append(bytes);
        Notify();
    }

    private void ArriveEnd()
    {
        _finArrived = true;
        if (!IsClosed)
        {
            Notify();
        }
    }

    private void ArriveReset()
    {
        WasReset = true;
        if (!IsClosed && !_isGone)
        {
            _isGone = true;
            _error = Errno.ConnectionReset;
            Notify();
        }
    }
}
