namespace Nuncio.Http.Headers;

/// <summary>The values of all headers of one name, in order; walked once. The map must not be added to meanwhile.</summary>
public ref struct HeaderValues
{
    private readonly HeaderMap _map;
    private readonly KnownHeader _known;
    private readonly ReadOnlySpan<byte> _name;
    private int _next;
    private int _index;

    internal HeaderValues(HeaderMap map, KnownHeader known, ReadOnlySpan<byte> name, int first)
    {
        _map = map;
        _known = known;
        _name = name;
        _next = first;
        _index = -1;
    }

    /// <summary>The value walked to.</summary>
    public readonly ReadOnlySpan<byte> Current => _map.ValueAt(_index);

    /// <summary>For <c>foreach</c>.</summary>
    public readonly HeaderValues GetEnumerator() => this;

    /// <summary>Walks to the next value.</summary>
    public bool MoveNext()
    {
        if (_next < 0)
        {
            return false;
        }

        _index = _next;
        _next = _map.NextSame(_index + 1, _known, _name);
        return true;
    }
}
