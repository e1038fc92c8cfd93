using System.Buffers.Text;
using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Http.Http1;

/// <summary>
/// Frames the body of one message that is sent. Whatever the layers above do, what was announced is what is sent: bytes beyond a
/// content-length are dropped, and a body that ends short is reported, so that the connection ends with it. Part of a stream.
/// </summary>
internal struct OutgoingBody
{
    private long _remaining;

    internal BodyKind Kind { get; private set; }

    /// <summary>Bytes of a body with content-length that are still to be sent; 0 for any other.</summary>
    internal readonly long RawLeft => Kind == BodyKind.Length ? _remaining : 0;

    /// <summary>So many bytes were sent by other means.</summary>
    internal void Skip(int bytes) => _remaining -= bytes;

    /// <summary>The one usable content-length of a map. Several, or anything but a number, are a bug of a filter: framing without it is safe.</summary>
    internal static bool TryGetLength(HeaderMap headers, out long length)
    {
        if (!headers.TryGetNumber(KnownHeader.ContentLength, out length))
        {
            return false;
        }

        HeaderValues all = headers.GetAll(KnownHeader.ContentLength);
        return !headers.MayHaveDuplicates || (all.MoveNext() && !all.MoveNext());
    }

    internal void Begin(BodyKind kind, long length = 0)
    {
        Kind = kind;
        _remaining = length;
    }

    /// <summary>Moves the bytes of <paramref name="data"/> out, framed; false when more came than was announced.</summary>
    internal bool Append(Buffer data, Buffer output)
    {
        int length = data.Length;
        if (length == 0)
        {
            return true;
        }

        switch (Kind)
        {
            case BodyKind.Chunked:
                WriteChunkLine(output, length);
                data.MoveTo(output);
                output.Append("\r\n"u8);
                return true;
            case BodyKind.UntilClose:
                data.MoveTo(output);
                return true;
            case BodyKind.Length:
                bool fits = length <= _remaining;
                int take = fits ? length : (int)_remaining;
                _remaining -= take;
                data.MoveTo(output, take);
                data.Clear();
                return fits;
            default:
                data.Clear();
                return false;
        }
    }

    /// <summary>Ends the body; false when less came than was announced.</summary>
    internal readonly bool End(Buffer output)
    {
        if (Kind == BodyKind.Chunked)
        {
            output.Append("0\r\n\r\n"u8);
        }

        return Kind != BodyKind.Length || _remaining == 0;
    }

    /// <summary>Ends the body with trailers where the framing can carry them; false when less came than was announced.</summary>
    internal readonly bool End(Buffer output, HeaderMap trailers, Http1Options options)
    {
        if (Kind != BodyKind.Chunked || !options.EnableTrailers)
        {
            return End(output);
        }

        output.Append("0\r\n"u8);
        Http1Writer writer = new(output, trailers, options.HeaderKeyFormat);
        foreach (HeaderField field in trailers)
        {
            if (field.Known is KnownHeader.None or > KnownHeader.Http2Settings)
            {
                writer.WriteField(field);
            }
        }

        writer.Finish();
        return true;
    }

    private static void WriteChunkLine(Buffer output, int length)
    {
        Span<byte> line = stackalloc byte[10];
        Utf8Formatter.TryFormat(length, line, out int digits, new System.Buffers.StandardFormat('x'));
        line[digits] = (byte)'\r';
        line[digits + 1] = (byte)'\n';
        output.Append(line[..(digits + 2)]);
    }
}
