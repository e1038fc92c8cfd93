using System.Text;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>Bytes of a source as text, or the exact place where they are not text. Stateless.</summary>
internal static class SourceText
{
    /// <summary>Decodes UTF-8 and refuses what no configuration holds: bad sequences and control characters.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        int bad = FirstBad(bytes);
        if (bad >= 0)
        {
            throw new SourceFault(
                PositionOf(bytes, bad, source),
                $"found the byte 0x{bytes[bad]:x2}, expected text in UTF-8 without control characters; a binary configuration must be named .pb");
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Line and column of a byte; the column counts characters.</summary>
    public static SourcePosition PositionOf(ReadOnlySpan<byte> bytes, int index, string source)
    {
        ReadOnlySpan<byte> before = bytes[..Math.Min(index, bytes.Length)];
        int line = before.Count((byte)'\n') + 1;
        ReadOnlySpan<byte> onLine = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return new SourcePosition(source, line, Characters(onLine) + 1);
    }

    /// <summary>Number of characters in valid UTF-8.</summary>
    public static int Characters(ReadOnlySpan<byte> text)
    {
        int count = 0;
        foreach (byte b in text)
        {
            count += (b & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }

    private static int FirstBad(ReadOnlySpan<byte> bytes)
    {
        int control = bytes.IndexOfAnyExcept(TextBytes);
        ReadOnlySpan<byte> head = control < 0 ? bytes : bytes[..control];
        int at = 0;
        while (at < head.Length)
        {
            // Runes, not a throwing decoder: its exception tells the index of the text, not that of the byte.
            if (head[at] < 0x80)
            {
                int ascii = head[at..].IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
                if (ascii < 0)
                {
                    break;
                }

                at += ascii;
            }

            if (Rune.DecodeFromUtf8(head[at..], out _, out int used) != System.Buffers.OperationStatus.Done)
            {
                return at;
            }

            at += used;
        }

        return control;
    }

    private static readonly System.Buffers.SearchValues<byte> TextBytes = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0, 256).Select(static b => (byte)b).Where(static b => b is (>= 0x20 and not 0x7F) or 9 or 10 or 13)]);
}
