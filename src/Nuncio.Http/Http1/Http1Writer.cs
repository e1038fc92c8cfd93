using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Http1;

/// <summary>
/// Writes one message head to a buffer: room for all of it is reserved once, then filled. On the stack of the codec that encodes.
/// </summary>
internal ref struct Http1Writer
{
    /// <summary>Bytes around each field: colon, blank, CRLF.</summary>
    private const int FieldOverhead = 4;

    /// <summary>Start line without its target, the framing fields that the codec adds, the empty line.</summary>
    private const int HeadOverhead = 256;

    private readonly Buffer _output;
    private readonly HeaderMapPool _pool;
    private readonly byte[]? _large;
    private readonly HeaderSpelling? _spelling;
    private readonly bool _capitalises;
    private readonly bool _respells;
    private readonly Span<byte> _room;
    private int _at;

    /// <summary>Begins a head that will hold at most the headers of <paramref name="headers"/> and what the codec adds.</summary>
    internal Http1Writer(Buffer output, HeaderMap headers, HeaderKeyFormat format)
    {
        _output = output;
        _pool = headers.Pool;
        _spelling = headers.Spelling;
        _capitalises = _spelling is null ? format == HeaderKeyFormat.ProperCase : _spelling.CapitalisesOthers;
        _respells = _capitalises || _spelling is not null;
        int size = headers.ByteSize + (FieldOverhead * headers.Count) + HeadOverhead;
        if (size <= BlockPool.BlockSize)
        {
            _room = output.Reserve(size);
        }
        else
        {
            _large = _pool.RentArray(size);
            _room = _large;
        }
    }

    /// <summary>Writes bytes as they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_room[_at..]);
        _at += bytes.Length;
    }

    /// <summary>Writes one field of a map.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteField(HeaderField field)
    {
        int nameAt = _at;
        if (field.Known != KnownHeader.None)
        {
            Write(KnownHeaders.WireName(field.Known));
        }
        else
        {
            Write(field.Name);
            Write(": "u8);
        }

        WriteValue(field.Known, nameAt, field.Value);
    }

    /// <summary>Writes a field of the codec's own.</summary>
    internal void WriteField(KnownHeader header, scoped ReadOnlySpan<byte> value)
    {
        int nameAt = _at;
        Write(KnownHeaders.WireName(header));
        WriteValue(header, nameAt, value);
    }

    /// <summary>Writes three digits.</summary>
    internal void WriteStatus(int status)
    {
        Debug.Assert(status is >= 100 and <= 999);
        _room[_at] = (byte)('0' + (status / 100));
        _room[_at + 1] = (byte)('0' + (status / 10 % 10));
        _room[_at + 2] = (byte)('0' + (status % 10));
        _at += 3;
    }

    /// <summary>Ends the head with the empty line and hands it to the buffer.</summary>
    internal void Finish()
    {
        Write("\r\n"u8);
        if (_large is null)
        {
            _output.Commit(_at);
            return;
        }

        _output.Append(_large.AsSpan(0, _at));
        _pool.ReturnArray(_large);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteValue(KnownHeader known, int nameAt, scoped ReadOnlySpan<byte> value)
    {
        if (_respells)
        {
            Respell(known, _room[nameAt..(_at - 2)]);
        }

        Write(value);
        Write("\r\n"u8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Respell(KnownHeader known, Span<byte> name)
    {
        if ((_spelling is null || !_spelling.TryRespell(known, name)) && _capitalises)
        {
            Capitalise(name);
        }
    }

    /// <summary>Capitalises the first letter and each letter behind anything but a letter or digit, as Envoy does.</summary>
    private static void Capitalise(Span<byte> name)
    {
        bool capital = true;
        for (int i = 0; i < name.Length; i++)
        {
            byte b = name[i];
            bool isLetter = char.IsAsciiLetterLower((char)b);
            if (capital && isLetter)
            {
                name[i] = (byte)(b & ~0x20);
            }

            capital = !isLetter && !char.IsAsciiDigit((char)b);
        }
    }

    /// <summary>Whether a Connection header of a map has this option.</summary>
    internal static bool AsksTo(HeaderMap headers, ReadOnlySpan<byte> option)
    {
        if (!headers.Has(KnownHeader.Connection))
        {
            return false;
        }

        foreach (ReadOnlySpan<byte> value in headers.GetAll(KnownHeader.Connection))
        {
            foreach (Range range in value.Split((byte)','))
            {
                if (Ascii.EqualsIgnoreCase(Http1Head.TrimBlanks(value[range], 0), option))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
