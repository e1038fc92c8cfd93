using Nuncio.IO.Interop;

namespace Nuncio.IO.Network;

/// <content>
/// Bulk bytes that nobody looks at go to the other connection inside the kernel. A user allows it with <see cref="AllowSplice"/>; this
/// side turns it on while reads come back full and off again when they become small, where two copies cost less than a system call.
/// </content>
public sealed partial class Connection
{
    private const int MaxSplicedBytesPerTurn = 1024 * 1024;
    private const int SmallFilling = 16 * 1024;
    private const int MaxSmallFillings = 16;

    /// <summary>Where bytes may be spliced to; null when somebody looks at them.</summary>
    private Connection? _spliceTarget;

    /// <summary>The connection whose bytes are spliced to this one now.</summary>
    private Connection? _spliceSource;

    private SpliceChannel? _splice;

    /// <summary>Whether received bytes bypass the filters just now.</summary>
    public bool IsSplicing => _splice is not null;

    /// <summary>
    /// Allows received bytes to go straight to <paramref name="target"/>: the caller promises that its only use of them is
    /// <c>target.Write(data, endStream)</c>, unchanged. The end, failures, watermarks of nothing, byte counts and
    /// <see cref="IConnectionCallbacks.OnBytesSent"/> stay as they are; <see cref="IReadFilter.OnData"/> may not be called for bulk.
    /// Ignored where a transport socket or a write filter needs to see the bytes, and as long as another read filter is there.
    /// </summary>
    public void AllowSplice(Connection target)
    {
        bool isPlain = _transport is RawTransportSocket && target._transport is RawTransportSocket;
        if (isPlain && target._writeFilters.Length == 0 && ReferenceEquals(Dispatcher, target.Dispatcher))
        {
            _spliceTarget = target;
        }
    }

    /// <summary>
    /// Sends exactly the next <paramref name="bytes"/> received to <paramref name="target"/>, past this side's filters; then filters
    /// get the bytes behind them. For a filter that knows how long an uninteresting part is. False, and nothing changes, where that
    /// cannot be done now: bytes wait in the buffer, somebody else looks at them, or a splice is under way.
    /// </summary>
    public bool TrySplice(Connection target, long bytes, ISpliceObserver observer)
    {
        bool isPlain = _transport is RawTransportSocket && target._transport is RawTransportSocket;
        if (!isPlain || _splice is not null || target is not { State: ConnectionState.Open, _spliceSource: null, _writeFilters.Length: 0 } ||
            State != ConnectionState.Open || _readFilters.Length != 1 || !_readBuffer.IsEmpty || !ReferenceEquals(Dispatcher, target.Dispatcher) ||
            SpliceChannel.TryOpen(Dispatcher, target) is not { } channel)
        {
            return false;
        }

        channel.Left = bytes;
        channel.Observer = observer;
        _splice = channel;
        target._spliceSource = this;
        return true;
    }

    /// <summary>Takes the permission back; what is in the kernel's pipe still goes to the target first.</summary>
    public void ForbidSplice() => _spliceTarget = null;

    /// <summary>Called when a whole turn of full reads was not enough.</summary>
    private void ConsiderSplicing()
    {
        if (_spliceTarget is { State: ConnectionState.Open, _spliceSource: null, _writeFilters.Length: 0 } target &&
            _readFilters.Length == 1 && _readBuffer.IsEmpty && SpliceChannel.TryOpen(Dispatcher, target) is { } channel)
        {
            _splice = channel;
            target._spliceSource = this;
        }
    }

    private void StopSplicing()
    {
        if (_splice is { } channel)
        {
            _splice = null;
            channel.Target._spliceSource = null;
            channel.Close();
        }
    }

    /// <summary>Empties the pipe, fills it, and so on until one of the sockets blocks or the turn's bytes are used up.</summary>
    private void SpliceTurn(SpliceChannel channel)
    {
        int left = MaxSplicedBytesPerTurn;
        while (ReferenceEquals(_splice, channel))
        {
            if (channel.Pending > 0)
            {
                int moved = EmptyPipe(channel);
                if (moved == 0)
                {
                    return; // The target's next writable event comes back here, or it is closed.
                }

                left -= moved;
            }
            else if (channel.HasEnded)
            {
                bool hasFailed = channel.HasFailed;
                StopSplicing();
                TellRead(hasBytes: false, isEnd: !hasFailed, isFailed: hasFailed);
            }
            else if (channel.Observer is null ? _spliceTarget is null || channel.SmallFillings >= MaxSmallFillings : channel.Left == 0)
            {
                StopSplicing();
                Dispatcher.RunSoon(this);
            }
            else if (left <= 0)
            {
                Dispatcher.RunSoon(this);
                return;
            }
            else if (!_isReadable || !MayRead || !FillPipe(channel))
            {
                return;
            }
        }
    }

    private int EmptyPipe(SpliceChannel channel)
    {
        Connection target = channel.Target;
        if (target._isWriteBlocked || !target._writeBuffer.IsEmpty)
        {
            return 0;
        }

        int moved = Dispatcher.Sockets.Splice(channel.ReadEnd, target._fd, channel.Pending);
        if (moved <= 0)
        {
            target._isWriteBlocked = moved == -Errno.Again;
            if (!target._isWriteBlocked)
            {
                target.OnWriteFailed();
            }

            return 0;
        }

        channel.Pending -= moved;
        target.BytesSent += (ulong)moved;
        target.CountWritten(moved);
        target.RaiseBytesSent(moved);
        return moved;
    }

    private bool FillPipe(SpliceChannel channel)
    {
        int count = Dispatcher.Sockets.Splice(_fd, channel.WriteEnd, (int)Math.Min(SpliceChannel.Capacity, channel.Left));
        if (count == -Errno.Again)
        {
            _isReadable = false;
            return false;
        }

        if (count <= 0)
        {
            _isReadable = false;
            channel.HasEnded = true;
            channel.HasFailed = count < 0;
            return true;
        }

        channel.Pending = count;
        channel.Left -= count;
        channel.Observer?.OnSpliced(count);
        channel.SmallFillings = count < SmallFilling ? channel.SmallFillings + 1 : 0;
        BytesReceived += (ulong)count;
        CountRead(count);
        return true;
    }
}
