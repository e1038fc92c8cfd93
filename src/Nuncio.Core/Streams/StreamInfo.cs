using Nuncio.Core.Clusters;
using Nuncio.Core.Failures;
using Nuncio.Core.Routing;
using Nuncio.Http.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Streams;

/// <summary>
/// What is known of one request (or of one L4 connection) while it lives: what logs, formatters, header mutations and filters
/// read. Plain fields on purpose: a handful of steps of the path each write theirs.
/// </summary>
/// <remarks>
/// Owner: the stream (or connection) on its worker, which pools it; <see cref="Reset"/> makes it new. Times are the dispatcher's
/// monotonic nanoseconds, 0 when the point was not reached.
/// </remarks>
public sealed class StreamInfo
{
    /// <summary>Start of the request (first byte decoded) or of the connection.</summary>
    public long StartNanos;

    /// <summary>The same as wall clock, UTC ticks.</summary>
    public long StartUtcTicks;

    /// <summary>The last byte of the request arrived.</summary>
    public long LastDownstreamRxNanos;

    /// <summary>The first byte was sent upstream (last attempt).</summary>
    public long FirstUpstreamTxNanos;

    /// <summary>The last byte was sent upstream.</summary>
    public long LastUpstreamTxNanos;

    /// <summary>The first byte of the response arrived.</summary>
    public long FirstUpstreamRxNanos;

    /// <summary>The last byte of the response arrived.</summary>
    public long LastUpstreamRxNanos;

    /// <summary>The first byte of the response was sent downstream.</summary>
    public long FirstDownstreamTxNanos;

    /// <summary>The last byte of the response was sent downstream.</summary>
    public long LastDownstreamTxNanos;

    /// <summary>The stream was complete.</summary>
    public long EndNanos;

    /// <summary>Wait for a pooled upstream connection, in nanoseconds; -1 when none was asked for.</summary>
    public long PoolReadyNanos = -1;

    /// <summary>Downstream protocol.</summary>
    public HttpProtocol Protocol;

    /// <summary>Upstream protocol.</summary>
    public HttpProtocol UpstreamProtocol;

    /// <summary>Status sent downstream; 0 when none was.</summary>
    public int ResponseCode;

    /// <summary>Envoy's response code details; a constant wherever possible.</summary>
    public string? ResponseCodeDetails;

    /// <summary>Why the connection under it ended, when that is worth a word.</summary>
    public string? ConnectionTerminationDetails;

    /// <summary>What went wrong.</summary>
    public ResponseFlags Flags;

    /// <summary>Body bytes received from downstream (L4: all bytes).</summary>
    public ulong BytesReceived;

    /// <summary>Body bytes sent downstream (L4: all bytes).</summary>
    public ulong BytesSent;

    /// <summary>Header bytes of the request as received.</summary>
    public uint RequestHeaderBytes;

    /// <summary>Header bytes of the response as sent.</summary>
    public uint ResponseHeaderBytes;

    /// <summary>Random bits of this stream: sampling and weighted choices that must agree with one another use these.</summary>
    public ulong Random;

    /// <summary>Number of the downstream connection.</summary>
    public ulong ConnectionId;

    /// <summary>Upstream attempts made.</summary>
    public int AttemptCount;

    /// <summary>Set by the health_check filter: excluded by the not_health_check log filter.</summary>
    public bool IsHealthCheck;

    /// <summary>Remote address that policy and logs see (after x-forwarded-for and PROXY protocol).</summary>
    public NetworkAddress? DownstreamRemoteAddress;

    /// <summary>Remote address of the connection itself.</summary>
    public NetworkAddress? DownstreamDirectRemoteAddress;

    /// <summary>Local address (as restored).</summary>
    public NetworkAddress? DownstreamLocalAddress;

    /// <summary>Local address of the connection itself.</summary>
    public NetworkAddress? DownstreamDirectLocalAddress;

    /// <summary>The downstream connection: filter chain, server name, what listener filters found. Null where there is none.</summary>
    public ConnectionInfo? Connection;

    /// <summary>The route chosen.</summary>
    public Route? Route;

    /// <summary>The cluster chosen.</summary>
    public ClusterInfo? Cluster;

    /// <summary>The host of the last attempt.</summary>
    public Host? UpstreamHost;

    /// <summary>Our address on the upstream connection.</summary>
    public NetworkAddress? UpstreamLocalAddress;

    /// <summary>The other end of the upstream connection: one of the host's addresses.</summary>
    public NetworkAddress? UpstreamRemoteAddress;

    /// <summary>The upstream connection's number; 0 when none.</summary>
    public ulong UpstreamConnectionId;

    /// <summary>What the upstream transport says of its failure.</summary>
    public string? UpstreamTransportFailureReason;

    /// <summary>Dynamic metadata, made when first written.</summary>
    public DynamicMetadata? Metadata;

    /// <summary>Filter state of the request (or of the L4 connection), made when first written; falls back on the connection's.</summary>
    public FilterState? FilterState;

    /// <summary>Makes it new, for a connection that begins now: what formatters can print of one before it has a stream.</summary>
    public void Describe(ConnectionInfo connection, Dispatcher dispatcher)
    {
        Reset();
        StartNanos = dispatcher.NowNanos;
        StartUtcTicks = dispatcher.UtcTicks;
        Connection = connection;
        DownstreamLocalAddress = connection.LocalAddress;
        DownstreamRemoteAddress = connection.RemoteAddress;
        DownstreamDirectLocalAddress = connection.DirectLocalAddress;
        DownstreamDirectRemoteAddress = connection.DirectRemoteAddress;
        Metadata = connection.Metadata;
    }

    /// <summary>Makes it new for another stream.</summary>
    public void Reset()
    {
        StartNanos = StartUtcTicks = LastDownstreamRxNanos = FirstUpstreamTxNanos = LastUpstreamTxNanos = 0;
        FirstUpstreamRxNanos = LastUpstreamRxNanos = FirstDownstreamTxNanos = LastDownstreamTxNanos = EndNanos = 0;
        PoolReadyNanos = -1;
        Protocol = UpstreamProtocol = HttpProtocol.Unknown;
        ResponseCode = AttemptCount = 0;
        ResponseCodeDetails = ConnectionTerminationDetails = UpstreamTransportFailureReason = null;
        Flags = ResponseFlags.None;
        BytesReceived = BytesSent = Random = ConnectionId = UpstreamConnectionId = 0;
        RequestHeaderBytes = ResponseHeaderBytes = 0;
        IsHealthCheck = false;
        DownstreamRemoteAddress = DownstreamDirectRemoteAddress = DownstreamLocalAddress = DownstreamDirectLocalAddress = UpstreamLocalAddress = null;
        UpstreamRemoteAddress = null;
        Connection = null;
        Route = null;
        Cluster = null;
        UpstreamHost = null;
        Metadata = null;
        FilterState = null;
    }
}
