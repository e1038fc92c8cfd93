namespace Nuncio.Testing.Network;

/// <summary>Bytes on their way to a simulated socket's reader: first in, first out.</summary>
internal sealed class ByteQueue
{
    private byte[] _bytes = new byte[256];
    private int _head;
    private int _tail;

    internal int Count => _tail - _head;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        if (_tail + bytes.Length > _bytes.Length)
        {
            int count = Count;
            byte[] target = count + bytes.Length > _bytes.Length / 2 ? new byte[(count + bytes.Length) * 2] : _bytes;
            Array.Copy(_bytes, _head, target, 0, count);
            _bytes = target;
            _head = 0;
            _tail = count;
        }

        bytes.CopyTo(_bytes.AsSpan(_tail));
        _tail += bytes.Length;
    }

    internal int Take(Span<byte> into, bool keep = false)
    {
        int count = Math.Min(into.Length, Count);
        _bytes.AsSpan(_head, count).CopyTo(into);
        if (!keep)
        {
            _head += count;
        }

        return count;
    }
}
