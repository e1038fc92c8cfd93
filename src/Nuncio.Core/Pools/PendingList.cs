using System.Diagnostics;

namespace Nuncio.Core.Pools;

/// <summary>A FIFO of waiting streams, linked through themselves. Owner: its pool.</summary>
internal sealed class PendingList
{
    private PendingStream? _head;
    private PendingStream? _tail;

    /// <summary>Streams in the list.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a stream at the end.</summary>
    public void Add(PendingStream stream)
    {
        Debug.Assert(stream.List is null);
        stream.List = this;
        stream.Previous = _tail;
        if (_tail is null)
        {
            _head = stream;
        }
        else
        {
            _tail.Next = stream;
        }

        _tail = stream;
        Count++;
    }

    /// <summary>Takes the first stream out; null when there is none.</summary>
    public PendingStream? TakeFirst()
    {
        PendingStream? first = _head;
        if (first is not null)
        {
            Remove(first);
        }

        return first;
    }

    /// <summary>Takes the first stream out that <paramref name="connection"/> may serve; null when there is none.</summary>
    public PendingStream? TakeFirstFor(PooledHttpConnection connection)
    {
        PendingStream? stream = _head;
        while (stream is { NeedsFresh: true } && connection.StreamCount > 0)
        {
            stream = stream.Next;
        }

        if (stream is not null)
        {
            Remove(stream);
        }

        return stream;
    }

    /// <summary>Takes a stream out.</summary>
    public void Remove(PendingStream stream)
    {
        Debug.Assert(stream.List == this);
        if (stream.Previous is null)
        {
            _head = stream.Next;
        }
        else
        {
            stream.Previous.Next = stream.Next;
        }

        if (stream.Next is null)
        {
            _tail = stream.Previous;
        }
        else
        {
            stream.Next.Previous = stream.Previous;
        }

        stream.List = null;
        stream.Next = null;
        stream.Previous = null;
        Count--;
    }

    /// <summary>Moves all streams of <paramref name="from"/> to the end of this list.</summary>
    public void TakeAll(PendingList from)
    {
        while (from.TakeFirst() is { } stream)
        {
            Add(stream);
        }
    }
}
