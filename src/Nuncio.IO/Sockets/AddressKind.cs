namespace Nuncio.IO.Sockets;

/// <summary>The families of addresses a proxy listens on and connects to.</summary>
public enum AddressKind : byte
{
    /// <summary>IPv4 and port.</summary>
    IPv4,

    /// <summary>IPv6, scope and port.</summary>
    IPv6,

    /// <summary>Unix domain socket.</summary>
    Pipe,

    /// <summary>A listener of this process, by name; has no socket address (Envoy: <c>envoy_internal_address</c>).</summary>
    Internal,
}
