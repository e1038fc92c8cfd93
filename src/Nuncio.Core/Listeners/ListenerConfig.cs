using Nuncio.Core.AccessLog;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>Which way the traffic of a listener goes, <c>envoy.config.core.v3.TrafficDirection</c>.</summary>
public enum TrafficDirection : byte
{
    /// <summary>Not said.</summary>
    Unspecified,

    /// <summary>Towards a local service.</summary>
    Inbound,

    /// <summary>Away from a local service.</summary>
    Outbound,
}

/// <summary>One address of a listener and how its sockets are made.</summary>
/// <param name="Address">Where to listen; port 0 lets the system choose.</param>
/// <param name="Options">How its sockets are made.</param>
public sealed record ListenAddress(NetworkAddress Address, ListenSocketOptions Options);

/// <summary>A chain of network filters, <c>envoy.config.listener.v3.FilterChain</c>.</summary>
/// <param name="Name">Its name; null when it has none.</param>
/// <param name="Filters">The filters in order; the last one is terminal. Empty closes connections at once.</param>
public sealed record FilterChainConfig(string? Name, IReadOnlyList<NetworkFilterProvider> Filters);

/// <summary>What the user wants of a listener, in our units; immutable. Envoy: <c>envoy.config.listener.v3.Listener</c>.</summary>
public sealed record ListenerConfig
{
    /// <summary><c>name</c>; made up when the configuration gives none.</summary>
    public required string Name { get; init; }

    /// <summary><c>address</c> and <c>additional_addresses</c>.</summary>
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary>The chain all connections take; null closes them (<c>no_filter_chain_match</c>).</summary>
    public required FilterChainConfig? FilterChain { get; init; }

    /// <summary><c>stat_prefix</c>; empty uses the address.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary><c>per_connection_buffer_limit_bytes</c>; 1 MiB.</summary>
    public int BufferLimit { get; init; } = 1024 * 1024;

    /// <summary><c>traffic_direction</c>.</summary>
    public TrafficDirection Direction { get; init; }

    /// <summary><c>access_log</c>: connections, those without a filter chain included.</summary>
    public IReadOnlyList<IAccessLoggerProvider> AccessLogs { get; init; } = [];

    /// <summary>The listener as the admin interface prints it; null for the admin listener itself.</summary>
    public object? Source { get; init; }

    /// <summary>Name in statistics: <c>listener.&lt;this&gt;.</c></summary>
    public string StatName => StatPrefix.Length > 0 ? StatPrefix : Addresses[0].Address.ToString();
}
