using System.Buffers.Binary;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>
/// The parts of a ClientHello that choose a server or tell clients apart, as views into its bytes. RFC 8446, section 4.1.2; RFC
/// 6066, section 3 (server name); RFC 7301 (ALPN).
/// </summary>
/// <remarks>
/// Strict where a TLS stack would refuse: what is accepted here and refused there would choose a filter chain by bytes that mean
/// something else to the one that reads them next. Extensions that choose nothing are not looked into.
/// </remarks>
internal readonly ref struct ClientHello
{
    /// <summary>Bytes of the longest host name of DNS, and of what TLS stacks take.</summary>
    internal const int LongestServerName = 255;

    private const int Random = 32;
    private const int LongestSessionId = 32;
    private const ushort OldestVersion = 0x0301;
    private const ushort NewestVersion = 0x0304;

    private ClientHello(ReadOnlySpan<byte> message, out bool ok)
    {
        ByteReader body = new(message);

        // All is read whatever fails before: a reader that has failed gives zeros and empty spans.
        body.Skip(4);
        LegacyVersion = body.UInt16();
        body.Skip(Random);
        ok = body.Prefixed8().Length <= LongestSessionId;
        CipherSuites = body.Prefixed16();
        ok &= CipherSuites.Length >= 2 && CipherSuites.Length % 2 == 0;

        // The null method is the only one there is (RFC 8446) and must be offered before it too.
        ok &= body.Prefixed8().Contains((byte)0);
        if (!body.IsAtEnd)
        {
            Extensions = body.Prefixed16();
        }

        ok &= body.IsAtEnd && !body.Failed;
        ulong seen = 0;
        ByteReader extensions = new(Extensions);
        while (ok && !extensions.IsAtEnd)
        {
            ushort type = extensions.UInt16();
            ReadOnlySpan<byte> content = extensions.Prefixed16();
            ok = !extensions.Failed && !IsRepeated(type, ref seen);
            switch (type)
            {
                case ExtensionType.ServerName:
                    HasServerName = true;
                    ok &= TryReadServerName(content, out ReadOnlySpan<byte> name);
                    ServerName = name;
                    break;
                case ExtensionType.Alpn:
                    HasAlpn = true;
                    Alpn = content;
                    break;
                case ExtensionType.SupportedVersions:
                    HasSupportedVersions = true;
                    SupportedVersions = new ByteReader(content).Prefixed8();
                    break;
                case ExtensionType.SupportedGroups:
                    Groups = new ByteReader(content).Prefixed16();
                    break;
                case ExtensionType.PointFormats:
                    PointFormats = new ByteReader(content).Prefixed8();
                    break;
                case ExtensionType.SignatureAlgorithms:
                    SignatureAlgorithms = new ByteReader(content).Prefixed16();
                    break;
                default:
                    break;
            }
        }

        ok = ok && OffersKnownVersion();
    }

    /// <summary><c>legacy_version</c>.</summary>
    internal ushort LegacyVersion { get; }

    /// <summary>Cipher suites, two bytes each.</summary>
    internal ReadOnlySpan<byte> CipherSuites { get; }

    /// <summary>All extensions.</summary>
    internal ReadOnlySpan<byte> Extensions { get; }

    /// <summary>Whether there is a server_name extension.</summary>
    internal bool HasServerName { get; }

    /// <summary>The host name in it; empty without.</summary>
    internal ReadOnlySpan<byte> ServerName { get; }

    /// <summary>Whether there is an ALPN extension.</summary>
    internal bool HasAlpn { get; }

    /// <summary>Its content, not looked into.</summary>
    internal ReadOnlySpan<byte> Alpn { get; }

    /// <summary>Whether there is a supported_versions extension.</summary>
    internal bool HasSupportedVersions { get; }

    /// <summary>The versions in it, two bytes each.</summary>
    internal ReadOnlySpan<byte> SupportedVersions { get; }

    /// <summary>Supported groups, two bytes each.</summary>
    internal ReadOnlySpan<byte> Groups { get; }

    /// <summary>Point formats.</summary>
    internal ReadOnlySpan<byte> PointFormats { get; }

    /// <summary>Signature algorithms, two bytes each.</summary>
    internal ReadOnlySpan<byte> SignatureAlgorithms { get; }

    /// <summary>Reads a whole handshake message, its header included; false when no server would go on with it.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> message, out ClientHello hello)
    {
        hello = new ClientHello(message, out bool ok);
        return ok;
    }

    /// <summary>Reserved values that clients put in at random to keep servers tolerant (RFC 8701).</summary>
    internal static bool IsGrease(ushort value) => (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);

    /// <summary>Every extension that is read here has a number below 64.</summary>
    private static bool IsRepeated(ushort type, ref ulong seen)
    {
        ulong bit = type < 64 ? 1UL << type : 0;
        bool repeated = (seen & bit) != 0;
        seen |= bit;
        return repeated;
    }

    /// <summary>
    /// One name of type host_name, of visible ASCII: the specification allows no other, and whatever else comes would end up in logs.
    /// </summary>
    private static bool TryReadServerName(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> name)
    {
        ByteReader outer = new(content);
        ByteReader list = new(outer.Prefixed16());
        bool isHostName = list.UInt8() == 0;
        name = list.Prefixed16();
        return isHostName && !list.Failed && list.IsAtEnd && outer.IsAtEnd && name.Length is > 0 and <= LongestServerName
            && name.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0;
    }

    private bool OffersKnownVersion()
    {
        if (!HasSupportedVersions)
        {
            return LegacyVersion >= OldestVersion;
        }

        ReadOnlySpan<byte> versions = SupportedVersions;
        for (; versions.Length >= 2; versions = versions[2..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(versions) is >= OldestVersion and <= NewestVersion)
            {
                return true;
            }
        }

        return false;
    }
}
