using Nuncio.Core.AccessLog;
using Nuncio.Core.Udp;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>
/// What the user wants of a UDP proxy, in our units; immutable, any thread. Envoy:
/// <c>envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig</c>. Made by <see cref="UdpProxyFactory"/>.
/// </summary>
public sealed record UdpProxyConfig
{
    /// <summary><c>stat_prefix</c>: statistics are <c>udp.&lt;stat_prefix&gt;.*</c>.</summary>
    public required string StatPrefix { get; init; }

    /// <summary><c>cluster</c> or <c>matcher</c>.</summary>
    public required UdpRouter Router { get; init; }

    /// <summary><c>idle_timeout</c>: time without a datagram either way after which a session ends; 1 min.</summary>
    public long IdleTimeoutNanos { get; init; } = 60L * 1_000_000_000;

    /// <summary><c>use_original_src_ip</c>: upstream sees the client's IP. Needs CAP_NET_ADMIN, and routes that bring the answers here.</summary>
    public bool UseOriginalSourceIp { get; init; }

    /// <summary><c>use_per_packet_load_balancing</c>: a host is chosen for each datagram, not for each client.</summary>
    public bool UsePerPacketLoadBalancing { get; init; }

    /// <summary><c>hash_policies</c>: what hashing load balancers go by; null draws at random.</summary>
    public UdpHashPolicy? HashPolicy { get; init; }

    /// <summary><c>upstream_socket_config.max_rx_datagram_size</c>: longer datagrams of upstreams are dropped and counted; 1500.</summary>
    public int MaxUpstreamDatagramSize { get; init; } = UdpListenerConfig.DefaultMaxDatagramSize;

    /// <summary><c>access_log</c>: written at the end of each session.</summary>
    public IReadOnlyList<IAccessLoggerProvider> SessionLogs { get; init; } = [];

    /// <summary><c>proxy_access_log</c>: written when the listener ends, once for each worker.</summary>
    public IReadOnlyList<IAccessLoggerProvider> ProxyLogs { get; init; } = [];

    /// <summary><c>access_log_options.access_log_flush_interval</c>: sessions are logged also this often meanwhile; 0 never.</summary>
    public long LogIntervalNanos { get; init; }
}
