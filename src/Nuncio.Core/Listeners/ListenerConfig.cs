using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Udp;
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

/// <summary>When a listener's responses tell clients to go away, <c>Listener.DrainType</c>.</summary>
public enum DrainType : byte
{
    /// <summary>When it changes, is removed, or the health check is told to fail.</summary>
    Default,

    /// <summary>Only when it changes or is removed.</summary>
    ModifyOnly,
}

/// <summary>How connections are spread over the workers, <c>Listener.ConnectionBalanceConfig</c>.</summary>
public enum ConnectionBalance : byte
{
    /// <summary>Each worker keeps what it accepted: the kernel spreads.</summary>
    None,

    /// <summary>Each connection goes to the worker that has the fewest of this listener.</summary>
    Exact,
}

/// <summary>One address of a listener and how its sockets are made.</summary>
/// <param name="Address">Where to listen; port 0 lets the system choose.</param>
/// <param name="Options">How its sockets are made.</param>
public sealed record ListenAddress(NetworkAddress Address, ListenSocketOptions Options);

/// <summary>One listener filter of a listener.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Provider">Its configuration.</param>
/// <param name="DisabledFor">Sockets that do not go through it; null for none.</param>
public sealed record ListenerFilterConfig(string Name, ListenerFilterProvider Provider, ListenerFilterPredicate? DisabledFor);

/// <summary>Something that must be there before a listener may serve: routes or secrets that are being fetched.</summary>
public interface IWarmTarget
{
    /// <summary>Main thread: calls back once, at once or from the loop, when it is there (or will not come).</summary>
    void WhenReady(Action callback);
}

/// <summary>What the user wants of a listener, in our units; immutable. Envoy: <c>envoy.config.listener.v3.Listener</c>.</summary>
public sealed record ListenerConfig
{
    /// <summary><c>name</c>; made up when the configuration gives none.</summary>
    public required string Name { get; init; }

    /// <summary><c>address</c> and <c>additional_addresses</c>.</summary>
    public required IReadOnlyList<ListenAddress> Addresses { get; init; }

    /// <summary><c>filter_chains</c>, in the order the selector counts them.</summary>
    public IReadOnlyList<FilterChainConfig> FilterChains { get; init; } = [];

    /// <summary><c>default_filter_chain</c>: when no other matches; null closes such connections (<c>no_filter_chain_match</c>).</summary>
    public FilterChainConfig? DefaultFilterChain { get; init; }

    /// <summary>Chooses among <see cref="FilterChains"/>.</summary>
    public FilterChainSelector Selector { get; init; } = new FixedChainSelector(0);

    /// <summary><c>listener_filters</c> in order.</summary>
    public IReadOnlyList<ListenerFilterConfig> ListenerFilters { get; init; } = [];

    /// <summary><c>listener_filters_timeout</c>; 15 s, zero waits for ever.</summary>
    public TimeSpan ListenerFiltersTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary><c>continue_on_listener_filters_timeout</c>: on with what is known instead of closing.</summary>
    public bool ContinueOnListenerFiltersTimeout { get; init; }

    /// <summary><c>stat_prefix</c>; empty uses the address.</summary>
    public string StatPrefix { get; init; } = "";

    /// <summary><c>per_connection_buffer_limit_bytes</c>; 1 MiB.</summary>
    public int BufferLimit { get; init; } = 1024 * 1024;

    /// <summary><c>traffic_direction</c>.</summary>
    public TrafficDirection Direction { get; init; }

    /// <summary><c>drain_type</c>.</summary>
    public DrainType DrainType { get; init; }

    /// <summary><c>internal_listener</c>: only this process connects to it, by its name.</summary>
    public bool IsInternal { get; init; }

    /// <summary>What a UDP listener does with datagrams; null for one that takes connections.</summary>
    public UdpListenerConfig? Udp { get; init; }

    /// <summary><c>bind_to_port</c>: false has no socket and takes connections that other listeners hand over.</summary>
    public bool BindToPort { get; init; } = true;

    /// <summary><c>use_original_dst</c>: connections go to the listener of the address that a listener filter restored.</summary>
    public bool UseOriginalDestination { get; init; }

    /// <summary><c>connection_balance_config</c>.</summary>
    public ConnectionBalance Balance { get; init; }

    /// <summary><c>max_connections_to_accept_per_socket_event</c>; 0 takes our default.</summary>
    public int MaxAcceptsPerEvent { get; init; }

    /// <summary><c>ignore_global_conn_limit</c>: is counted, and let in above the process's limit.</summary>
    public bool IgnoreGlobalConnectionLimit { get; init; }

    /// <summary><c>bypass_overload_manager</c>: no overload action is for it.</summary>
    public bool BypassOverloadManager { get; init; }

    /// <summary><c>metadata</c>, for formatters.</summary>
    public ConfigMetadata Metadata { get; init; } = ConfigMetadata.Empty;

    /// <summary><c>access_log</c>: connections, those without a filter chain included.</summary>
    public IReadOnlyList<IAccessLoggerProvider> AccessLogs { get; init; } = [];

    /// <summary>What must be there before it serves.</summary>
    public IReadOnlyList<IWarmTarget> WarmTargets { get; init; } = [];

    /// <summary>
    /// Everything but the filter chains, comparable with Equals: a listener that differs from its successor only in chains keeps its
    /// sockets and all connections of equal chains. Null is equal to nothing.
    /// </summary>
    public object? Settings { get; init; }

    /// <summary>The listener as the admin interface prints it, comparable with Equals; null for the admin listener itself.</summary>
    public object? Source { get; init; }

    /// <summary>Name in statistics: <c>listener.&lt;this&gt;.</c></summary>
    public string StatName => StatPrefix.Length > 0 ? StatPrefix : Addresses[0].Address.ToString();
}
