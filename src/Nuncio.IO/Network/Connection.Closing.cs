using Nuncio.IO.Timers;

namespace Nuncio.IO.Network;

/// <content>The ways to end: at once, after the buffered bytes, or after the peer has had time to read them.</content>
public sealed partial class Connection
{
    private Timer? _closeTimer;

    /// <summary>While Closing: wait for the peer's end when everything is sent.</summary>
    private bool _waitForPeer;

    /// <summary>
    /// How long a closing connection waits without progress for its bytes to leave, and then for the peer's end. Zero: not at all
    /// for the peer, forever for the bytes. (Envoy: <c>delayed_close_timeout</c>.)
    /// </summary>
    public TimeSpan DelayedCloseTimeout { get; set; }

    /// <summary>Why this side closed, the first reason given; null while it has not.</summary>
    public string? LocalCloseReason { get; private set; }

    private bool IsWaitingForPeer => State == ConnectionState.Closing && _waitForPeer;

    /// <summary>Closes. Fine within any callback, and more than once.</summary>
    /// <param name="localCloseReason">A constant; what access logs show.</param>
    public void Close(ConnectionCloseType type, string localCloseReason)
    {
        Dispatcher.AssertOwner();
        if (State == ConnectionState.Closed)
        {
            return;
        }

        LocalCloseReason ??= localCloseReason;
        switch (type)
        {
            case ConnectionCloseType.AbortReset:
                if (_fd >= 0)
                {
                    Dispatcher.Sockets.ResetOnClose(_fd);
                }

                CloseSocket(ConnectionEvent.LocalClose);
                break;
            case ConnectionCloseType.Abort:
                CloseSocket(ConnectionEvent.LocalClose);
                break;
            case ConnectionCloseType.NoFlush:
                SendOnceBeforeClose();
                CloseSocket(ConnectionEvent.LocalClose);
                break;
            default:
                CloseAfterFlush(type == ConnectionCloseType.FlushWriteAndDelay && DelayedCloseTimeout > TimeSpan.Zero);
                break;
        }
    }

    void ITimerHandler.OnTimer(Timer timer)
    {
        Stats?.DelayedCloseTimeouts?.Inc();
        LocalCloseReason = "triggered_delayed_close_timeout";
        CloseSocket(ConnectionEvent.LocalClose);
    }

    private void CloseAfterFlush(bool waitForPeer)
    {
        bool mustFlush = (!_writeBuffer.IsEmpty || _transport.HasPendingOutput) && _transport.CanFlushClose;
        if (State == ConnectionState.Connecting || (!mustFlush && !waitForPeer))
        {
            CloseSocket(ConnectionEvent.LocalClose);
            return;
        }

        if (State == ConnectionState.Closing)
        {
            // A second close decides how it ends, once the bytes of both are gone.
            _waitForPeer = mustFlush ? waitForPeer : _waitForPeer;
            return;
        }

        State = ConnectionState.Closing;
        _waitForPeer = waitForPeer;
        if (DelayedCloseTimeout > TimeSpan.Zero)
        {
            _closeTimer = new Timer(Dispatcher.Timers, this);
            _closeTimer.Arm(DelayedCloseTimeout);
        }

        QueueFlush();
        if (_isReadable || _peerHasClosed)
        {
            Dispatcher.RunSoon(this);
        }
    }

    private void SendOnceBeforeClose()
    {
        if (!_writeBuffer.IsEmpty && !_isWriteBlocked && State is ConnectionState.Open or ConnectionState.Closing)
        {
            IoResult result = _transport.Write(_writeBuffer, endStream: true);
            BytesSent += (ulong)result.Bytes;
            CountWritten(result.Bytes);
        }
    }

    private void OnFlushed()
    {
        if (State == ConnectionState.Closing && !_waitForPeer)
        {
            CloseSocket(ConnectionEvent.LocalClose);
        }
        else if (State == ConnectionState.Closing && _readEnded)
        {
            CloseSocket(ConnectionEvent.RemoteClose);
        }
        else
        {
            CloseIfBothEnded(ConnectionEvent.LocalClose);
        }
    }

    /// <summary>The peer has ended too: nothing to wait for but the bytes it may still be reading.</summary>
    private void OnPeerEndWhileClosing()
    {
        _readEnded = true;
        _isReadable = false;
        if (_writeBuffer.IsEmpty && !_isQueuedForFlush && !_transport.HasPendingOutput)
        {
            CloseSocket(ConnectionEvent.RemoteClose);
        }
    }

    private void CloseIfBothEnded(ConnectionEvent connectionEvent)
    {
        if (State == ConnectionState.Open && _readEnded && _writeEnded && _writeEndSent)
        {
            CloseSocket(connectionEvent);
        }
    }

    private void CloseSocket(ConnectionEvent connectionEvent)
    {
        if (State == ConnectionState.Closed)
        {
            return;
        }

        State = ConnectionState.Closed;
        _closeTimer?.Disarm();
        _race?.Cancel();
        _race = null;
        StopSplicing();
        _spliceSource?.StopSplicing();
        _spliceTarget = null;
        _transport.OnClose();
        Dispatcher.Unregister(_registration);
        if (_fd >= 0)
        {
            Dispatcher.Sockets.Close(_fd);
            _fd = -1;
        }

        _writeBuffer.Clear();
        CountWritten(0);
        if (_countedReadBuffer != 0)
        {
            Stats?.ReadCurrent?.Sub(_countedReadBuffer);
            _countedReadBuffer = 0;
        }

        Dispatcher.DeferRelease(this);
        RaiseEvent(connectionEvent);
    }
}
