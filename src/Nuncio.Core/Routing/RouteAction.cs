using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// Forwarding to a cluster: which one, with what changed, how long. Envoy: route.v3.RouteAction. Immutable; any thread.
/// </summary>
/// <remarks>A route with weighted clusters is resolved to one of them before anybody sees its action: there is one cluster here.</remarks>
public sealed record RouteAction
{
    /// <summary>Envoy's default of <see cref="TimeoutNanos"/>: 15 s.</summary>
    public const long DefaultTimeoutNanos = 15_000_000_000;

    /// <summary>The cluster; null when <see cref="ClusterHeader"/> names it.</summary>
    public ClusterRef? Cluster { get; init; }

    /// <summary>The request header whose first value names the cluster.</summary>
    public HeaderKey? ClusterHeader { get; init; }

    /// <summary>Status when the cluster does not exist.</summary>
    public int ClusterNotFoundStatus { get; init; } = 503;

    /// <summary>Time from the end of the request to the end of the response; 0 never ends it.</summary>
    public long TimeoutNanos { get; init; } = DefaultTimeoutNanos;

    /// <summary>In place of the connection manager's stream idle timeout, 0 being none; null keeps that.</summary>
    public long? IdleTimeoutNanos { get; init; }

    /// <summary>In place of the connection manager's stream flush timeout, 0 being none; null keeps that.</summary>
    public long? FlushTimeoutNanos { get; init; }

    /// <summary>Circuit breakers and pools used.</summary>
    public ResourcePriority Priority { get; init; }

    /// <summary>Whether the authority becomes the hostname of the chosen host; see <see cref="RewriteHostTo"/>.</summary>
    public bool AutoHostRewrite { get; init; }

    /// <summary>Whether a replaced authority is appended to <c>x-forwarded-host</c>.</summary>
    public bool AppendXForwardedHost { get; init; }

    /// <summary>How the authority is rewritten before a host is chosen; null not at all.</summary>
    public HostRewrite? HostRewrite { get; init; }

    /// <summary>How the path is rewritten; null not at all.</summary>
    public PathRewrite? PathRewrite { get; init; }

    /// <summary>The cluster of a request. Ask before the request's headers are changed.</summary>
    public ClusterChoice ChooseCluster(in RouteInput input)
    {
        if (Cluster is { } cluster)
        {
            return new ClusterChoice(cluster, default);
        }

        ReadOnlySpan<byte> name = default;
        if (ClusterHeader is { } header)
        {
            header.TryGet(input.Headers, out name);
        }

        return new ClusterChoice(null, name);
    }

    /// <summary>
    /// For the router, when a host was chosen and <see cref="AutoHostRewrite"/> is set: makes its hostname the authority. A host
    /// without a hostname leaves the request as it is.
    /// </summary>
    public void RewriteHostTo(HeaderMap headers, ReadOnlySpan<byte> hostname, bool keepOriginal)
    {
        if (!hostname.IsEmpty)
        {
            HostRewrite.Replace(headers, hostname, AppendXForwardedHost, keepOriginal);
        }
    }
}
