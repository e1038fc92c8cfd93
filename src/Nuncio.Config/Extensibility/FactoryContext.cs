using Nuncio.Base.Stats;
using Nuncio.Config.ExtensionConfigs;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Formatting;
using Nuncio.Core.Listeners;
using Nuncio.Core.RateLimiting;
using Nuncio.Core.Runtime;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;

namespace Nuncio.Config.Extensibility;

/// <summary>
/// What factories may use while configuration is converted. Owner: the main thread; made once by the composition of the server,
/// lives as long as the process.
/// </summary>
public sealed record FactoryContext
{
    /// <summary>The extensions of this process, for extensions that hold others.</summary>
    public required ExtensionCatalog Extensions { get; init; }

    /// <summary>All statistics.</summary>
    public required StatsStore Stats { get; init; }

    /// <summary>The main thread's loop.</summary>
    public required Dispatcher MainDispatcher { get; init; }

    /// <summary>Opens access log files, one for each path.</summary>
    public required AccessLogFlusher AccessLogs { get; init; }

    /// <summary>Runtime values.</summary>
    public required LayeredRuntime Runtime { get; init; }

    /// <summary>The node's id (<c>--service-node</c>, <c>node.id</c>).</summary>
    public string ServiceNode { get; init; } = "";

    /// <summary>The node's cluster (<c>--service-cluster</c>, <c>node.cluster</c>).</summary>
    public string ServiceCluster { get; init; } = "";

    /// <summary>The node's zone (<c>--service-zone</c>, <c>node.locality.zone</c>).</summary>
    public string ServiceZone { get; init; } = "";

    /// <summary>This machine's address as peers would see it (<c>--local-address-ip-version</c>).</summary>
    public NetworkAddress LocalAddress { get; init; } = NetworkAddress.FromIPv4(0x7F000001, 0);

    /// <summary>Names of the static clusters, for routes that must name one; null when that cannot be told.</summary>
    public IReadOnlySet<string>? ClusterNames { get; init; }

    /// <summary>Host name and environment as templates see them.</summary>
    public FormatterOptions Formatting { get; init; } = FormatterOptions.Default;

    /// <summary>Token buckets that filters share by a key.</summary>
    public SharedTokenBuckets TokenBuckets { get; } = new();

    /// <summary>Filters whose configuration is discovered.</summary>
    public ExtensionConfigSubscriptions ExtensionConfigs { get; } = new();

    /// <summary>
    /// What the listener being converted must wait for before it serves; factories add to it. Whoever converts a listener gives it a list of
    /// its own.
    /// </summary>
    public ICollection<IWarmTarget> WarmTargets { get; init; } = [];
}
