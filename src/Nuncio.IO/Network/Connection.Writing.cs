using Nuncio.Base.Buffers;

namespace Nuncio.IO.Network;

/// <content>The way out: collected during an event, sent after it.</content>
public sealed partial class Connection
{
    private Watermark _writeWatermark;
    private Buffer? _filteredOutput;
    private int _countedWriteBuffer;
    private bool _isQueuedForFlush;

    /// <summary>The system had no more room; the next writable event tells when it has.</summary>
    private bool _isWriteBlocked;

    /// <summary>Nothing may be written any more: the last byte is in the buffer or gone.</summary>
    private bool _writeEnded;

    /// <summary>The end of our bytes has left.</summary>
    private bool _writeEndSent;

    /// <summary>
    /// Where producers may append directly, sparing a move; call <see cref="NotifyWritten"/> in the same event. Bytes put here pass
    /// the write filters too.
    /// </summary>
    public Buffer WriteBuffer => _writeFilters.Length == 0 ? _writeBuffer : _filteredOutput ??= new Buffer(Dispatcher.Blocks);

    /// <summary>Bytes waiting to be sent.</summary>
    public int WriteBufferLength => _writeBuffer.Length;

    /// <summary>Whether the write buffer is above its limit and has not fallen to half of it since.</summary>
    public bool IsAboveHighWatermark => _writeWatermark.IsAbove;

    /// <summary>
    /// Moves bytes out of <paramref name="data"/> to be sent when the current event ends. With <paramref name="endStream"/> they are
    /// the last: our direction is ended after them.
    /// </summary>
    public void Write(Buffer data, bool endStream)
    {
        Dispatcher.AssertOwner();
        if (State == ConnectionState.Closed || _writeEnded || _writeEndSent)
        {
            data.Clear();
            return;
        }

        if (_writeFilters.Length == 0 || RunWriteFilters(data, endStream))
        {
            data.MoveTo(_writeBuffer);
            _writeEnded |= endStream;
            OnWriteBufferGrown();
        }
    }

    /// <summary>Tells that bytes were appended to <see cref="WriteBuffer"/>.</summary>
    public void NotifyWritten()
    {
        Dispatcher.AssertOwner();
        if (_filteredOutput is { IsEmpty: false } output)
        {
            Write(output, endStream: false);
        }
        else if (State == ConnectionState.Closed || _writeEndSent)
        {
            _writeBuffer.Clear();
        }
        else
        {
            OnWriteBufferGrown();
        }
    }

    /// <summary>Sends what is buffered. Called by the dispatcher after the event that wrote it.</summary>
    public void Flush()
    {
        _isQueuedForFlush = false;
        if (_isWriteBlocked || State is ConnectionState.Closed or ConnectionState.Connecting)
        {
            return;
        }

        bool endStream = _writeEnded || IsWaitingForPeer;
        IoResult result = _transport.Write(_writeBuffer, endStream);
        BytesSent += (ulong)result.Bytes;
        CountWritten(result.Bytes);
        if (result.Outcome == IoOutcome.Failed)
        {
            OnWriteFailed();
            return;
        }

        _isWriteBlocked = result.Outcome == IoOutcome.Blocked;
        _writeEndSent |= endStream && result.Outcome == IoOutcome.Done;
        if (result.Bytes > 0)
        {
            if (_closeTimer is { IsArmed: true } timer)
            {
                timer.Arm(DelayedCloseTimeout);
            }

            if (_callbacks.Length > 0)
            {
                RaiseBytesSent(result.Bytes);
            }
        }

        if (State != ConnectionState.Closed && _writeWatermark.Update(_writeBuffer.Length) == Watermark.Crossing.Below)
        {
            RaiseWatermark(above: false);
        }

        if (_writeBuffer.IsEmpty && !_transport.HasPendingOutput)
        {
            OnFlushed();
            if (_spliceSource is { _splice.Pending: > 0 } source)
            {
                source.SpliceTurn(source._splice);
            }
        }
    }

    /// <summary>For transport sockets: there are bytes of its own to be sent when the current event ends.</summary>
    public void RequestFlush() => QueueFlush();

    private void OnWriteBufferGrown()
    {
        if (_writeWatermark.Update(_writeBuffer.Length) == Watermark.Crossing.Above)
        {
            RaiseWatermark(above: true);
        }

        QueueFlush();
    }

    private void QueueFlush()
    {
        bool hasSomething = !_writeBuffer.IsEmpty || ((_writeEnded || IsWaitingForPeer) && !_writeEndSent) ||
            _spliceSource is { _splice.Pending: > 0 } || _transport.HasPendingOutput;
        if (hasSomething && !_isQueuedForFlush && !_isWriteBlocked && State is ConnectionState.Open or ConnectionState.Closing)
        {
            _isQueuedForFlush = true;
            Dispatcher.FlushAfterEvent(this);
        }
    }

    /// <summary>
    /// The peer takes no more. What it has sent before may still be worth reading: an answer given without waiting for the whole
    /// request, followed by a close.
    /// </summary>
    private void OnWriteFailed()
    {
        _writeBuffer.Clear();
        CountWritten(0);
        _writeEnded = true;
        _peerHasClosed = true;
        if (MayRead)
        {
            ReadTurn();
        }

        if (State != ConnectionState.Closed)
        {
            CloseSocket(ConnectionEvent.RemoteClose);
        }
    }

    private void CountWritten(int bytes)
    {
        if (Stats is not { } stats)
        {
            return;
        }

        if (bytes > 0)
        {
            stats.WriteTotal?.Add(bytes);
        }

        if (_writeBuffer.Length != _countedWriteBuffer)
        {
            stats.WriteCurrent?.Add(_writeBuffer.Length - _countedWriteBuffer);
            _countedWriteBuffer = _writeBuffer.Length;
        }
    }
}
