using System.Runtime.CompilerServices;
using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;
using Nuncio.IO.Network;

namespace Nuncio.IO.Tls;

/// <content>The way in: one read of the system for as many records as it gives, decrypted straight into the connection's buffer.</content>
public sealed unsafe partial class TlsTransportSocket
{
    /// <summary>Most bytes of one read of the system.</summary>
    private const int MaxFill = 4 * BlockPool.BlockSize;

    private int _fill = BlockPool.BlockSize;

    /// <summary>The system's last read came short, so that asking again before the next event is in vain.</summary>
    private bool _isDrained;

    private bool _isSocketEnded;

    /// <summary>The last record was a long one, so that more of them are expected and each gets a block of its own.</summary>
    private bool _isBulk;

    /// <summary>OpenSSL's last call has asked for more bytes than there are.</summary>
    internal bool IsStarved { get; private set; }

    /// <inheritdoc/>
    public IoResult Read(Buffer into, int wanted)
    {
        _isDrained = false;
        if (_state == State.Handshaking)
        {
            IoResult handshake = Handshake();
            if (handshake.Outcome != IoOutcome.Done)
            {
                return handshake;
            }
        }

        if (_state is not (State.Open or State.Ended))
        {
            return new IoResult(0, IoOutcome.Blocked); // The handshake's event has closed the connection.
        }

        if (FailureKind is not (TlsFailureKind.None or TlsFailureKind.Socket))
        {
            return new IoResult(0, IoOutcome.Failed);
        }

        Enter();
        int total = 0;
        while (total < wanted)
        {
            Span<byte> room = into.Reserve(_isBulk ? BlockPool.BlockSize : BlockPool.BlockSize / 8);
            int count;
            fixed (byte* start = room)
            {
                count = LibSsl.Read(_ssl, start, room.Length);
            }

            into.Commit(Math.Max(count, 0));
            if (count <= 0)
            {
                return ReadStopped(total, count);
            }

            total += count;
            _isBulk = count >= LongPiece;
            if (count < room.Length && _isDrained && _input.IsEmpty)
            {
                // Less than the room means the whole record, and there is no byte of another one.
                RequestSend();
                return new IoResult(total, IoOutcome.Blocked);
            }
        }

        RequestSend();
        return new IoResult(total, IoOutcome.More);
    }

    /// <summary>
    /// OpenSSL reads: what waits, else what the system has. Fewer than asked for is fine, it asks again; 0 is the end, negative none now
    /// (<see cref="IsStarved"/>) or a failure.
    /// </summary>
    internal int TakeCipherText(Span<byte> into)
    {
        if (_input.IsEmpty)
        {
            int result = Fill();
            if (result <= 0)
            {
                return result;
            }
        }

        int taken = 0;
        while (taken < into.Length && !_input.IsEmpty)
        {
            ReadOnlySpan<byte> first = _input.FirstSpan;
            int count = Math.Min(first.Length, into.Length - taken);
            first[..count].CopyTo(into[taken..]);
            _input.Drain(count);
            taken += count;
        }

        return taken;
    }

    private IoResult ReadStopped(int total, int result)
    {
        RequestSend();
        if (IsStarved)
        {
            return new IoResult(total, IoOutcome.Blocked);
        }

        int error = LibSsl.GetError(_ssl, result);
        if (error == OpenSslConstants.ErrorZeroReturn || (_isSocketEnded && error == OpenSslConstants.ErrorSyscall))
        {
            // Envoy: an end without close_notify is an end too. Protocols that need to know (HTTP/1 lengths) know by themselves.
            WasTruncated |= _isSocketEnded;
            LibCrypto.ClearError();
            return new IoResult(total, IoOutcome.Done);
        }

        IoResult failure = Fail();
        return failure with { Bytes = total };
    }

    [SkipLocalsInit]
    private int Fill()
    {
        if (_isDrained)
        {
            IsStarved = true;
            return -1;
        }

        const int MostVectors = (MaxFill / BlockPool.BlockSize) + 1;
        Span<IoVector> vectors = stackalloc IoVector[MostVectors];
        int count;
        int room;
        if (_fill <= BlockPool.BlockSize)
        {
            Span<byte> one = _input.Reserve(BlockPool.BlockSize);
            room = one.Length;
            count = Sockets.Receive(_connection.FileDescriptor, one);
            _input.Commit(Math.Max(count, 0));
        }
        else
        {
            vectors = vectors[.._input.ReserveVectors(vectors, _fill)];
            room = vectors.Length * BlockPool.BlockSize;
            count = Sockets.Receive(_connection.FileDescriptor, vectors);
            _input.CommitVectors(vectors, Math.Max(count, 0));
        }

        if (count > 0)
        {
            _isDrained = count < room;
            _fill = _isDrained ? Math.Max(_fill / 2, BlockPool.BlockSize) : Math.Min(_fill * 2, MaxFill);
            return count;
        }

        _isDrained = true;
        _isSocketEnded = count == 0;
        IsStarved = count == -Errno.Again;
        _receiveError = count == 0 || IsStarved ? 0 : count;
        return count == 0 ? 0 : -1;
    }
}
