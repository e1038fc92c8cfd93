using System.Buffers.Binary;
using System.Text;

namespace Nuncio.Server.HotRestart;

/// <summary>Writes one message: little-endian numbers, texts with their length before. Main thread; used again for the next message.</summary>
internal sealed class MessageWriter
{
    private readonly byte[] _bytes = new byte[RestartProtocol.MaxMessage];
    private int _length;

    /// <summary>What was written.</summary>
    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Bytes that can still be written.</summary>
    internal int Room => _bytes.Length - _length;

    /// <summary>Begins a message.</summary>
    internal MessageWriter Begin(RestartMessage kind)
    {
        _bytes[0] = (byte)kind;
        _length = 1;
        return this;
    }

    internal MessageWriter Byte(byte value)
    {
        _bytes[_length++] = value;
        return this;
    }

    internal MessageWriter Number(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_length), value);
        _length += sizeof(long);
        return this;
    }

    /// <summary>A text, cut to <see cref="RestartProtocol.MaxText"/> and to the room there is.</summary>
    internal MessageWriter Text(ReadOnlySpan<char> text)
    {
        Span<byte> room = _bytes.AsSpan(_length + sizeof(int));
        Encoding.UTF8.GetEncoder().Convert(
            text, room[..Math.Min(room.Length, RestartProtocol.MaxText)], flush: true, out _, out int count, out _);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), count);
        _length += sizeof(int) + count;
        return this;
    }

    /// <summary>Replaces a byte written before, counted from the message's start.</summary>
    internal void Patch(int at, byte value) => _bytes[at] = value;
}
