using System.Buffers.Text;
using System.Diagnostics;

namespace Nuncio.Base.Buffers;

/// <summary>
/// A growable array that text and numbers are written to: header values, log lines, local replies. Kept and reused by its owner,
/// so that nothing is allocated once it has grown to the usual size. Owner: one thread.
/// </summary>
public sealed class ByteWriter(int initialCapacity = 256)
{
    private byte[] _array = new byte[initialCapacity];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next change.</summary>
    public ReadOnlySpan<byte> Written => new(_array, 0, Length);

    /// <summary>Forgets what was written and keeps the memory, unless it has grown past <paramref name="keepAtMost"/> bytes.</summary>
    public void Clear(int keepAtMost = 64 * 1024)
    {
        Length = 0;
        if (_array.Length > keepAtMost)
        {
            _array = new byte[256];
        }
    }

    /// <summary>Shortens what was written to its first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        Debug.Assert(length >= 0 && length <= Length);
        Length = length;
    }

    /// <summary>What was written from <paramref name="start"/> on, to be changed in place; valid until the next change.</summary>
    public Span<byte> WrittenFrom(int start) => new(_array, start, Length - start);

    /// <summary>Room for at least <paramref name="atLeast"/> bytes; write, then <see cref="Advance"/>.</summary>
    public Span<byte> Reserve(int atLeast)
    {
        if (_array.Length - Length < atLeast)
        {
            Array.Resize(ref _array, Math.Max(_array.Length * 2, Length + atLeast));
        }

        return _array.AsSpan(Length);
    }

    /// <summary>Takes <paramref name="count"/> bytes of the room reserved last.</summary>
    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && Length + count <= _array.Length);
        Length += count;
    }

    /// <summary>Writes bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Writes one byte.</summary>
    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    /// <summary>Writes text as UTF-8.</summary>
    public void Append(string text)
    {
        Span<byte> room = Reserve(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += System.Text.Encoding.UTF8.GetBytes(text, room);
    }

    /// <summary>Writes a number in decimal.</summary>
    public void Append(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out int written);
        Length += written;
    }

    /// <summary>Writes a number in decimal.</summary>
    public void Append(ulong value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out int written);
        Length += written;
    }
}
