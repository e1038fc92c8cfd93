namespace Nuncio.IO.Events;

/// <summary>A queue of things to call in one phase of the loop: an array that grows to the most ever needed and is never searched.</summary>
/// <remarks>Owner: the dispatcher. Survives exceptions of what is called: what was taken is gone, the rest waits.</remarks>
internal struct CallQueue<T>
    where T : class
{
    private T?[]? _items;
    private int _head;
    private int _tail;

    internal readonly int Count => _tail - _head;

    internal void Add(T item)
    {
        T?[] items = _items ??= new T?[16];
        if (_tail == items.Length)
        {
            items = MakeRoom(items);
        }

        items[_tail++] = item;
    }

    internal T Take()
    {
        ref T? place = ref _items![_head];
        T item = place!;
        place = null;
        if (++_head == _tail)
        {
            _head = _tail = 0;
        }

        return item;
    }

    private T?[] MakeRoom(T?[] items)
    {
        int count = Count;
        T?[] target = count > items.Length / 2 ? new T?[items.Length * 2] : items;
        Array.Copy(items, _head, target, 0, count);
        if (ReferenceEquals(target, items))
        {
            Array.Clear(items, count, _tail - count);
        }

        _items = target;
        _head = 0;
        _tail = count;
        return target;
    }
}
