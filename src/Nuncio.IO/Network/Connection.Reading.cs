using System.Diagnostics;
using Nuncio.Base.Buffers;

namespace Nuncio.IO.Network;

/// <content>The way in: when it reads, how much, and what the end of the peer's bytes means.</content>
public sealed partial class Connection
{
    /// <summary>Most bytes of one read call: large enough that the call's own cost vanishes, small enough to stay in the cache.</summary>
    private const int MaxReadSize = 8 * BlockPool.BlockSize;

    /// <summary>
    /// Most bytes read before the other sockets have their turn and what was written meanwhile is sent.
    /// </summary>
    private const int MaxBytesPerTurn = 128 * 1024;

    /// <summary>Bytes of a closed connection's peer read and thrown away, so that our end reaches it; more means it does not listen.</summary>
    private const int MaxDrainedBytes = 4 * 1024 * 1024;

    private Watermark _readWatermark;
    private int _readDisableCount;
    private int _readSize = BlockPool.BlockSize;
    private int _countedReadBuffer;
    private int _drainedBytes;

    /// <summary>The poller said readable, and no read has come short since.</summary>
    private bool _isReadable;

    /// <summary>The poller said that the peer's end has arrived; bytes may still lie before it.</summary>
    private bool _peerHasClosed;

    /// <summary>The peer's end was read.</summary>
    private bool _readEnded;

    /// <summary>The filters have been told of the peer's end.</summary>
    private bool _readEndTold;

    /// <summary>Reading was enabled again with bytes in the buffer that no filter has taken.</summary>
    private bool _mustRedeliver;

    /// <summary>Whether nobody has disabled reading.</summary>
    public bool IsReadEnabled => _readDisableCount == 0;

    /// <summary>Received bytes that no filter has drained yet.</summary>
    public int ReadBufferLength => _readBuffer.Length;

    private bool MayRead => _readDisableCount == 0 && !_readWatermark.IsAbove && !_readEnded && State == ConnectionState.Open;

    /// <summary>
    /// Stops reading (true) or takes one stop back (false); it reads while no stop is left. While stopped, filters get no bytes either.
    /// </summary>
    public void ReadDisable(bool disable)
    {
        Dispatcher.AssertOwner();
        if (disable)
        {
            _readDisableCount++;
            return;
        }

        Debug.Assert(_readDisableCount > 0, "reading was not disabled");
        if (_readDisableCount == 0 || --_readDisableCount > 0 || State == ConnectionState.Closed)
        {
            return;
        }

        _mustRedeliver |= !_readBuffer.IsEmpty || (_readEnded && !_readEndTold);
        if (_mustRedeliver || _isReadable)
        {
            Dispatcher.RunSoon(this);
        }
    }

    private void OnReadable(bool isFailed)
    {
        switch (State)
        {
            case ConnectionState.Open when MayRead:
                ReadTurn();
                break;
            case ConnectionState.Open when _peerHasClosed && _readDisableCount > 0 && (isFailed || (DetectEarlyClose && !HalfCloseEnabled)):
                // What it sent before is lost, as with Envoy: nobody wants to read it now, and holding the connection costs more.
                CloseSocket(ConnectionEvent.RemoteClose);
                break;
            case ConnectionState.Closing:
                DrainWhileClosing();
                break;
            default:
                break;
        }
    }

    private void ResumeReading()
    {
        if (State != ConnectionState.Open || _readDisableCount > 0)
        {
            return;
        }

        // A filter may have kept the buffer and drained it while reading was disabled.
        _readWatermark.Update(_readBuffer.Length);
        if (_mustRedeliver)
        {
            _mustRedeliver = false;
            Deliver();
        }

        if (_isReadable && MayRead)
        {
            ReadTurn();
        }
    }

    /// <summary>
    /// Reads until a read comes short, the turn's bytes are used up or a filter stops it. Edge-triggered: whoever leaves with
    /// <see cref="_isReadable"/> set has to come back by itself.
    /// </summary>
    private void ReadTurn()
    {
        if (_splice is { } splice)
        {
            SpliceTurn(splice);
            return;
        }

        int left = MaxBytesPerTurn;
        Dispatcher.NoteMemoryUse();
        while (true)
        {
            int before = _readBuffer.Length;
            IoResult result = ReadOnce();
            int count = _readBuffer.Length - before;
            left -= count;
            if (!TellRead(count > 0, result.Outcome == IoOutcome.Done, result.Outcome == IoOutcome.Failed))
            {
                return;
            }

            if (_splice is { } begun)
            {
                SpliceTurn(begun); // A filter knows how long the uninteresting part is.
                return;
            }

            if (!_isReadable || !MayRead)
            {
                return;
            }

            if (left <= 0)
            {
                ConsiderSplicing();
                Dispatcher.RunSoon(this);
                return;
            }
        }
    }

    /// <summary>Gives what was read to the filters, then acts on the peer's end or a failure. False when there is no more to read.</summary>
    private bool TellRead(bool hasBytes, bool isEnd, bool isFailed)
    {
        bool isClosing = isFailed || (isEnd && !HalfCloseEnabled);
        _readEnded |= isEnd && !isClosing;
        if (hasBytes || _readEnded)
        {
            Deliver();
        }

        if (State != ConnectionState.Open)
        {
            return false;
        }

        if (isClosing)
        {
            CloseSocket(ConnectionEvent.RemoteClose);
        }
        else if (_readEnded)
        {
            CloseIfBothEnded(ConnectionEvent.RemoteClose);
        }

        return !isClosing && !_readEnded;
    }

    /// <summary>One read; a second one to fetch the peer's end along with the bytes when the poller said that it is there.</summary>
    private IoResult ReadOnce()
    {
        IoResult result = _transport.Read(_readBuffer, _readSize);
        int bytes = result.Bytes;
        if (result.Outcome == IoOutcome.More)
        {
            _readSize = Math.Min(_readSize * 2, MaxReadSize);
        }
        else
        {
            if (result.Bytes < _readSize / 4 && _readSize > BlockPool.BlockSize)
            {
                _readSize /= 2;
            }

            if (result.Outcome == IoOutcome.Blocked && _peerHasClosed)
            {
                result = _transport.Read(_readBuffer, BlockPool.BlockSize);
                bytes += result.Bytes;
            }

            _isReadable = result.Outcome == IoOutcome.More;
        }

        BytesReceived += (ulong)bytes;
        CountRead(bytes);
        return result;
    }

    private void TakePreread(Buffer preread)
    {
        _isReadable = _transport.TakePreread(preread, _readBuffer);
        BytesReceived += (ulong)_readBuffer.Length;
        CountRead(_readBuffer.Length);
        _mustRedeliver = !_readBuffer.IsEmpty;
    }

    private void Deliver()
    {
        if (_readDisableCount > 0)
        {
            _mustRedeliver = true;
            return;
        }

        if (_readEnded)
        {
            if (_readEndTold && _readBuffer.IsEmpty)
            {
                return;
            }

            _readEndTold = true;
        }

        RunReadFilters(0);
        AfterFilters();
    }

    private void AfterFilters()
    {
        if (State == ConnectionState.Closed)
        {
            return;
        }

        if (_readWatermark.Update(_readBuffer.Length) == Watermark.Crossing.Below && _isReadable)
        {
            Dispatcher.RunSoon(this);
        }

        CountRead(0);
    }

    /// <summary>
    /// Reads what a peer still sends after our close and throws it away: closing with unread bytes would make the system send a
    /// reset, which can overtake our last bytes on their way (RFC 9112, 9.6).
    /// </summary>
    private void DrainWhileClosing()
    {
        for (int turn = 0; turn < MaxBytesPerTurn / BlockPool.BlockSize && State == ConnectionState.Closing; turn++)
        {
            if (_drainedBytes > MaxDrainedBytes)
            {
                return;
            }

            _readBuffer.Clear();
            IoResult result = _transport.Read(_readBuffer, BlockPool.BlockSize);
            _readBuffer.Clear();
            _drainedBytes += result.Bytes;
            switch (result.Outcome)
            {
                case IoOutcome.Blocked when !_peerHasClosed:
                    _isReadable = false;
                    return;
                case IoOutcome.Done:
                    OnPeerEndWhileClosing();
                    return;
                case IoOutcome.Failed:
                    CloseSocket(ConnectionEvent.RemoteClose);
                    return;
                default:
                    break;
            }
        }

        if (State == ConnectionState.Closing)
        {
            Dispatcher.RunSoon(this);
        }
    }

    private void CountRead(int bytes)
    {
        if (Stats is not { } stats)
        {
            return;
        }

        if (bytes > 0)
        {
            stats.ReadTotal?.Add(bytes);
        }

        if (_readBuffer.Length != _countedReadBuffer)
        {
            stats.ReadCurrent?.Add(_readBuffer.Length - _countedReadBuffer);
            _countedReadBuffer = _readBuffer.Length;
        }
    }
}
