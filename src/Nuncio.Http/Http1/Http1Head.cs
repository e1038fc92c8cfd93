using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;

namespace Nuncio.Http.Http1;

/// <summary>
/// The head (or the trailers) of one message while its lines are read: the map they go into, and what the framing headers said.
/// Hop-by-hop headers (RFC 9110 section 7.6.1) are interpreted here and do not reach the map. Owned by its <see cref="Http1Reader"/>.
/// </summary>
internal struct Http1Head
{
    /// <summary>More options than this in Connection are refused. Envoy: 10 or more.</summary>
    private const int MaxConnectionOptions = 9;

    internal HeaderMap? Map;

    /// <summary>Value of content-length; meaningful with its flag.</summary>
    internal long ContentLength;

    /// <summary>Field lines so far, the ones that were dropped included.</summary>
    internal int Lines;

    /// <summary>Status of a response.</summary>
    internal ushort Status;
    internal HeadFlags Flags;
    internal HttpMethod Method;

    /// <summary>HTTP/1.0 or HTTP/1.1; Unknown is any other version.</summary>
    internal HttpProtocol Version;

    internal readonly bool Has(HeadFlags flag) => (Flags & flag) != 0;

    /// <summary>Whether the connection may carry another message after this one (RFC 9112 section 9.3).</summary>
    internal readonly bool IsKeepAlive =>
        !Has(HeadFlags.Close) && (Version == HttpProtocol.Http11 || Has(HeadFlags.KeepAlive));

    internal void Begin(HeaderMap? map)
    {
        Map = map;
        ContentLength = 0;
        Lines = 0;
        Status = 0;
        Flags = HeadFlags.None;
        Method = HttpMethod.Unknown;
        Version = HttpProtocol.Unknown;
    }

    /// <summary>Reads one field line without its CRLF (RFC 9112 section 5).</summary>
    internal Http1Error AddField(ReadOnlySpan<byte> line, Http1Options options, bool isRequest, IHttp1Counters counters)
    {
        HeaderMap map = Map!;
        map.EnsureRoom(line.Length);
        ref byte tail = ref map.Tail;
        int nameLength = FieldScanner.CopyName(line, ref tail);
        if (nameLength < 0)
        {
            return line[0] is (byte)' ' or (byte)'\t' ? Http1Error.ObsoleteFold : Http1Error.BadHeaderName;
        }

        if (++Lines > options.MaxHeadersCount || Lines > Http1Options.HighestHeadersCount)
        {
            return Http1Error.TooManyHeaders;
        }

        ReadOnlySpan<byte> value = TrimBlanks(line, nameLength + 1);
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpan(ref tail, nameLength);
        KnownHeader known = KnownHeaders.Find(name);
        if (known is >= KnownHeader.Host and <= KnownHeader.Http2Settings)
        {
            return AddFraming(known, value, isRequest);
        }

        if (options.HeadersWithUnderscores != UnderscoreAction.Allow && isRequest && name.Contains((byte)'_'))
        {
            if (options.HeadersWithUnderscores == UnderscoreAction.RejectRequest)
            {
                counters.RequestRejectedWithUnderscore();
                return Http1Error.Underscore;
            }

            counters.DroppedHeaderWithUnderscore();
            return FieldScanner.IsValue(value) ? Http1Error.None : Http1Error.InvalidCharacters;
        }

        return map.TryAddDecoded(known, nameLength, value) ? Http1Error.None : Http1Error.InvalidCharacters;
    }

    /// <summary>Reads one trailer line. What would change the framing or the routing of the message is dropped (RFC 9110 section 6.5.1).</summary>
    internal Http1Error AddTrailer(ReadOnlySpan<byte> line, Http1Options options, bool isRequest, IHttp1Counters counters)
    {
        HeaderMap map = Map!;
        map.EnsureRoom(line.Length);
        ref byte tail = ref map.Tail;
        int nameLength = FieldScanner.CopyName(line, ref tail);
        if (nameLength > 0
            && KnownHeaders.Find(MemoryMarshal.CreateReadOnlySpan(ref tail, nameLength)) is >= KnownHeader.Host and <= KnownHeader.Http2Settings)
        {
            Lines++;
            return Lines > options.MaxHeadersCount ? Http1Error.TooManyHeaders
                : FieldScanner.IsValue(line[(nameLength + 1)..]) ? Http1Error.None
                : Http1Error.InvalidCharacters;
        }

        return AddField(line, options, isRequest, counters);
    }

    /// <summary>
    /// Looks at what Connection named: connection options are interpreted, named headers removed. In a response, names that must
    /// not be there are passed over: the upstream's slip is not the client's.
    /// </summary>
    internal Http1Error FinishConnection(bool isRequest, Http1Options options)
    {
        HeaderMap map = Map!;
        ReadOnlySpan<byte> upgradeOption = default;
        if (Has(HeadFlags.ConnectionListed))
        {
            int count = 0;
            foreach (ReadOnlySpan<byte> value in map.GetAll(KnownHeader.Connection))
            {
                foreach (Range range in value.Split((byte)','))
                {
                    ReadOnlySpan<byte> option = TrimBlanks(value[range], 0);
                    Http1Error error = option.IsEmpty ? Http1Error.None : TakeConnectionOption(option, ref upgradeOption);
                    if (isRequest && (error != Http1Error.None || ++count > MaxConnectionOptions))
                    {
                        return Http1Error.BadConnection;
                    }
                }
            }

            map.Remove(KnownHeader.Connection);
        }

        FinishUpgrade(map, upgradeOption, isRequest, options);
        return Http1Error.None;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text, int start)
    {
        int end = text.Length;
        while (start < end && text[start] is (byte)' ' or (byte)'\t')
        {
            start++;
        }

        while (end > start && text[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        return text[start..end];
    }

    private Http1Error AddFraming(KnownHeader known, ReadOnlySpan<byte> value, bool isRequest)
    {
        if (!FieldScanner.IsValue(value))
        {
            return Http1Error.InvalidCharacters;
        }

        switch (known)
        {
            case KnownHeader.Host when isRequest:
                return AddHost(value);
            case KnownHeader.ContentLength:
                return AddContentLength(value);
            case KnownHeader.TransferEncoding:
                bool isGood = !Has(HeadFlags.TransferEncoding) && Ascii.EqualsIgnoreCase(value, "chunked"u8);
                Flags |= isGood ? HeadFlags.TransferEncoding : HeadFlags.TransferEncoding | HeadFlags.BadTransferEncoding;
                return Http1Error.None;
            case KnownHeader.Connection:
                AddConnection(value);
                return Http1Error.None;
            case KnownHeader.ProxyConnection:
                Flags |= HasOption(value, "close"u8) ? HeadFlags.Close : HeadFlags.None;
                return Http1Error.None;
            case KnownHeader.KeepAlive or KnownHeader.Http2Settings:
                return Http1Error.None;
            case KnownHeader.Upgrade:
                Flags |= HeadFlags.Upgrade;
                Map!.Append(KnownHeader.Upgrade, value, ", "u8);
                return Http1Error.None;
            case KnownHeader.Te:
                if (HasOption(value, "trailers"u8))
                {
                    Map!.Set(KnownHeader.Te, "trailers"u8);
                }

                return Http1Error.None;
            default:
                Map!.AddDecoded(known, 0, value);
                return Http1Error.None;
        }
    }

    private Http1Error AddHost(ReadOnlySpan<byte> value)
    {
        if (Has(HeadFlags.Host))
        {
            return Http1Error.DuplicateHost;
        }

        Flags |= HeadFlags.Host;
        if (!HttpAuthority.IsValid(value))
        {
            return Http1Error.InvalidAuthority;
        }

        if (!Has(HeadFlags.AuthorityFromTarget))
        {
            Map!.AddDecoded(KnownHeader.Authority, 0, value);
        }

        return Http1Error.None;
    }

    private Http1Error AddContentLength(ReadOnlySpan<byte> value)
    {
        if (Has(HeadFlags.ContentLength))
        {
            return Http1Error.DuplicateContentLength;
        }

        Flags |= HeadFlags.ContentLength;
        if (value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !Utf8Parser.TryParse(value, out ContentLength, out int used) || used != value.Length)
        {
            return Http1Error.BadContentLength;
        }

        if (value[0] == (byte)'0' && value.Length > 1)
        {
            // Someone behind us might read leading zeros as octal: pass on the number that we read.
            Map!.AddNumber(KnownHeader.ContentLength, ContentLength);
        }
        else
        {
            Map!.AddDecoded(KnownHeader.ContentLength, 0, value);
        }

        return Http1Error.None;
    }

    private void AddConnection(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "keep-alive"u8))
        {
            Flags |= HeadFlags.KeepAlive;
        }
        else if (Ascii.EqualsIgnoreCase(value, "close"u8))
        {
            Flags |= HeadFlags.Close;
        }
        else
        {
            Flags |= HeadFlags.ConnectionListed;
            Map!.AddDecoded(KnownHeader.Connection, 0, value);
        }
    }

    private Http1Error TakeConnectionOption(ReadOnlySpan<byte> option, ref ReadOnlySpan<byte> upgradeOption)
    {
        Span<byte> room = stackalloc byte[HeaderName.StackLimit];
        if (option.Length > room.Length || !HeaderName.IsToken(option))
        {
            return Http1Error.BadConnection;
        }

        HeaderName.TryLower(option, room);
        ReadOnlySpan<byte> name = room[..option.Length];
        switch (KnownHeaders.Find(name))
        {
            case KnownHeader.None:
                return TakeOtherOption(name);
            case KnownHeader.Upgrade:
                Flags |= HeadFlags.ConnectionUpgrade;
                upgradeOption = option;
                return Http1Error.None;
            case KnownHeader.KeepAlive:
                Flags |= HeadFlags.KeepAlive;
                return Http1Error.None;
            case KnownHeader.Host or KnownHeader.ContentLength
                or KnownHeader.XForwardedFor or KnownHeader.XForwardedHost or KnownHeader.XForwardedProto:
                return Http1Error.BadConnection;
            case KnownHeader.Connection or KnownHeader.TransferEncoding or KnownHeader.ProxyConnection
                or KnownHeader.Te or KnownHeader.Http2Settings:
                return Http1Error.None; // Interpreted where they were read.
            case KnownHeader known:
                Map!.Remove(known);
                return Http1Error.None;
        }
    }

    private Http1Error TakeOtherOption(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("close"u8))
        {
            Flags |= HeadFlags.Close;
        }
        else
        {
            Map!.Remove(name);
        }

        return Http1Error.None;
    }

    private void FinishUpgrade(HeaderMap map, ReadOnlySpan<byte> upgradeOption, bool isRequest, Http1Options options)
    {
        if (!Has(HeadFlags.Upgrade))
        {
            return;
        }

        bool isUpgrade = Has(HeadFlags.ConnectionUpgrade)
            && Version == HttpProtocol.Http11 // RFC 9110 section 7.8: ignored in HTTP/1.0.
            && (isRequest || Status is 101 or 426)
            && !Ascii.EqualsIgnoreCase(map.Get(KnownHeader.Upgrade), "h2c"u8); // Envoy: h2c is taken out and the request served.
        if (isUpgrade && isRequest && options.IgnoredUpgrades is { } ignored)
        {
            isUpgrade = KeepsUpgrade(map, ignored);
        }

        if (!isUpgrade)
        {
            map.Remove(KnownHeader.Upgrade);
            return;
        }

        map.Add(KnownHeader.Connection, upgradeOption);
        Flags |= isRequest ? HeadFlags.Tunnel : HeadFlags.None;
    }

    /// <summary>Takes the ignored protocols out of Upgrade; false when none is left.</summary>
    private static bool KeepsUpgrade(HeaderMap map, IgnoredUpgrades ignored)
    {
        ReadOnlySpan<byte> all = map.Get(KnownHeader.Upgrade);
        bool keeps = false;
        foreach (Range range in all.Split((byte)','))
        {
            ReadOnlySpan<byte> protocol = TrimBlanks(all[range], 0);
            if (protocol.IsEmpty || ignored.Ignores(protocol))
            {
                continue;
            }

            if (keeps)
            {
                map.Append(KnownHeader.Upgrade, protocol, ","u8);
            }
            else
            {
                map.Set(KnownHeader.Upgrade, protocol);
            }

            keeps = true;
        }

        return keeps;
    }

    private static bool HasOption(ReadOnlySpan<byte> list, ReadOnlySpan<byte> option)
    {
        foreach (Range range in list.Split((byte)','))
        {
            ReadOnlySpan<byte> item = TrimBlanks(list[range], 0);
            int parameters = item.IndexOf((byte)';');
            if (Ascii.EqualsIgnoreCase(parameters < 0 ? item : TrimBlanks(item[..parameters], 0), option))
            {
                return true;
            }
        }

        return false;
    }
}
