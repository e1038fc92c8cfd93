using System.Buffers;
using System.Globalization;
using System.Text;

namespace Nuncio.Base.Stats;

/// <summary>Writes text and numbers as UTF-8 into a buffer writer, in pieces. Call <see cref="Flush"/> at the end.</summary>
internal ref struct Utf8Emitter
{
    /// <summary>Room asked for at a time.</summary>
    private const int Piece = 4096;

    /// <summary>Longest form of a number: 32 digits, sign, point and exponent, or up to 16 digits in full.</summary>
    private const int MaxNumber = 64;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _room;
    private int _used;
    private long _flushed;

    internal Utf8Emitter(IBufferWriter<byte> output) => _output = output;

    /// <summary>Bytes written so far.</summary>
    internal readonly long Written => _flushed + _used;

    internal void Text(scoped ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _used += Encoding.UTF8.GetBytes(text, _room[_used..]);
    }

    internal void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_room[_used..]);
        _used += bytes.Length;
    }

    internal void Number(long value)
    {
        Reserve(MaxNumber);
        value.TryFormat(_room[_used..], out int written, default, CultureInfo.InvariantCulture);
        _used += written;
    }

    /// <summary>As <c>{}</c> of fmt prints it: the fewest digits that give the same number back, <c>nan</c> for none.</summary>
    internal void Shortest(double value)
    {
        // fmt changes to an exponent at 10^16, .NET at 10^15.
        bool full = Math.Abs(value) is >= 1e15 and < 1e16;
        Format(value, full ? "F0" : "R");
    }

    /// <summary>As <c>%.Ng</c> of C prints it; the format is <c>GN</c>.</summary>
    internal void General(double value, string format) => Format(value, format);

    /// <summary>A JSON number; <c>null</c> for NaN and infinity, which JSON does not have.</summary>
    internal void JsonNumber(double value)
    {
        if (double.IsFinite(value))
        {
            Shortest(value);
        }
        else
        {
            Raw("null"u8);
        }
    }

    /// <summary>A JSON string with its quotes.</summary>
    internal void JsonString(scoped ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        while (!text.IsEmpty)
        {
            int plain = PlainLength(text);
            Text(text[..plain]);
            text = text[plain..];
            if (!text.IsEmpty)
            {
                JsonEscape(text[0]);
                text = text[1..];
            }
        }

        Raw("\""u8);
    }

    /// <summary>Hands over what was written.</summary>
    internal void Flush()
    {
        if (_used != 0)
        {
            _output.Advance(_used);
            _flushed += _used;
        }

        _room = default;
        _used = 0;
    }

    private static int PlainLength(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or '"' or '\\')
            {
                return i;
            }
        }

        return text.Length;
    }

    private void JsonEscape(char c)
    {
        if (c is '"' or '\\')
        {
            Raw(c == '"' ? "\\\""u8 : "\\\\"u8);
            return;
        }

        Raw("\\u00"u8);
        Raw([(byte)(c < 16 ? '0' : '1'), (byte)"0123456789abcdef"[c & 15]]);
    }

    private void Format(double value, string format)
    {
        if (!double.IsFinite(value))
        {
            Raw(double.IsNaN(value) ? "nan"u8 : value > 0 ? "inf"u8 : "-inf"u8);
            return;
        }

        Reserve(MaxNumber);
        Span<byte> digits = _room[_used..];
        value.TryFormat(digits, out int written, format, CultureInfo.InvariantCulture);
        int exponent = digits[..written].IndexOf((byte)'E');
        if (exponent >= 0)
        {
            digits[exponent] = (byte)'e';
        }

        _used += written;
    }

    private void Reserve(int size)
    {
        if (_room.Length - _used < size)
        {
            Flush();
            _room = _output.GetSpan(Math.Max(size, Piece));
        }
    }
}
