using Nuncio.Base.Buffers;
using Nuncio.Base.Stats;
using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog;

/// <summary>
/// One worker's end of a log file: entries are formatted straight into its buffer, which changes hands with the flusher.
/// </summary>
/// <remarks>
/// Owner: the worker; <see cref="Take"/> and <see cref="Return"/> are the flusher's. Neither ever waits for the other, and a buffer
/// has one owner at any time. There are two ways of handing over. A busy worker gives its full buffer away itself, for the empty
/// one that the flusher has laid out (<c>_offer</c>). The buffer of a worker that logs little lies in <c>_slot</c> between entries,
/// where the flusher may exchange it; a flusher that never finds it there, because the worker is busy, says so
/// (<c>_isWanted</c>) and is given it at the next entry.
/// Invariant: <c>_handedOver</c> is empty as long as <c>_offer</c> is not, so entries are written in order.
/// </remarks>
public sealed class AccessLogWriter
{
    /// <summary>Memory a buffer keeps after it was written: the usual full buffer, having grown by doubling.</summary>
    private const int KeptSize = 256 * 1024;

    private const int Attempts = 16;

    private readonly FlushThread _thread;
    private readonly int _flushSize;
    private readonly int _maxSize;
    private readonly Counter _buffered;
    private readonly Counter _dropped;
    private readonly Gauge _bufferedBytes;
    private ByteWriter? _slot = new();
    private ByteWriter? _offer = new();
    private ByteWriter? _handedOver;
    private volatile bool _isWanted;

    internal AccessLogWriter(FlushThread thread, AccessLogOptions options, StatScope worker)
    {
        _thread = thread;
        _flushSize = options.FlushMinSize;
        _maxSize = options.MaxBufferedBytes;
        StatScope scope = worker.SubScope("filesystem");
        _buffered = scope.Counter("write_buffered");
        _dropped = scope.Counter("write_dropped");
        _bufferedBytes = scope.Gauge("write_total_buffered");
    }

    /// <summary>Worker: appends one entry, or drops it when the disk lets too many pile up.</summary>
    public void Write(SubstitutionFormatter formatter, in FormatContext context)
    {
        ByteWriter buffer = Interlocked.Exchange(ref _slot, null)!;
        try
        {
            if (buffer.Length < _maxSize)
            {
                int before = buffer.Length;
                formatter.Format(context, buffer);
                _buffered.Inc();
                _bufferedBytes.Add(buffer.Length - before);
            }
            else
            {
                _dropped.Inc();
            }

            if (buffer.Length >= _flushSize || _isWanted)
            {
                buffer = HandOver(buffer);
            }
        }
        finally
        {
            Volatile.Write(ref _slot, buffer);
        }
    }

    /// <summary>
    /// Flusher: what is to be written next, or null. With <paramref name="onlyHandedOver"/> the worker's own buffer stays where it is.
    /// </summary>
    internal ByteWriter? Take(bool onlyHandedOver)
    {
        if (Interlocked.Exchange(ref _handedOver, null) is { } handedOver)
        {
            return handedOver;
        }

        // Without the offer the worker has nothing to exchange for, so nothing can be handed over meanwhile.
        if (onlyHandedOver || Interlocked.Exchange(ref _offer, null) is not { } empty)
        {
            return null;
        }

        SpinWait spin = default;
        for (int i = 0; i < Attempts; i++)
        {
            ByteWriter? buffer = Volatile.Read(ref _slot);
            if (buffer is { Length: 0 })
            {
                break;
            }

            if (buffer is not null && Interlocked.CompareExchange(ref _slot, empty, buffer) == buffer)
            {
                return buffer;
            }

            _isWanted = i == Attempts - 1;
            spin.SpinOnce(sleep1Threshold: -1);
        }

        Volatile.Write(ref _offer, empty);
        return null;
    }

    /// <summary>Flusher: what <see cref="Take"/> gave was written; the worker may have the buffer next.</summary>
    internal void Return(ByteWriter written)
    {
        written.Clear(KeptSize);
        Volatile.Write(ref _offer, written);
    }

    private ByteWriter HandOver(ByteWriter buffer)
    {
        if (Volatile.Read(ref _offer) is null || Interlocked.Exchange(ref _offer, null) is not { } empty)
        {
            return buffer; // The flusher is not through with the last one: this one grows on.
        }

        _isWanted = false;
        Volatile.Write(ref _handedOver, buffer);
        _thread.Wake();
        return empty;
    }
}
