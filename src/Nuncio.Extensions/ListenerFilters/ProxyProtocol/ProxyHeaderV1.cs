using Nuncio.IO.Sockets;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>
/// Version 1, section 2.1 of the specification: <c>PROXY TCP4 192.0.2.1 198.51.100.1 56324 443</c> and an end of line; or
/// <c>PROXY UNKNOWN</c> and anything up to it. One space between the parts, decimal ports without leading zeros. Stateless.
/// </summary>
internal static class ProxyHeaderV1
{
    /// <summary>The longest line, its end included: what the specification lets a receiver bound its buffer by.</summary>
    internal const int LongestLine = 107;

    private const int LongestAddress = 45;

    /// <summary>How every line begins.</summary>
    internal static ReadOnlySpan<byte> Signature => "PROXY"u8;

    /// <summary>Reads bytes that begin with the signature.</summary>
    internal static ProxyHeaderStatus Parse(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = new ProxyHeader(1, 0);
        ReadOnlySpan<byte> window = bytes[..Math.Min(bytes.Length, LongestLine)];
        int end = window.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            return IncompleteLine(bytes, ref header);
        }

        // A line ends with both. Taking one alone would let a reader behind see another line than this one.
        if (window[end] == '\n')
        {
            return ProxyHeaderStatus.Malformed;
        }

        if (end + 1 == window.Length)
        {
            return IncompleteLine(bytes, ref header);
        }

        return window[end + 1] == '\n' && TryParseLine(window[..end], ref header) ? ProxyHeaderStatus.Found : ProxyHeaderStatus.Malformed;
    }

    private static ProxyHeaderStatus IncompleteLine(ReadOnlySpan<byte> bytes, ref ProxyHeader header)
    {
        if (bytes.Length > Signature.Length && bytes[Signature.Length] != ' ')
        {
            return ProxyHeaderStatus.Malformed;
        }

        if (bytes.Length < LongestLine)
        {
            return ProxyHeaderStatus.NeedMore;
        }

        // Envoy: only a line that ends is counted as version 1.
        header = default;
        return ProxyHeaderStatus.LineTooLong;
    }

    private static bool TryParseLine(ReadOnlySpan<byte> line, ref ProxyHeader header)
    {
        int length = line.Length + 2;
        ReadOnlySpan<byte> rest = line[Signature.Length..];
        if (!TryTake(ref rest, out ReadOnlySpan<byte> family))
        {
            return false;
        }

        if (family.SequenceEqual("UNKNOWN"u8))
        {
            header = new ProxyHeader(1, length, length);
            return true;
        }

        AddressKind kind = AddressKind.Pipe;
        if (family.SequenceEqual("TCP4"u8))
        {
            kind = AddressKind.IPv4;
        }
        else if (family.SequenceEqual("TCP6"u8))
        {
            kind = AddressKind.IPv6;
        }

        if (kind == AddressKind.Pipe
            || !TryTake(ref rest, out ReadOnlySpan<byte> source) || !TryTake(ref rest, out ReadOnlySpan<byte> destination)
            || !TryTake(ref rest, out ReadOnlySpan<byte> sourcePort) || !TryTake(ref rest, out ReadOnlySpan<byte> destinationPort)
            || !rest.IsEmpty)
        {
            return false;
        }

        if (TryParseAddress(source, sourcePort, kind) is not { } from || TryParseAddress(destination, destinationPort, kind) is not { } to)
        {
            return false;
        }

        header = new ProxyHeader(1, length, length, from, to);
        return true;
    }

    /// <summary>Takes a space and what follows up to the next.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (rest.IsEmpty || rest[0] != ' ')
        {
            return false;
        }

        rest = rest[1..];
        int end = rest.IndexOf((byte)' ');
        part = end < 0 ? rest : rest[..end];
        rest = rest[part.Length..];
        return !part.IsEmpty;
    }

    private static NetworkAddress? TryParseAddress(ReadOnlySpan<byte> ip, ReadOnlySpan<byte> port, AddressKind kind)
    {
        // A scope is of one machine only, and means nothing to another.
        if (ip.Length > LongestAddress || ip.Contains((byte)'%') || !TryParsePort(port, out int number))
        {
            return null;
        }

        Span<char> text = stackalloc char[LongestAddress];
        for (int i = 0; i < ip.Length; i++)
        {
            text[i] = (char)ip[i];
        }

        return NetworkAddress.TryParseIp(text[..ip.Length], number, out NetworkAddress? address)
            && address!.Kind == kind && ProxyHeaderParser.IsUnicast(address) ? address : null;
    }

    /// <summary>The specification forbids leading zeros, which some readers take for octal.</summary>
    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        if (text.Length > 5 || (text.Length > 1 && text[0] == '0'))
        {
            return false;
        }

        foreach (byte digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            port = (port * 10) + digit - '0';
        }

        return port <= 65535;
    }
}
