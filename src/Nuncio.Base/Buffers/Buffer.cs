using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Nuncio.Base.Buffers;

/// <summary>
/// A byte queue: written at the tail, read and drained at the head, made of slices over pooled, pinned blocks. Moving bytes
/// to another buffer moves slices and copies nothing (except crumbs, where a copy is cheaper than a chain).
/// </summary>
/// <remarks>
/// Owner: one worker, the one whose pool it draws from; buffers of different workers never meet. An empty buffer holds no
/// block. The object itself is reusable forever: <see cref="Clear"/> returns all memory.
/// </remarks>
public sealed class Buffer
{
    /// <summary>Moves shorter than this are copied when the destination's tail has room: cheaper than one more slice to write.</summary>
    private const int CopyInsteadOfMove = 512;

    private readonly BlockPool _pool;
    private Slice? _head;
    private Slice? _tail;

    /// <summary>An empty buffer over the pool of the worker that will use it.</summary>
    public Buffer(BlockPool pool) => _pool = pool;

    /// <summary>Bytes held.</summary>
    public int Length { get; private set; }

    /// <summary>Whether nothing is held.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The pool this buffer draws from.</summary>
    public BlockPool Pool => _pool;

    /// <summary>The first bytes, as many as lie together; empty only when the buffer is. Valid until the next change of the buffer.</summary>
    public ReadOnlySpan<byte> FirstSpan => _head is null ? default : _head.Span;

    /// <summary>Copies bytes to the tail.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Reserve(1);
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            Commit(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>
    /// Free room at the tail, at least <paramref name="atLeast"/> bytes and often more (at most <see cref="BlockPool.BlockSize"/>
    /// can be asked for). Write into it, then <see cref="Commit"/>. Valid until the next change of the buffer.
    /// </summary>
    public Span<byte> Reserve(int atLeast)
    {
        Debug.Assert(atLeast is > 0 and <= BlockPool.BlockSize);
        Slice? tail = _tail;
        if (tail is null || tail.Room < atLeast)
        {
            tail = AddBlock();
        }

        return tail.Block.Array.AsSpan(tail.End);
    }

    /// <summary>Makes the first <paramref name="count"/> bytes of the room reserved last part of the buffer.</summary>
    public void Commit(int count)
    {
        Slice tail = _tail!;
        Debug.Assert(count >= 0 && count <= tail.Room);
        tail.End += count;
        tail.Block.Used = tail.End;
        Length += count;
        if (tail.Start == tail.End)
        {
            DropEmptyTail();
        }
    }

    /// <summary>Removes bytes from the head.</summary>
    public void Drain(int count)
    {
        Debug.Assert(count >= 0 && count <= Length);
        Length -= count;
        while (count > 0)
        {
            Slice head = _head!;
            int have = head.Length;
            if (count < have)
            {
                head.Start += count;
                return;
            }

            count -= have;
            _head = head.Next;
            if (_head is null)
            {
                _tail = null;
            }

            _pool.Return(head);
        }
    }

    /// <summary>Removes everything and returns all memory to the pool.</summary>
    public void Clear() => Drain(Length);

    /// <summary>Moves everything to the tail of <paramref name="to"/>.</summary>
    public void MoveTo(Buffer to)
    {
        if (_head is null)
        {
            return;
        }

        if (_head == _tail && Length <= CopyInsteadOfMove && to._tail is { } last && last.Room >= Length)
        {
            to.Append(_head.Span);
            Clear();
            return;
        }

        Debug.Assert(ReferenceEquals(_pool, to._pool), "buffers of different workers must not meet");
        if (to._tail is null)
        {
            to._head = _head;
        }
        else
        {
            to._tail.Next = _head;
        }

        to._tail = _tail;
        to.Length += Length;
        _head = _tail = null;
        Length = 0;
    }

    /// <summary>Moves the first <paramref name="count"/> bytes to the tail of <paramref name="to"/>.</summary>
    public void MoveTo(Buffer to, int count)
    {
        Debug.Assert(count >= 0 && count <= Length);
        if (count == Length)
        {
            MoveTo(to);
            return;
        }

        while (count > 0)
        {
            Slice head = _head!;
            int take = Math.Min(count, head.Length);
            if (take <= CopyInsteadOfMove && to._tail is { } last && last.Room >= take)
            {
                to.Append(head.Span[..take]);
            }
            else
            {
                Debug.Assert(ReferenceEquals(_pool, to._pool), "buffers of different workers must not meet");
                head.Block.References++;
                to.Link(_pool.RentSlice(head.Block, head.Start, head.Start + take));
                to.Length += take;
            }

            count -= take;
            Drain(take);
        }
    }

    /// <summary>Puts everything of <paramref name="from"/> before the first byte, without copying.</summary>
    public void Prepend(Buffer from)
    {
        if (from._head is null)
        {
            return;
        }

        from._tail!.Next = _head;
        _tail ??= from._tail;
        _head = from._head;
        Length += from.Length;
        from._head = from._tail = null;
        from.Length = 0;
    }

    /// <summary>Copies from <paramref name="offset"/> on, as much as there is and fits; returns the bytes copied.</summary>
    public int CopyTo(int offset, Span<byte> destination)
    {
        int copied = 0;
        for (Slice? slice = _head; slice is not null && copied < destination.Length; slice = slice.Next)
        {
            if (offset >= slice.Length)
            {
                offset -= slice.Length;
                continue;
            }

            ReadOnlySpan<byte> part = slice.Span[offset..];
            offset = 0;
            int count = Math.Min(part.Length, destination.Length - copied);
            part[..count].CopyTo(destination[copied..]);
            copied += count;
        }

        return copied;
    }

    /// <summary>Copies everything to a new array. For tests and control-plane code: allocates.</summary>
    public byte[] ToArray()
    {
        byte[] all = new byte[Length];
        CopyTo(0, all);
        return all;
    }

    /// <summary>
    /// The first <paramref name="count"/> bytes together, moved into one block if they do not lie so
    /// (<paramref name="count"/> is at most <see cref="BlockPool.BlockSize"/> and <see cref="Length"/>).
    /// </summary>
    public ReadOnlySpan<byte> Linearize(int count)
    {
        Debug.Assert(count <= Length && count <= BlockPool.BlockSize);
        if (count == 0)
        {
            return default;
        }

        if (_head!.Length < count)
        {
            Block block = _pool.RentBlock();
            CopyTo(0, block.Array.AsSpan(0, count));
            block.Used = count;
            Drain(count);
            Slice slice = _pool.RentSlice(block, 0, count);
            slice.Next = _head;
            _head = slice;
            _tail ??= slice;
            Length += count;
        }

        return _head.Span[..count];
    }

    /// <summary>Offset of the first <paramref name="value"/> at or after <paramref name="from"/>; -1 when there is none.</summary>
    public int IndexOf(byte value, int from = 0)
    {
        int passed = 0;
        for (Slice? slice = _head; slice is not null; slice = slice.Next)
        {
            int skip = Math.Max(0, from - passed);
            if (skip < slice.Length)
            {
                int at = slice.Span[skip..].IndexOf(value);
                if (at >= 0)
                {
                    return passed + skip + at;
                }
            }

            passed += slice.Length;
        }

        return -1;
    }

    /// <summary>Fills <paramref name="vectors"/> with the pieces from the head on, for a gathered write; returns how many.</summary>
    public int GetReadVectors(Span<IoVector> vectors)
    {
        int count = 0;
        for (Slice? slice = _head; slice is not null && count < vectors.Length; slice = slice.Next)
        {
            vectors[count++] = new IoVector(slice.Block.Address + slice.Start, slice.Length);
        }

        return count;
    }

    /// <summary>
    /// Reserves room for a scattered read of up to <paramref name="wanted"/> bytes and fills <paramref name="vectors"/>; returns
    /// how many. Must be followed by <see cref="CommitVectors"/> before any other change.
    /// </summary>
    public int ReserveVectors(Span<IoVector> vectors, int wanted)
    {
        int count = 0;
        Slice? tail = _tail;
        if (tail is { Room: >= BlockPool.BlockSize / 8 } && tail.Length > 0)
        {
            vectors[count++] = new IoVector(tail.Block.Address + tail.End, tail.Room);
            wanted -= tail.Room;
        }

        while (count == 0 || (wanted > 0 && count < vectors.Length))
        {
            Slice added = AddBlock();
            vectors[count++] = new IoVector(added.Block.Address, BlockPool.BlockSize);
            wanted -= BlockPool.BlockSize;
        }

        return count;
    }

    /// <summary>Takes the first <paramref name="count"/> bytes of what <see cref="ReserveVectors"/> gave; the rest goes back.</summary>
    public void CommitVectors(ReadOnlySpan<IoVector> vectors, int count)
    {
        Length += count;

        // Find the slice that the first vector continues: the one whose free room starts at its address.
        Slice? before = null;
        Slice slice = _head!;
        while (slice.Block.Address + slice.End != vectors[0].Address)
        {
            before = slice;
            slice = slice.Next!;
        }

        foreach (IoVector vector in vectors)
        {
            int take = Math.Min(count, vector.Length);
            slice.End += take;
            slice.Block.Used = slice.End;
            count -= take;
            if (slice.Start == slice.End)
            {
                Truncate(before);
                return;
            }

            before = slice;
            if (slice.Next is null)
            {
                break;
            }

            slice = slice.Next;
        }
    }

    /// <summary>Drops every slice after <paramref name="last"/>; all of them are empty.</summary>
    private void Truncate(Slice? last)
    {
        Slice? rest = last is null ? _head : last.Next;
        if (last is null)
        {
            _head = null;
        }
        else
        {
            last.Next = null;
        }

        _tail = last;
        while (rest is not null)
        {
            Slice next = rest;
            rest = rest.Next;
            _pool.Return(next);
        }
    }

    private void DropEmptyTail()
    {
        Slice? before = null;
        for (Slice slice = _head!; slice.Next is not null; slice = slice.Next)
        {
            before = slice;
        }

        Truncate(before);
    }

    private Slice AddBlock()
    {
        Slice slice = _pool.RentSlice(_pool.RentBlock(), 0, 0);
        Link(slice);
        return slice;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Link(Slice slice)
    {
        if (_tail is null)
        {
            _head = slice;
        }
        else
        {
            _tail.Next = slice;
        }

        _tail = slice;
    }
}
