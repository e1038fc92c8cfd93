using Nuncio.IO.Sockets;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>What the bytes so far are.</summary>
internal enum ProxyHeaderStatus : byte
{
    /// <summary>The beginning of a header, as far as one can see.</summary>
    NeedMore,

    /// <summary>A whole header.</summary>
    Found,

    /// <summary>No header: the first bytes are not those of any version looked for.</summary>
    NotFound,

    /// <summary>A header that is wrong.</summary>
    Malformed,

    /// <summary>A version 1 line that is longer than any can be.</summary>
    LineTooLong,

    /// <summary>A header of a version that is not allowed.</summary>
    Disallowed,
}

/// <summary>A PROXY protocol header as it was read.</summary>
/// <param name="Version">1 or 2; 0 when the bytes did not say.</param>
/// <param name="Length">Bytes of the whole header; known before all are there.</param>
/// <param name="TlvOffset">Where its TLVs begin; they go up to <paramref name="Length"/>.</param>
/// <param name="Source">Who the client is; null when the sender speaks for itself (LOCAL, UNKNOWN).</param>
/// <param name="Destination">Where it wanted to go; null exactly when <paramref name="Source"/> is.</param>
internal readonly record struct ProxyHeader(
    int Version, int Length, int TlvOffset = 0, NetworkAddress? Source = null, NetworkAddress? Destination = null);
