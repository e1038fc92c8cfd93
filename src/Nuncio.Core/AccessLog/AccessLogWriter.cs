using Nuncio.Base.Buffers;
using Nuncio.Base.Stats;
using Nuncio.Core.Formatting;

namespace Nuncio.Core.AccessLog;

/// <summary>
/// One worker's end of a log file: entries are formatted straight into its buffer, which the flusher exchanges for an empty one.
/// </summary>
/// <remarks>
/// Owner: the worker; <see cref="Take"/> and <see cref="IsFull"/> are the flusher's. Hand-over: the buffer lies in a slot. The
/// worker takes it out to write to it (one atomic exchange) and puts it back; the flusher takes it only when it lies there, leaving
/// another. So neither ever waits for the other, and a buffer has one owner at any time.
/// </remarks>
public sealed class AccessLogWriter
{
    /// <summary>A buffer's size after its first entry; room for the usual flush.</summary>
    internal const int InitialSize = 64 * 1024;

    // The worker puts a buffer back within a microsecond, unless it was descheduled: then this pass goes on without it.
    private const int Attempts = 64;

    private readonly AccessLogFlusher _flusher;
    private readonly int _flushSize;
    private readonly int _maxSize;
    private readonly Counter _buffered;
    private readonly Counter _dropped;
    private readonly Gauge _bufferedBytes;
    private ByteWriter? _slot = new();
    private volatile bool _isFull;

    internal AccessLogWriter(AccessLogFlusher flusher, StatScope worker)
    {
        _flusher = flusher;
        _flushSize = flusher.Options.FlushMinSize;
        _maxSize = flusher.Options.MaxBufferedBytes;
        StatScope scope = worker.SubScope("filesystem");
        _buffered = scope.Counter("write_buffered");
        _dropped = scope.Counter("write_dropped");
        _bufferedBytes = scope.Gauge("write_total_buffered");
    }

    /// <summary>Whether it asked to be flushed for its size.</summary>
    internal bool IsFull => _isFull;

    /// <summary>Worker: appends one entry, or drops it when the disk lets too many pile up.</summary>
    public void Write(SubstitutionFormatter formatter, in FormatContext context)
    {
        ByteWriter buffer = Interlocked.Exchange(ref _slot, null)!;
        int before = buffer.Length;
        try
        {
            if (before >= _maxSize)
            {
                _dropped.Inc();
                return;
            }

            formatter.Format(context, buffer);
            _buffered.Inc();
            _bufferedBytes.Add(buffer.Length - before);
        }
        finally
        {
            bool ask = buffer.Length >= _flushSize && !_isFull;
            Volatile.Write(ref _slot, buffer);
            if (ask)
            {
                _isFull = true;
                _flusher.Wake();
            }
        }
    }

    /// <summary>Flusher: exchanges the worker's buffer for an empty one; null when there is nothing to write or the worker is at it.</summary>
    internal ByteWriter? Take(ByteWriter empty)
    {
        SpinWait spin = default;
        for (int i = 0; i < Attempts; i++)
        {
            ByteWriter? buffer = Volatile.Read(ref _slot);
            if (buffer is not null)
            {
                if (buffer.Length == 0)
                {
                    return null;
                }

                // Before the exchange: what the worker asks for after it concerns the other buffer.
                _isFull = false;
                if (Interlocked.CompareExchange(ref _slot, empty, buffer) == buffer)
                {
                    return buffer;
                }
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }

        return null;
    }
}
