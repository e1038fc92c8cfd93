using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Failures;
using Nuncio.Core.Formatting;
using Nuncio.Core.Streams;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>
/// The access logs of a UDP proxy on one worker: what moved goes into dynamic metadata, <c>udp.proxy.session</c> and <c>udp.proxy.proxy</c>.
/// </summary>
/// <remarks>Owner: the worker. Lives with the filter.</remarks>
internal sealed class UdpProxyLog
{
    private const string SessionNamespace = "udp.proxy.session";
    private const string ProxyNamespace = "udp.proxy.proxy";

    private static ulong s_sessions;

    private readonly UdpProxyProvider _provider;
    private readonly WorkerContext _worker;
    private readonly IAccessLogger[] _sessionLogs;
    private readonly IAccessLogger[] _proxyLogs;

    internal UdpProxyLog(UdpProxyProvider provider, WorkerContext worker)
    {
        _provider = provider;
        _worker = worker;
        _sessionLogs = Loggers(provider.Config.SessionLogs);
        _proxyLogs = Loggers(provider.Config.ProxyLogs);
    }

    /// <summary>Whether sessions are logged before their end too.</summary>
    internal bool IsPeriodic => _sessionLogs.Length > 0 && _provider.Config.LogIntervalNanos > 0;

    /// <summary>An entry of a session.</summary>
    internal void Write(UdpSession session, AccessLogType type)
    {
        if (_sessionLogs.Length > 0)
        {
            Write(session.Key, session.Cluster, session.Host, session.StartNanos, session.Counts, ResponseFlags.None, type);
        }
    }

    /// <summary>The entry of a session that a limit ended before it began.</summary>
    internal void WriteOverflow(in UdpSessionKey key, WorkerCluster cluster)
    {
        if (_sessionLogs.Length > 0)
        {
            Write(key, cluster, null, _worker.Dispatcher.NowNanos, new UdpSessionCounts(), ResponseFlags.UpstreamOverflow, AccessLogType.UdpSessionEnd);
        }
    }

    /// <summary>The entry of the filter's end, with what all workers have counted by now.</summary>
    internal void WriteProxy()
    {
        if (_proxyLogs.Length == 0)
        {
            return;
        }

        var metadata = new DynamicMetadata();
        void Set(string key, Func<UdpProxyStats, long> value) => metadata.Set(ProxyNamespace, key, (double)_provider.Total(value));
        Set("bytes_sent", static s => s.TxBytes.Value);
        Set("bytes_received", static s => s.RxBytes.Value);
        Set("errors_sent", static s => s.TxErrors.Value);
        Set("errors_received", static s => s.RxErrors.Value);
        Set("datagrams_sent", static s => s.TxDatagrams.Value);
        Set("datagrams_received", static s => s.RxDatagrams.Value);
        Set("no_route", static s => s.NoRoute.Value);
        Set("session_total", static s => s.Total.Value);
        Set("idle_timeout", static s => s.IdleTimeout.Value);
        long now = _worker.Dispatcher.NowNanos;
        var info = new StreamInfo { StartNanos = now, StartUtcTicks = _worker.Dispatcher.UtcTicks, EndNanos = now, Metadata = metadata };
        Write(_proxyLogs, info, AccessLogType.NotSet);
    }

    private void Write(
        in UdpSessionKey key, WorkerCluster cluster, Host? host, long startNanos, UdpSessionCounts counts, ResponseFlags flags, AccessLogType type)
    {
        var metadata = new DynamicMetadata();
        metadata.Set(SessionNamespace, "cluster_name", cluster.Info.Name);
        metadata.Set(SessionNamespace, "bytes_sent", (double)counts.BytesSent);
        metadata.Set(SessionNamespace, "bytes_received", (double)counts.BytesReceived);
        metadata.Set(SessionNamespace, "errors_sent", (double)counts.ErrorsSent);
        metadata.Set(SessionNamespace, "datagrams_sent", (double)counts.DatagramsSent);
        metadata.Set(SessionNamespace, "datagrams_received", (double)counts.DatagramsReceived);
        long now = _worker.Dispatcher.NowNanos;
        IO.Sockets.NetworkAddress peer = key.Peer.ToNetworkAddress();
        IO.Sockets.NetworkAddress local = key.Local.ToNetworkAddress();
        Write(
            _sessionLogs,
            new StreamInfo
            {
                StartNanos = startNanos,
                StartUtcTicks = _worker.Dispatcher.UtcTicks - ((now - startNanos) / 100),
                EndNanos = now,
                ConnectionId = Interlocked.Increment(ref s_sessions),
                DownstreamRemoteAddress = peer,
                DownstreamDirectRemoteAddress = peer,
                DownstreamLocalAddress = local,
                DownstreamDirectLocalAddress = local,
                Cluster = cluster.Info,
                UpstreamHost = host,
                UpstreamRemoteAddress = host?.Address,
                BytesReceived = (ulong)counts.BytesReceived,
                BytesSent = (ulong)counts.BytesSent,
                Flags = flags,
                Metadata = metadata,
            },
            type);
    }

    private void Write(IAccessLogger[] loggers, StreamInfo info, AccessLogType type)
    {
        var context = new FormatContext(info, null, null, null, _worker.Dispatcher.NowNanos, _worker.Dispatcher.UtcTicks, logType: type);
        foreach (IAccessLogger logger in loggers)
        {
            logger.Log(context);
        }
    }

    private IAccessLogger[] Loggers(IReadOnlyList<IAccessLoggerProvider> providers)
    {
        var loggers = new IAccessLogger[providers.Count];
        for (int i = 0; i < loggers.Length; i++)
        {
            loggers[i] = providers[i].CreateForWorker(_worker);
        }

        return loggers;
    }
}
