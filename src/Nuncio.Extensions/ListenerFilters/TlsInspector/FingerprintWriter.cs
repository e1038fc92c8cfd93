using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>
/// Makes fingerprints of ClientHellos: JA3 (MD5 of the numbers in the order of the client) and JA4 (counts, and SHA-256 of sorted
/// numbers, cut; FoxIO's "JA4: TLS Client Fingerprinting").
/// </summary>
/// <remarks>
/// Owner: one worker, whose inspectors use it in turn; what it returns is valid until the next call. GREASE values are left out
/// everywhere. Envoy: leaves them in among JA3's groups and JA4's signature algorithms, where they make a client's fingerprint change from one
/// connection to the next.
/// </remarks>
internal sealed class FingerprintWriter
{
    /// <summary>Hexadecimal digits of a hash in JA4.</summary>
    private const int HashDigits = 12;

    /// <summary>Numbers of a ClientHello, each of two bytes.</summary>
    private readonly ushort[] _numbers = new ushort[TlsInspectorConfig.LargestClientHello / 2];

    /// <summary>As text a byte (point format) becomes at most four, and two bytes six; then what is between the lists.</summary>
    private readonly byte[] _text = new byte[(4 * TlsInspectorConfig.LargestClientHello) + 64];

    private readonly byte[] _result = new byte[64];

    private int _length;

    /// <summary>32 hexadecimal digits.</summary>
    internal ReadOnlySpan<byte> Ja3(in ClientHello hello)
    {
        _length = 0;
        Decimal(hello.LegacyVersion);
        Append((byte)',');
        DecimalList(Numbers(hello.CipherSuites));
        Append((byte)',');
        DecimalList(ExtensionTypes(hello, withNames: true));
        Append((byte)',');
        DecimalList(Numbers(hello.Groups));
        Append((byte)',');
        for (int i = 0; i < hello.PointFormats.Length; i++)
        {
            Separate(i, (byte)'-');
            Decimal(hello.PointFormats[i]);
        }

        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(_text.AsSpan(0, _length), hash);
        Convert.TryToHexStringLower(hash, _result, out int written);
        return _result.AsSpan(0, written);
    }

    /// <summary>36 characters: <c>t13d1516h2_8daaf6152771_e5627efa2ab1</c>.</summary>
    internal ReadOnlySpan<byte> Ja4(in ClientHello hello)
    {
        Span<byte> result = _result;
        result[0] = (byte)'t';
        Version(hello).CopyTo(result[1..]);
        result[3] = hello.HasServerName ? (byte)'d' : (byte)'i';
        TwoDigits(Numbers(hello.CipherSuites).Length, result[4..]);
        TwoDigits(ExtensionTypes(hello, withNames: true).Length, result[6..]);
        FirstProtocol(hello, result[8..]);
        result[10] = (byte)'_';

        _length = 0;
        SortedList(Numbers(hello.CipherSuites));
        Hash(result[11..]);
        result[23] = (byte)'_';

        _length = 0;
        SortedList(ExtensionTypes(hello, withNames: false));
        if (_length > 0)
        {
            // In the client's order, which tells libraries apart.
            Span<ushort> algorithms = Numbers(hello.SignatureAlgorithms);
            for (int i = 0; i < algorithms.Length; i++)
            {
                Append(i == 0 ? (byte)'_' : (byte)',');
                Hexadecimal(algorithms[i]);
            }
        }

        Hash(result[24..]);
        return result[..36];
    }

    /// <summary>The highest version offered.</summary>
    private static ReadOnlySpan<byte> Version(in ClientHello hello)
    {
        ushort highest = 0;
        for (ReadOnlySpan<byte> rest = hello.SupportedVersions; rest.Length >= 2; rest = rest[2..])
        {
            ushort version = BinaryPrimitives.ReadUInt16BigEndian(rest);
            highest = ClientHello.IsGrease(version) ? highest : Math.Max(highest, version);
        }

        return (highest == 0 ? hello.LegacyVersion : highest) switch
        {
            0x0304 => "13"u8,
            0x0303 => "12"u8,
            0x0302 => "11"u8,
            0x0301 => "10"u8,
            0x0300 => "s3"u8,
            0x0002 => "s2"u8,
            _ => "00"u8,
        };
    }

    /// <summary>First and last character of the first protocol; of its hexadecimal form when one of them is no letter or digit.</summary>
    private static void FirstProtocol(in ClientHello hello, Span<byte> into)
    {
        ByteReader outer = new(hello.Alpn);
        ReadOnlySpan<byte> name = new ByteReader(outer.Prefixed16()).Prefixed8();
        if (name.IsEmpty)
        {
            "00"u8.CopyTo(into);
        }
        else if (char.IsAsciiLetterOrDigit((char)name[0]) && char.IsAsciiLetterOrDigit((char)name[^1]))
        {
            into[0] = name[0];
            into[1] = name[^1];
        }
        else
        {
            into[0] = (byte)HexDigit(name[0] >> 4);
            into[1] = (byte)HexDigit(name[^1] & 15);
        }
    }

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);

    private static void TwoDigits(int count, Span<byte> into)
    {
        int shown = Math.Min(count, 99);
        into[0] = (byte)('0' + (shown / 10));
        into[1] = (byte)('0' + (shown % 10));
    }

    private Span<ushort> Numbers(ReadOnlySpan<byte> list)
    {
        int count = 0;
        for (; list.Length >= 2; list = list[2..])
        {
            ushort number = BinaryPrimitives.ReadUInt16BigEndian(list);
            if (!ClientHello.IsGrease(number))
            {
                _numbers[count++] = number;
            }
        }

        return _numbers.AsSpan(0, count);
    }

    /// <param name="withNames">Server name and ALPN too, which differ by destination rather than by client.</param>
    private Span<ushort> ExtensionTypes(in ClientHello hello, bool withNames)
    {
        int count = 0;
        ByteReader extensions = new(hello.Extensions);
        while (!extensions.IsAtEnd)
        {
            ushort type = extensions.UInt16();
            extensions.Skip(extensions.UInt16());
            if (!ClientHello.IsGrease(type) && (withNames || type is not (ExtensionType.ServerName or ExtensionType.Alpn)))
            {
                _numbers[count++] = type;
            }
        }

        return _numbers.AsSpan(0, count);
    }

    private void SortedList(Span<ushort> numbers)
    {
        numbers.Sort();
        for (int i = 0; i < numbers.Length; i++)
        {
            Separate(i, (byte)',');
            Hexadecimal(numbers[i]);
        }
    }

    private void DecimalList(Span<ushort> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            Separate(i, (byte)'-');
            Decimal(numbers[i]);
        }
    }

    /// <summary>The first digits of the text's hash; zeros for no text.</summary>
    private void Hash(Span<byte> into)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        hash.Clear();
        if (_length > 0)
        {
            SHA256.HashData(_text.AsSpan(0, _length), hash);
        }

        Convert.TryToHexStringLower(hash[..(HashDigits / 2)], into, out _);
    }

    private void Separate(int index, byte separator)
    {
        if (index > 0)
        {
            Append(separator);
        }
    }

    private void Append(byte one) => _text[_length++] = one;

    private void Decimal(ushort number)
    {
        Utf8Formatter.TryFormat(number, _text.AsSpan(_length), out int written);
        _length += written;
    }

    private void Hexadecimal(ushort number)
    {
        for (int shift = 12; shift >= 0; shift -= 4)
        {
            Append((byte)HexDigit((number >> shift) & 15));
        }
    }
}
