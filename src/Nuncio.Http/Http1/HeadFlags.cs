namespace Nuncio.Http.Http1;

/// <summary>What the framing headers of one message head said.</summary>
[Flags]
internal enum HeadFlags : ushort
{
    None = 0,

    /// <summary>A Host header was seen.</summary>
    Host = 1 << 0,

    /// <summary>The target named the authority (absolute form or CONNECT), so that Host does not count.</summary>
    AuthorityFromTarget = 1 << 1,

    /// <summary>A content-length was seen.</summary>
    ContentLength = 1 << 2,

    /// <summary>A transfer-encoding was seen.</summary>
    TransferEncoding = 1 << 3,

    /// <summary>The transfer-encoding is not exactly one <c>chunked</c>.</summary>
    BadTransferEncoding = 1 << 4,

    /// <summary>Connection lines with more than one well-known token wait in the map to be looked at.</summary>
    ConnectionListed = 1 << 5,

    /// <summary>The connection ends after this message.</summary>
    Close = 1 << 6,

    /// <summary>HTTP/1.0: the connection goes on after this message.</summary>
    KeepAlive = 1 << 7,

    /// <summary>Connection names upgrade.</summary>
    ConnectionUpgrade = 1 << 8,

    /// <summary>An Upgrade header is in the map.</summary>
    Upgrade = 1 << 9,

    /// <summary>After the head the connection carries raw bytes.</summary>
    Tunnel = 1 << 10,
}
