using System.Runtime.CompilerServices;
using Nuncio.Base.Buffers;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Network;

/// <summary>Plain bytes: what is in the buffer is what is on the wire (Envoy: <c>raw_buffer</c>).</summary>
/// <remarks>Owner: its connection. One system call per read and per write in the usual case.</remarks>
public sealed class RawTransportSocket : ITransportSocket
{
    /// <summary>Pieces per gathered write.</summary>
    private const int MaxVectors = 64;

    /// <summary>Blocks of the largest scattered read, and one more for the room left in the last block.</summary>
    private const int MaxReadVectors = 8 + 1;

    private Connection _connection = null!;
    private bool _hasShutDown;

    /// <inheritdoc/>
    public string Protocol => string.Empty;

    /// <inheritdoc/>
    public string? FailureReason => null;

    /// <inheritdoc/>
    public bool CanFlushClose => true;

    /// <inheritdoc/>
    public bool HasPendingOutput => false;

    /// <inheritdoc/>
    public void Initialize(Connection connection) => _connection = connection;

    /// <inheritdoc/>
    public void OnConnected() => _connection.RaiseConnected();

    /// <inheritdoc/>
    public bool TakePreread(Buffer bytes, Buffer readBuffer)
    {
        bytes.MoveTo(readBuffer);
        return false;
    }

    /// <inheritdoc/>
    public IoResult Read(Buffer into, int wanted)
    {
        if (wanted > BlockPool.BlockSize)
        {
            return ReadScattered(into, wanted);
        }

        Span<byte> room = into.Reserve(Math.Min(wanted, BlockPool.BlockSize / 8));
        int count = _connection.Dispatcher.Sockets.Receive(_connection.FileDescriptor, room);
        into.Commit(Math.Max(count, 0));
        return ReadResult(count, room.Length);
    }

    /// <inheritdoc/>
    public IoResult Write(Buffer from, bool endStream)
    {
        int total = 0;
        SocketApi sockets = _connection.Dispatcher.Sockets;
        while (!from.IsEmpty)
        {
            ReadOnlySpan<byte> first = from.FirstSpan;
            int count;
            int wanted;
            if (first.Length == from.Length)
            {
                wanted = first.Length;
                count = sockets.Send(_connection.FileDescriptor, first);
            }
            else
            {
                count = WriteGathered(sockets, from, out wanted);
            }

            if (count < 0)
            {
                return count == -Errno.Again ? new IoResult(total, IoOutcome.Blocked) : new IoResult(total, IoOutcome.Failed, count);
            }

            from.Drain(count);
            total += count;
            if (count < wanted)
            {
                return new IoResult(total, IoOutcome.Blocked);
            }
        }

        if (endStream && !_hasShutDown)
        {
            // A failure means that the connection is gone, which the next read tells.
            _hasShutDown = true;
            sockets.ShutdownWrite(_connection.FileDescriptor);
        }

        return new IoResult(total, IoOutcome.Done);
    }

    /// <inheritdoc/>
    public void OnClose()
    {
    }

    private static IoResult ReadResult(int count, int room) => count switch
    {
        > 0 => new IoResult(count, count < room ? IoOutcome.Blocked : IoOutcome.More),
        0 => new IoResult(0, IoOutcome.Done),
        -Errno.Again => new IoResult(0, IoOutcome.Blocked),
        _ => new IoResult(0, IoOutcome.Failed, count),
    };

    [SkipLocalsInit]
    private IoResult ReadScattered(Buffer into, int wanted)
    {
        Span<IoVector> vectors = stackalloc IoVector[MaxReadVectors];
        vectors = vectors[..into.ReserveVectors(vectors, wanted)];
        int room = 0;
        foreach (IoVector vector in vectors)
        {
            room += vector.Length;
        }

        int count = _connection.Dispatcher.Sockets.Receive(_connection.FileDescriptor, vectors);
        into.CommitVectors(vectors, Math.Max(count, 0));
        return ReadResult(count, room);
    }

    [SkipLocalsInit]
    private int WriteGathered(SocketApi sockets, Buffer from, out int wanted)
    {
        Span<IoVector> vectors = stackalloc IoVector[MaxVectors];
        vectors = vectors[..from.GetReadVectors(vectors)];
        wanted = 0;
        foreach (IoVector vector in vectors)
        {
            wanted += vector.Length;
        }

        return sockets.Send(_connection.FileDescriptor, vectors);
    }
}
