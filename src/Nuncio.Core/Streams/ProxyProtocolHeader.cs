using Nuncio.IO.Sockets;

namespace Nuncio.Core.Streams;

/// <summary>
/// What a PROXY protocol header said of a downstream connection, left in its filter state under <see cref="FilterStateKey"/> for whoever
/// sends such a header upstream.
/// </summary>
/// <remarks>Immutable; made by the listener filter.</remarks>
/// <param name="Version">1 or 2.</param>
/// <param name="Source">Who the client is.</param>
/// <param name="Destination">Where it wanted to go.</param>
/// <param name="Tlvs">The TLVs to pass on, in their order.</param>
public sealed record ProxyProtocolHeader(
    int Version, NetworkAddress Source, NetworkAddress Destination, IReadOnlyList<ProxyProtocolTlv> Tlvs)
{
    /// <summary>Envoy's key.</summary>
    public const string FilterStateKey = "envoy.network.proxy_protocol_options";
}

/// <summary>One type-length-value entry of a version 2 header.</summary>
/// <param name="Type">The type.</param>
/// <param name="Value">The value; not to be changed.</param>
public readonly record struct ProxyProtocolTlv(byte Type, byte[] Value);
