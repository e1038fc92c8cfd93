using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Nuncio.IO.Sockets;

/// <summary>
/// Where a socket is: IP and port, or the path of a Unix domain socket. Its texts are made once, when first asked for.
/// </summary>
/// <remarks>Any thread: immutable but for the cached texts, where a race makes the same text twice.</remarks>
public sealed class NetworkAddress : IEquatable<NetworkAddress>
{
    /// <summary>Longest path of a Unix domain socket, less the closing NUL (unix(7)).</summary>
    public const int MaxPathBytes = 107;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly string? _path;
    private readonly uint _scope;
    private string? _text;
    private byte[]? _utf8;
    private byte[]? _ipUtf8;

    private NetworkAddress(AddressKind kind, ulong high, ulong low, int port, uint scope, string? path, int mode)
    {
        Kind = kind;
        _high = high;
        _low = low;
        Port = port;
        _scope = scope;
        _path = path;
        PipeMode = mode;
    }

    /// <summary>The address of a peer that has none, such as an unbound Unix domain socket: an empty path.</summary>
    public static NetworkAddress UnnamedPipe { get; } = new(AddressKind.Pipe, 0, 0, 0, 0, string.Empty, 0);

    /// <summary>IPv4, IPv6, pipe or internal.</summary>
    public AddressKind Kind { get; }

    /// <summary>Whether this is IPv4 or IPv6.</summary>
    public bool IsIp => Kind <= AddressKind.IPv6;

    /// <summary>The port; 0 without one.</summary>
    public int Port { get; }

    /// <summary>Path of a pipe, abstract ones with a leading '@'; null for others.</summary>
    public string? PipePath => Kind == AddressKind.Pipe ? _path : null;

    /// <summary>Name of the listener of an internal address; null for others.</summary>
    public string? InternalListener { get; private init; }

    /// <summary>Permission bits given to a pipe's file; 0 leaves the system's.</summary>
    public int PipeMode { get; }

    /// <summary>IPv6 scope id; 0 is none.</summary>
    public uint ScopeId => _scope;

    /// <summary>Whether it is 0.0.0.0 or ::.</summary>
    public bool IsAnyIp => IsIp && _high == 0 && _low == 0;

    /// <summary>Whether it is in 127.0.0.0/8 or ::1, a pipe or internal: on this machine for certain.</summary>
    public bool IsLoopback => Kind switch
    {
        AddressKind.IPv4 => _low >> 24 == 127,
        AddressKind.IPv6 => _high == 0 && _low == 1,
        _ => true,
    };

    /// <summary>IPv4 as a number in host order; 0 for others.</summary>
    public uint IPv4Bits => Kind == AddressKind.IPv4 ? (uint)_low : 0;

    /// <summary>The upper 64 bits of IPv6 in host order; 0 for others.</summary>
    public ulong IPv6High => _high;

    /// <summary>The lower 64 bits of IPv6 in host order.</summary>
    public ulong IPv6Low => Kind == AddressKind.IPv6 ? _low : 0;

    /// <summary>The whole as text: "1.2.3.4:80", "[::1]:80", the path, or "envoy://listener/endpoint".</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8 ??= Encoding.UTF8.GetBytes(ToString());

    /// <summary>The IP without the port: "1.2.3.4", "::1"; the path for pipes.</summary>
    public ReadOnlySpan<byte> IpUtf8 => _ipUtf8 ??= Encoding.UTF8.GetBytes(MakeIpText());

    /// <summary>The IP without the port, as a string made anew: not for the data path.</summary>
    public string IpText => MakeIpText();

    /// <summary>An IPv4 address from its number in host order.</summary>
    public static NetworkAddress FromIPv4(uint bits, int port) => new(AddressKind.IPv4, 0, bits, port, 0, null, 0);

    /// <summary>An IPv6 address from its halves in host order.</summary>
    public static NetworkAddress FromIPv6(ulong high, ulong low, int port, uint scope = 0) =>
        new(AddressKind.IPv6, high, low, port, scope, null, 0);

    /// <summary>A Unix domain socket; a leading '@' means the abstract namespace.</summary>
    public static NetworkAddress FromPipe(string path, int mode = 0)
    {
        if (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > MaxPathBytes)
        {
            throw new ArgumentException($"a pipe path has 1 to {MaxPathBytes} bytes", nameof(path));
        }

        return new(AddressKind.Pipe, 0, 0, 0, 0, path, mode);
    }

    /// <summary>A listener of this process; <paramref name="endpointId"/> tells hosts apart that mean the same one.</summary>
    public static NetworkAddress FromInternal(string listener, string endpointId = "") =>
        new(AddressKind.Internal, 0, 0, 0, 0, $"envoy://{listener}/{endpointId}", 0) { InternalListener = listener };

    /// <summary>
    /// Reads an IP as inet_pton does: four decimal numbers, or IPv6 without brackets, with an optional %scope number. Host names,
    /// short and octal IPv4 forms are not addresses.
    /// </summary>
    public static bool TryParseIp(ReadOnlySpan<char> text, int port, out NetworkAddress? address)
    {
        address = null;
        if (port is < 0 or > 65535)
        {
            return false;
        }

        if (!text.Contains(':'))
        {
            if (!TryParseIPv4(text, out uint bits))
            {
                return false;
            }

            address = FromIPv4(bits, port);
            return true;
        }

        // The framework's parser takes brackets, ports and prefixes too; an address here is only digits, colons, dots and a scope.
        if (text.IndexOfAnyExcept("0123456789abcdefABCDEF:.%") >= 0 || !IPAddress.TryParse(text, out IPAddress? parsed))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (!parsed.TryWriteBytes(bytes, out int count) || count != 16)
        {
            return false;
        }

        address = FromIPv6(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), port, (uint)parsed.ScopeId);
        return true;
    }

    /// <summary>Reads "1.2.3.4:80" or "[::1]:80".</summary>
    public static bool TryParseIpAndPort(ReadOnlySpan<char> text, out NetworkAddress? address)
    {
        address = null;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 ||
            !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port))
        {
            return false;
        }

        ReadOnlySpan<char> ip = text[..colon];
        bool bracketed = ip.Length > 2 && ip[0] == '[' && ip[^1] == ']';
        if (bracketed)
        {
            ip = ip[1..^1];
        }

        return bracketed == ip.Contains(':') && TryParseIp(ip, port, out address);
    }

    /// <summary>The same address with another port.</summary>
    public NetworkAddress WithPort(int port) => new(Kind, _high, _low, port, _scope, _path, PipeMode);

    /// <summary>Whether both are the same IP, whatever the port.</summary>
    public bool HasSameIp(NetworkAddress other) =>
        IsIp && Kind == other.Kind && _high == other._high && _low == other._low && _scope == other._scope;

    /// <inheritdoc/>
    public bool Equals(NetworkAddress? other) =>
        other is not null && Kind == other.Kind && _high == other._high && _low == other._low && Port == other.Port &&
        _scope == other._scope && string.Equals(_path, other._path, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NetworkAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _high, _low, Port, _scope, _path);

    /// <inheritdoc/>
    public override string ToString() => _text ??= MakeText();

    private static bool TryParseIPv4(ReadOnlySpan<char> text, out uint bits)
    {
        bits = 0;
        int parts = 0;
        int digits = 0;
        uint part = 0;
        foreach (char c in text)
        {
            if (c == '.')
            {
                if (digits == 0 || ++parts > 3)
                {
                    return false;
                }

                bits = bits << 8 | part;
                part = 0;
                digits = 0;
            }
            else
            {
                // A leading zero would be octal to some readers and decimal to others.
                if (!char.IsAsciiDigit(c) || (digits > 0 && part == 0))
                {
                    return false;
                }

                part = part * 10 + (uint)(c - '0');
                digits++;
                if (part > 255)
                {
                    return false;
                }
            }
        }

        bits = bits << 8 | part;
        return parts == 3 && digits > 0;
    }

    private string MakeText() => Kind switch
    {
        AddressKind.IPv4 => string.Create(CultureInfo.InvariantCulture, $"{MakeIpText()}:{Port}"),
        AddressKind.IPv6 => string.Create(CultureInfo.InvariantCulture, $"[{MakeIpText()}]:{Port}"),
        _ => _path!,
    };

    private string MakeIpText()
    {
        switch (Kind)
        {
            case AddressKind.IPv4:
                uint bits = (uint)_low;
                return string.Create(
                    CultureInfo.InvariantCulture, $"{bits >> 24}.{(bits >> 16) & 255}.{(bits >> 8) & 255}.{bits & 255}");
            case AddressKind.IPv6:
                Span<byte> bytes = stackalloc byte[16];
                BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
                BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
                return new IPAddress(bytes, _scope).ToString();
            default:
                return _path!;
        }
    }
}
