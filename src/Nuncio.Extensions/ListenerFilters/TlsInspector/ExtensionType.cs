namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>Numbers of the TLS extensions that are looked into (IANA: "TLS ExtensionType Values").</summary>
internal static class ExtensionType
{
    /// <summary>RFC 6066.</summary>
    internal const ushort ServerName = 0;

    /// <summary>RFC 8422 and RFC 8446.</summary>
    internal const ushort SupportedGroups = 10;

    /// <summary>RFC 8422.</summary>
    internal const ushort PointFormats = 11;

    /// <summary>RFC 8446.</summary>
    internal const ushort SignatureAlgorithms = 13;

    /// <summary>RFC 7301.</summary>
    internal const ushort Alpn = 16;

    /// <summary>RFC 8446.</summary>
    internal const ushort SupportedVersions = 43;
}
