namespace Nuncio.IO.Events;

/// <summary>
/// Work handed to a dispatcher by other threads: a stack that posters push with one compare-and-swap, taken whole and turned
/// round by the owner, so that work of one poster runs in its order.
/// </summary>
/// <remarks>Push: any thread. Everything else: the owner.</remarks>
internal sealed class PostQueue
{
    private Node? _pushed;
    private Node? _taken;

    /// <summary>Whether other threads have pushed something that is not taken yet.</summary>
    internal bool HasPushed => Volatile.Read(ref _pushed) is not null;

    /// <summary>Whether something taken has not run yet.</summary>
    internal bool HasTaken => _taken is not null;

    internal void Push(Action work)
    {
        Node node = new(work);
        Node? head = Volatile.Read(ref _pushed);
        while (true)
        {
            node.Next = head;
            Node? seen = Interlocked.CompareExchange(ref _pushed, node, head);
            if (ReferenceEquals(seen, head))
            {
                return;
            }

            head = seen;
        }
    }

    /// <summary>Takes what was pushed so far; what is pushed from now on waits for the next take.</summary>
    internal void Take()
    {
        if (_taken is not null || !HasPushed)
        {
            return;
        }

        Node? node = Interlocked.Exchange(ref _pushed, null);
        while (node is not null)
        {
            Node? next = node.Next;
            node.Next = _taken;
            _taken = node;
            node = next;
        }
    }

    /// <summary>The next piece of what was taken; null at its end.</summary>
    internal Action? Next()
    {
        Node? node = _taken;
        _taken = node?.Next;
        return node?.Work;
    }

    private sealed class Node(Action work)
    {
        internal readonly Action Work = work;
        internal Node? Next;
    }
}
