using Nuncio.Base.Stats;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Clusters;
using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;
using Nuncio.IO.Udp;

namespace Nuncio.Extensions.UdpFilters.UdpProxy;

/// <summary>
/// One client's datagrams to one host and back, over a connected socket of its own: only that host can answer.
/// </summary>
/// <remarks>
/// Owner: the worker. Made for the first datagram; ends when nothing moved for the idle timeout, when its host or cluster goes, or with the
/// filter, which writes the access log. An unreachable host does not end it: datagrams are counted as errors. Nothing is allocated for a
/// datagram. Envoy: <c>UdpProxyFilter::UdpActiveSession</c>.
/// </remarks>
internal sealed class UdpSession : IUdpSocketCallbacks, ITimerHandler
{
    private const int IdleTag = 0;
    private const int LogTag = 1;

    private readonly UdpProxyFilter _filter;
    private readonly UdpSocket _downstream;
    private readonly UdpClusterSessions _sessions;
    private readonly Timer _idleTimer;
    private readonly Timer? _logTimer;
    private UdpSocket _upstream = null!;
    private bool _isConnected;
    private bool _hasEnded;

    private UdpSession(UdpProxyFilter filter, UdpSocket downstream, in UdpSessionKey key, UdpClusterSessions sessions, Host host)
    {
        _filter = filter;
        _downstream = downstream;
        _sessions = sessions;
        Key = key;
        Host = host;
        StartNanos = filter.Dispatcher.NowNanos;
        _idleTimer = new Timer(filter.Dispatcher.Timers, this, IdleTag);
        if (filter.Log.IsPeriodic)
        {
            _logTimer = new Timer(filter.Dispatcher.Timers, this, LogTag);
            _logTimer.Arm(filter.Config.LogIntervalNanos);
        }
    }

    /// <summary>The next session to the cluster; the list's own.</summary>
    internal UdpSession? Next { get; set; }

    /// <summary>The one before; the list's own.</summary>
    internal UdpSession? Previous { get; set; }

    internal UdpSessionKey Key { get; }

    internal Host Host { get; }

    internal WorkerCluster Cluster => _sessions.Cluster;

    internal long StartNanos { get; }

    internal UdpSessionCounts Counts { get; } = new();

    private UdpProxyStats Stats => _filter.Stats;

    /// <summary>Begins a session, for which a unit of the limit was taken; null when there is no socket for it.</summary>
    internal static UdpSession? Start(UdpProxyFilter filter, UdpSocket downstream, in UdpSessionKey key, UdpClusterSessions sessions, Host host)
    {
        int fd = OpenSocket(filter, key, host);
        if (fd < 0)
        {
            return null;
        }

        var session = new UdpSession(filter, downstream, key, sessions, host);
        session._upstream = new UdpSocket(filter.Dispatcher, fd, null, filter.Batch, session, ownsDescriptor: true);
        filter.Stats.Active.Inc();
        sessions.Add(session);
        return session;
    }

    /// <summary>The client has sent a datagram.</summary>
    internal void Forward(ReadOnlySpan<byte> datagram)
    {
        Counts.BytesReceived += datagram.Length;
        Counts.DatagramsReceived++;
        Stats.RxBytes.Add(datagram.Length);
        Stats.RxDatagrams.Inc();
        _idleTimer.Arm(_filter.Config.IdleTimeoutNanos);
        if (!_isConnected)
        {
            // Tried again with each datagram: the route there may come back, or a port become free.
            _isConnected = _upstream.Connect(Host.Address) >= 0;
        }

        if (!_isConnected || _upstream.Send(datagram) < 0)
        {
            _sessions.Stats.TxErrors.Inc();
            return;
        }

        _sessions.Stats.TxDatagrams.Inc();
        Cluster.Stats.ConnectionBytes.WriteTotal?.Add(datagram.Length);
    }

    /// <inheritdoc/>
    public void OnDatagram(UdpSocket socket, ReadOnlySpan<byte> datagram, in DatagramAddress peer, in DatagramAddress local)
    {
        _sessions.Stats.RxDatagrams.Inc();
        Cluster.Stats.ConnectionBytes.ReadTotal?.Add(datagram.Length);
        if (_downstream.SendTo(datagram, Key.Peer, Key.Local) < 0)
        {
            Stats.TxErrors.Inc();
            Counts.ErrorsSent++;
            return;
        }

        Stats.TxBytes.Add(datagram.Length);
        Stats.TxDatagrams.Inc();
        Counts.BytesSent += datagram.Length;
        Counts.DatagramsSent++;
    }

    /// <inheritdoc/>
    public void OnDatagramsDropped(uint count) => _sessions.Stats.RxDatagramsDropped.Add(count);

    /// <inheritdoc/>
    public void OnReceiveError(int error) => _sessions.Stats.RxErrors.Inc();

    /// <inheritdoc/>
    public void OnReceiveTurnEnded()
    {
        if (!_hasEnded)
        {
            _idleTimer.Arm(_filter.Config.IdleTimeoutNanos);
        }
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        if (timer.Tag == LogTag)
        {
            _filter.Log.Write(this, AccessLogType.UdpPeriodic);
            timer.Arm(_filter.Config.LogIntervalNanos);
            return;
        }

        Stats.IdleTimeout.Inc();
        End();
    }

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception) => End();

    /// <summary>Ends it and writes its log. Harmless a second time.</summary>
    internal void End()
    {
        if (_hasEnded)
        {
            return;
        }

        _hasEnded = true;
        _idleTimer.Disarm();
        _logTimer?.Disarm();
        _upstream.Dispose();
        _filter.Remove(this);
        _sessions.Remove(this);
        _sessions.Limit.Release();
        Stats.Active.Dec();
        _filter.Log.Write(this, AccessLogType.UdpSessionEnd);
    }

    private static int OpenSocket(UdpProxyFilter filter, in UdpSessionKey key, Host host)
    {
        if (!host.Address.IsIp)
        {
            return -Errno.ProtocolNotSupported;
        }

        SocketApi sockets = filter.Dispatcher.Sockets;
        int fd = sockets.DatagramSocket(host.Address.Kind);
        if (fd < 0 || !filter.Config.UseOriginalSourceIp)
        {
            return fd;
        }

        bool isV6 = host.Address.Kind == AddressKind.IPv6;
        int result = isV6
            ? sockets.SetOption(fd, SocketOptions.LevelIpv6, SocketOptions.Ipv6Transparent, 1)
            : sockets.SetOption(fd, SocketOptions.LevelIp, SocketOptions.IpTransparent, 1);
        if (result >= 0)
        {
            // Envoy: leaves the socket unbound and names the address with each datagram; then anybody may send to it.
            result = sockets.Bind(fd, key.Peer.ToNetworkAddress().WithPort(0));
        }

        if (result < 0)
        {
            sockets.Close(fd);
        }

        return result < 0 ? result : fd;
    }
}

/// <summary>What one session has moved, for its log. Owner: the session.</summary>
internal sealed class UdpSessionCounts
{
    internal long BytesSent;
    internal long BytesReceived;
    internal long ErrorsSent;
    internal long DatagramsSent;
    internal long DatagramsReceived;
}
