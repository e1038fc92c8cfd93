using Nuncio.Core.AccessLog;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.TcpProxy;

/// <summary>
/// What the connections of one TCP proxy share on one worker: configuration, counters, loggers. Owner: that worker; lives as long
/// as the filter chain and its connections.
/// </summary>
internal sealed class TcpProxyMaker : NetworkFilterMaker
{
    internal TcpProxyMaker(TcpProxyConfig config, WorkerContext worker)
    {
        Config = config;
        Worker = worker;
        Stats = new TcpProxyStats(worker.Stats.SubScope("tcp." + config.StatPrefix));
        Loggers = new IAccessLogger[config.AccessLogs.Count];
        for (int i = 0; i < Loggers.Length; i++)
        {
            Loggers[i] = config.AccessLogs[i].CreateForWorker(worker);
        }
    }

    internal TcpProxyConfig Config { get; }

    internal WorkerContext Worker { get; }

    internal TcpProxyStats Stats { get; }

    internal IAccessLogger[] Loggers { get; }

    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted) =>
        connection.AddReadFilter(new TcpProxyFilter(this, accepted.Info));
}
