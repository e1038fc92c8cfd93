using System.Buffers.Binary;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>What the bytes so far are.</summary>
internal enum ClientHelloStatus : byte
{
    /// <summary>The beginning of a ClientHello, as far as one can see.</summary>
    NeedMore,

    /// <summary>A whole handshake message of type ClientHello.</summary>
    Found,

    /// <summary>Something else, or records that no TLS stack would take.</summary>
    NotTls,

    /// <summary>A ClientHello that is longer than the limit.</summary>
    TooLarge,
}

/// <summary>
/// Finds the first handshake message in TLS records (RFC 8446, section 5.1): usually one record, at worst one for each byte.
/// </summary>
/// <remarks>
/// State of one connection, kept by value in its filter. Each call gets all bytes from the first on and goes on behind the records
/// it has seen before, so that a client that sends byte by byte costs no more than one that does not.
/// <code>
/// record header, 5 bytes: type 22, version 3.x, length      handshake header, 4 bytes: type 1, length of the body
/// </code>
/// </remarks>
internal struct ClientHelloFinder
{
    private const int RecordHeader = 5;
    private const int MessageHeader = 4;
    private const int HandshakeType = 22;
    private const int ClientHelloType = 1;

    /// <summary>Bytes that a record holds at most.</summary>
    private const int LargestRecord = 16384;

    /// <summary>Offset of the first record that was not whole yet.</summary>
    private int _next;

    /// <summary>Bytes of the message in the records before that.</summary>
    private int _gathered;

    /// <summary>Bytes of the message with its header; 0 while that is not known.</summary>
    private int _messageLength;

    /// <summary>Bytes looked at to come to the answer.</summary>
    internal int Processed { get; private set; }

    /// <summary>Looks at all bytes so far; after another answer than NeedMore it is not asked again.</summary>
    /// <param name="limit">Bytes, records' headers included, that a ClientHello may have.</param>
    internal ClientHelloStatus Find(ReadOnlySpan<byte> bytes, int limit)
    {
        while (true)
        {
            ReadOnlySpan<byte> record = bytes[_next..];
            if (!IsHandshakeRecord(record))
            {
                return Answer(ClientHelloStatus.NotTls, Math.Min(bytes.Length, _next + RecordHeader));
            }

            if (record.Length < RecordHeader)
            {
                break;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(record[3..]);
            ReadOnlySpan<byte> content = record[RecordHeader..];
            content = content[..Math.Min(content.Length, length)];
            if (_messageLength == 0 && !TryReadLength(bytes, content))
            {
                return Answer(ClientHelloStatus.NotTls, Math.Min(bytes.Length, _next + RecordHeader + length));
            }

            // Known before it has arrived, and decided then, so that the answer does not depend on how the bytes are cut.
            if (_messageLength != 0 && _next + RecordHeader + _messageLength - _gathered > limit)
            {
                return Answer(ClientHelloStatus.TooLarge, bytes.Length);
            }

            if (content.Length < length)
            {
                break;
            }

            _gathered += length;
            _next += RecordHeader + length;
            if (_messageLength != 0 && _gathered >= _messageLength)
            {
                // The ClientHello ends the client's flight; BoringSSL takes no further handshake bytes in its record either.
                return Answer(_gathered == _messageLength ? ClientHelloStatus.Found : ClientHelloStatus.NotTls, _next);
            }
        }

        return bytes.Length >= limit ? Answer(ClientHelloStatus.TooLarge, bytes.Length) : ClientHelloStatus.NeedMore;
    }

    /// <summary>The message found: in place when it lies in one record, else put together in the maker's memory.</summary>
    internal readonly ReadOnlySpan<byte> Message(ReadOnlySpan<byte> bytes, TlsInspectorMaker maker) =>
        _next == RecordHeader + _messageLength ? bytes[RecordHeader.._next] : Join(bytes, maker.Joined);

    private static bool IsHandshakeRecord(ReadOnlySpan<byte> record)
    {
        if (record.Length > 0 && record[0] != HandshakeType)
        {
            return false;
        }

        // The minor version says nothing; all major versions that were TLS or SSL 3 are 3.
        if (record.Length > 1 && record[1] != 3)
        {
            return false;
        }

        return record.Length < RecordHeader || BinaryPrimitives.ReadUInt16BigEndian(record[3..]) is > 0 and <= LargestRecord;
    }

    /// <summary>Reads type and length as soon as they are there; false when this is another message, or one no server takes.</summary>
    private bool TryReadLength(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[MessageHeader];
        int have = 0;
        for (int at = 0; at < _next; at += RecordHeader + BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 3)..]))
        {
            // Only while the header is not whole do records lie before this one, so each holds less than four bytes.
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 3)..]);
            bytes.Slice(at + RecordHeader, length).CopyTo(header[have..]);
            have += length;
        }

        ReadOnlySpan<byte> rest = content[..Math.Min(content.Length, MessageHeader - have)];
        rest.CopyTo(header[have..]);
        have += rest.Length;
        if (have > 0 && header[0] != ClientHelloType)
        {
            return false;
        }

        if (have == MessageHeader)
        {
            int length = header[1] << 16 | header[2] << 8 | header[3];
            _messageLength = MessageHeader + length;
            return length <= LargestRecord;
        }

        return true;
    }

    private readonly ReadOnlySpan<byte> Join(ReadOnlySpan<byte> bytes, byte[] joined)
    {
        int have = 0;
        for (int at = 0; at < _next;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 3)..]);
            bytes.Slice(at + RecordHeader, length).CopyTo(joined.AsSpan(have));
            have += length;
            at += RecordHeader + length;
        }

        return joined.AsSpan(0, have);
    }

    private ClientHelloStatus Answer(ClientHelloStatus status, int processed)
    {
        Processed = processed;
        return status;
    }
}
