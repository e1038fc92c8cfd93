using Nuncio.Core.Matching;

namespace Nuncio.Core.Listeners.Matching;

/// <summary>
/// Which connections a filter chain is for. Envoy: listener.v3.FilterChainMatch. An empty list, text or null asks for nothing.
/// Immutable; any thread.
/// </summary>
public sealed record FilterChainMatchConfig
{
    /// <summary>A match that asks for nothing.</summary>
    public static readonly FilterChainMatchConfig Any = new();

    /// <summary>Port the client wanted to go to. Envoy: destination_port.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>Addresses the client wanted to go to. Envoy: prefix_ranges.</summary>
    public IReadOnlyList<IpPrefix> Destinations { get; init; } = [];

    /// <summary>Server names of TLS in lower case, <c>*.example.com</c> for all under it. Envoy: server_names.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } = [];

    /// <summary><c>tls</c> or <c>raw_buffer</c>. Envoy: transport_protocol.</summary>
    public string TransportProtocol { get; init; } = "";

    /// <summary>Protocols of which the client must offer one. Envoy: application_protocols.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; init; } = [];

    /// <summary>Addresses the connection itself comes from. Envoy: direct_source_prefix_ranges.</summary>
    public IReadOnlyList<IpPrefix> DirectSources { get; init; } = [];

    /// <summary>Whether from this machine. Envoy: source_type.</summary>
    public FilterChainSourceType SourceType { get; init; }

    /// <summary>Addresses the client has. Envoy: source_prefix_ranges.</summary>
    public IReadOnlyList<IpPrefix> Sources { get; init; } = [];

    /// <summary>Ports the client has. Envoy: source_ports.</summary>
    public IReadOnlyList<int> SourcePorts { get; init; } = [];
}

/// <summary>Where a client is. Envoy: FilterChainMatch.ConnectionSourceType, with its numbers.</summary>
public enum FilterChainSourceType : byte
{
    /// <summary>Anywhere.</summary>
    Any,

    /// <summary>On this machine: see <see cref="ConnectionSource.IsLocal"/>.</summary>
    SameIpOrLoopback,

    /// <summary>Elsewhere.</summary>
    External,
}
