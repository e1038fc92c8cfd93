using System.Buffers;
using System.Text.Unicode;
using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting.Json;

/// <summary>Escapes text in place, as Envoy's access log does. Stateless.</summary>
/// <remarks>
/// RFC 8259 section 7. Valid UTF-8 stays, apart from quote, backslash and control characters. Where bytes are no UTF-8, every byte
/// outside printable ASCII, quotes and backslashes become <c>\u00XX</c>, so that the line is valid JSON whatever a client sent.
/// </remarks>
internal static class JsonText
{
    private static readonly SearchValues<byte> s_plain = MakePlain();

    /// <summary>Escapes what was written from <paramref name="start"/> on.</summary>
    internal static void EscapeFrom(int start, ByteWriter into)
    {
        ReadOnlySpan<byte> text = into.Written[start..];
        if (text.IndexOfAnyExcept(s_plain) < 0)
        {
            return;
        }

        bool valid = Utf8.IsValid(text);
        int extra = 0;
        foreach (byte b in text)
        {
            extra += EscapedLength(b, valid) - 1;
        }

        Expand(start, extra, valid, into);
    }

    /// <summary>Writes a whole JSON string, quotes and all.</summary>
    internal static void AppendString(string text, ByteWriter into)
    {
        into.Append((byte)'"');
        int start = into.Length;
        into.Append(text);
        EscapeFrom(start, into);
        into.Append((byte)'"');
    }

    // From behind, so that each byte is read before its place is written over.
    private static void Expand(int start, int extra, bool valid, ByteWriter into)
    {
        into.Reserve(extra);
        into.Advance(extra);
        Span<byte> all = into.WrittenFrom(start);
        int to = all.Length;
        for (int from = all.Length - extra - 1; from >= 0; from--)
        {
            byte b = all[from];
            int length = EscapedLength(b, valid);
            to -= length;
            if (length == 1)
            {
                all[to] = b;
            }
            else if (length == 2)
            {
                all[to + 1] = Short(b);
                all[to] = (byte)'\\';
            }
            else
            {
                all[to + 5] = HexDigit(b & 15);
                all[to + 4] = HexDigit(b >> 4);
                "\\u00"u8.CopyTo(all[to..]);
            }
        }
    }

    private static int EscapedLength(byte b, bool valid)
    {
        if (!valid)
        {
            return b is < 0x20 or >= 0x7f or (byte)'"' or (byte)'\\' ? 6 : 1;
        }

        return Short(b) != 0 ? 2 : b < 0x20 ? 6 : 1;
    }

    private static byte Short(byte b) => b switch
    {
        (byte)'"' => (byte)'"',
        (byte)'\\' => (byte)'\\',
        (byte)'\b' => (byte)'b',
        (byte)'\f' => (byte)'f',
        (byte)'\n' => (byte)'n',
        (byte)'\r' => (byte)'r',
        (byte)'\t' => (byte)'t',
        _ => 0,
    };

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    private static SearchValues<byte> MakePlain()
    {
        byte[] plain = new byte[0x7f - 0x20 - 2];
        int count = 0;
        for (byte b = 0x20; b < 0x7f; b++)
        {
            if (b is not ((byte)'"' or (byte)'\\'))
            {
                plain[count++] = b;
            }
        }

        return SearchValues.Create(plain);
    }
}
