using System.Runtime.CompilerServices;
using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;
using Nuncio.IO.Network;

namespace Nuncio.IO.Tls;

/// <content>The way out: full records where there are bytes for them, several records per call of the system.</content>
public sealed unsafe partial class TlsTransportSocket
{
    /// <summary>Plain bytes of one record (RFC 8446, 5.1).</summary>
    private const int MaxRecord = 16 * 1024;

    /// <summary>Plain bytes encrypted before they are sent: large enough that the call's own cost vanishes, small enough to stay in the cache.</summary>
    private const int MaxBatch = 4 * MaxRecord;

    /// <summary>Pieces at least this long are encrypted where they lie; shorter ones are first put together into one record.</summary>
    private const int LongPiece = MaxRecord / 2;

    /// <summary>
    /// Bytes of answers (alerts, key updates) that may wait for a peer that does not read them; more is an attack.
    /// </summary>
    private const int MaxUnsentAnswers = 64 * 1024;

    private const int MaxVectors = 64;

    [ThreadStatic]
    private static byte[]? t_record;

    /// <summary>Whether what OpenSSL writes now is the last of a batch, so that it can go to the system from where it is.</summary>
    private bool _isLastOfBatch;

    private bool _isEncrypting;

    private bool _hasShutDown;

    /// <inheritdoc/>
    public IoResult Write(Buffer from, bool endStream)
    {
        if (!_output.IsEmpty && !SendOutput())
        {
            return SendStopped(0);
        }

        if (_state is not (State.Open or State.Ended))
        {
            return new IoResult(0, IoOutcome.More); // The end of the handshake comes back here.
        }

        int total = 0;
        Enter();
        while (!from.IsEmpty)
        {
            if (_state == State.Ended)
            {
                return new IoResult(total, IoOutcome.Failed, _sendError);
            }

            int count = EncryptBatch(from);
            if (count < 0)
            {
                return Fail() with { Bytes = total };
            }

            total += count;
            if (!_output.IsEmpty)
            {
                return SendStopped(total);
            }
        }

        return endStream ? EndWriting(total) : new IoResult(total, IoOutcome.Done);
    }

    /// <summary>OpenSSL writes: to the system at once when nothing follows, else to what waits. False when the connection is broken.</summary>
    internal bool PutCipherText(byte* from, int length)
    {
        if (_isLastOfBatch && _sendError == 0)
        {
            return SendWith(from, length);
        }

        if (!_isEncrypting && _output.Length > MaxUnsentAnswers)
        {
            return false;
        }

        _output.Append(new ReadOnlySpan<byte>(from, length));
        return true;
    }

    private IoResult EndWriting(int total)
    {
        if (_state == State.Open)
        {
            _state = State.Ended;
            if (LibSsl.Shutdown(_ssl) < 0)
            {
                LibCrypto.ClearError();
            }
        }

        if (!_output.IsEmpty && !SendOutput())
        {
            return SendStopped(total);
        }

        if (!_hasShutDown)
        {
            // A failure means that the connection is gone, which the next read tells.
            _hasShutDown = true;
            Sockets.ShutdownWrite(_connection.FileDescriptor);
        }

        return new IoResult(total, IoOutcome.Done);
    }

    private IoResult SendStopped(int total)
    {
        if (_sendError == 0)
        {
            return new IoResult(total, IoOutcome.Blocked);
        }

        return Fail() with { Bytes = total };
    }

    /// <summary>Encrypts and sends the first bytes, at most a batch; answers how many, or -1.</summary>
    [SkipLocalsInit]
    private int EncryptBatch(Buffer from)
    {
        Span<IoVector> pieces = stackalloc IoVector[MaxVectors];
        pieces = pieces[..from.GetReadVectors(pieces)];
        int total = 0;
        int next = 0;
        while (next < pieces.Length && total < MaxBatch)
        {
            IoVector piece = pieces[next++];
            byte* start = (byte*)piece.Address;
            int length = piece.Length;
            if (length < LongPiece && next < pieces.Length && length + pieces[next].Length <= MaxRecord)
            {
                start = PutTogether(pieces, ref next, out length);
            }

            _isEncrypting = true;
            _isLastOfBatch = next == pieces.Length || total + length >= MaxBatch;
            int written = LibSsl.Write(_ssl, start, length);
            _isEncrypting = false;
            _isLastOfBatch = false;
            if (written != length)
            {
                return -1;
            }

            total += length;
        }

        from.Drain(total);
        return total;
    }

    /// <summary>The pieces from the one before <paramref name="next"/> on, as many as one record takes, copied together.</summary>
    private static byte* PutTogether(ReadOnlySpan<IoVector> pieces, ref int next, out int length)
    {
        // Safety: the array is on the pinned heap and belongs to this thread; it is used up by the call that follows.
        byte[] record = t_record ??= GC.AllocateUninitializedArray<byte>(MaxRecord, pinned: true);
        length = 0;
        for (next--; next < pieces.Length && length + pieces[next].Length <= MaxRecord; next++)
        {
            pieces[next].AsSpan().CopyTo(record.AsSpan(length));
            length += pieces[next].Length;
        }

        return (byte*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(record));
    }

    /// <summary>Sends what waits. False when it did not all go.</summary>
    private bool SendOutput() => SendWith(null, 0) && _output.IsEmpty;

    /// <summary>Sends what waits and then these bytes, which are kept as far as the system does not take them. False when it is broken.</summary>
    [SkipLocalsInit]
    private bool SendWith(byte* last, int length)
    {
        while (_output.Length + length > 0)
        {
            int wanted;
            int count;
            if (_output.IsEmpty)
            {
                wanted = length;
                count = Sockets.Send(_connection.FileDescriptor, new ReadOnlySpan<byte>(last, length));
            }
            else
            {
                count = SendGathered(last, length, out wanted);
            }

            if (count < 0 && count != -Errno.Again)
            {
                _sendError = count;
                return false;
            }

            count = Math.Max(count, 0);
            int waited = Math.Min(count, _output.Length);
            _output.Drain(waited);
            last += count - waited;
            length -= count - waited;
            if (count < wanted)
            {
                _output.Append(new ReadOnlySpan<byte>(last, length));
                return true;
            }
        }

        return true;
    }

    [SkipLocalsInit]
    private int SendGathered(byte* last, int length, out int wanted)
    {
        Span<IoVector> vectors = stackalloc IoVector[MaxVectors];
        int count = _output.GetReadVectors(vectors[..^1]);
        wanted = 0;
        for (int i = 0; i < count; i++)
        {
            wanted += vectors[i].Length;
        }

        if (length > 0 && wanted == _output.Length)
        {
            vectors[count++] = new IoVector((nint)last, length);
            wanted += length;
        }

        return Sockets.Send(_connection.FileDescriptor, vectors[..count]);
    }
}
