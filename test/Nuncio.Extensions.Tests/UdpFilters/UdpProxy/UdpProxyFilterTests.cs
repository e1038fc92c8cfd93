using System.Net;
using System.Net.Sockets;
using System.Text;
using Nuncio.Core.Listeners;
using Nuncio.IO.Sockets;

namespace Nuncio.Extensions.Tests.UdpFilters.UdpProxy;

/// <summary>Sessions of the UDP proxy over real sockets (UDP-01, UDP-06).</summary>
public sealed class UdpProxyFilterTests
{
    [Fact]
    public void Datagrams_GoBothWaysAndAreCounted()
    {
        using var lab = new UdpProxyLab();
        Socket client = lab.Open();
        EndPoint first = lab.Exchange(client, "hello");
        EndPoint second = lab.Exchange(client, "again");
        Assert.Equal(first, second);
        Assert.Equal(1, lab.Counter("udp.p.downstream_sess_total"));
        Assert.Equal(1, lab.Gauge("udp.p.downstream_sess_active"));
        Assert.Equal(10, lab.Counter("udp.p.downstream_sess_rx_bytes"));
        Assert.Equal(2, lab.Counter("udp.p.downstream_sess_rx_datagrams"));
        Assert.Equal(16, lab.Counter("udp.p.downstream_sess_tx_bytes"));
        Assert.Equal(2, lab.Counter("udp.p.downstream_sess_tx_datagrams"));
        Assert.Equal(2, lab.Counter("cluster.up.udp.sess_tx_datagrams"));
        Assert.Equal(2, lab.Counter("cluster.up.udp.sess_rx_datagrams"));
        Assert.Equal(10, lab.Counter("cluster.up.upstream_cx_tx_bytes_total"));
        Assert.Equal(16, lab.Counter("cluster.up.upstream_cx_rx_bytes_total"));
    }

    [Fact]
    public void Clients_HaveSessionsOfTheirOwn()
    {
        using var lab = new UdpProxyLab();
        Socket one = lab.Open();
        Socket other = lab.Open();
        lab.Send(one, "1");
        lab.Send(other, "2");
        UdpProxyLab.Receive(lab.Upstreams[0], out EndPoint first);
        UdpProxyLab.Receive(lab.Upstreams[0], out EndPoint second);
        lab.Upstreams[0].SendTo("b"u8, second);
        lab.Upstreams[0].SendTo("a"u8, first);
        lab.Run();
        Assert.NotEqual(first, second);
        Assert.Equal("a", UdpProxyLab.Receive(one));
        Assert.Equal("b", UdpProxyLab.Receive(other));
        Assert.Equal(2, lab.Gauge("udp.p.downstream_sess_active"));
    }

    [Fact]
    public void Stranger_CannotAnswerForTheUpstream()
    {
        using var lab = new UdpProxyLab();
        Socket client = lab.Open();
        EndPoint session = lab.Exchange(client, "x");
        lab.Open().SendTo("forged"u8, session);
        lab.Run();
        Assert.Null(UdpProxyLab.Receive(client));
    }

    [Fact]
    public void EmptyDatagram_IsADatagramBothWays()
    {
        using var lab = new UdpProxyLab();
        Socket client = lab.Open();
        lab.Send(client, "");
        Assert.Equal("", UdpProxyLab.Receive(lab.Upstreams[0], out EndPoint session));
        lab.Upstreams[0].SendTo([], session);
        lab.Run();
        Assert.Equal("", UdpProxyLab.Receive(client));
        Assert.Equal(1, lab.Counter("udp.p.downstream_sess_rx_datagrams"));
        Assert.Equal(1, lab.Counter("udp.p.downstream_sess_tx_datagrams"));
    }

    [Fact]
    public void TooLongFromTheClient_IsDroppedAndCounted()
    {
        using var lab = new UdpProxyLab(listener: "stat_prefix: edge");
        Socket client = lab.Open();
        lab.Send(client, new string('x', 1501));
        Assert.Null(UdpProxyLab.Receive(lab.Upstreams[0]));
        Assert.Equal(1, lab.Counter("listener.edge.udp.downstream_rx_datagram_dropped"));
        Assert.Equal(0, lab.Counter("udp.p.downstream_sess_total"));
        lab.Exchange(client, new string('y', 1497));
    }

    [Fact]
    public void TooLongFromTheUpstream_IsDroppedAndCounted()
    {
        using var lab = new UdpProxyLab("cluster: up\nupstream_socket_config: { max_rx_datagram_size: 10 }");
        Socket client = lab.Open();
        EndPoint session = lab.Exchange(client, "1234567");
        lab.Upstreams[0].SendTo("12345678901"u8, session);
        lab.Run();
        Assert.Null(UdpProxyLab.Receive(client));
        Assert.Equal(1, lab.Counter("cluster.up.udp.sess_rx_datagrams_dropped"));
        Assert.Equal(1, lab.Counter("cluster.up.udp.sess_rx_datagrams"));
    }

    [Fact]
    public void LargerLimit_LetsLargerDatagramsThrough()
    {
        using var lab = new UdpProxyLab(
            "cluster: up\nupstream_socket_config: { max_rx_datagram_size: 65535 }",
            listener: "udp_listener_config: { downstream_socket_config: { max_rx_datagram_size: 65535 } }");
        lab.Exchange(lab.Open(), new string('z', 60_000));
    }

    [Fact]
    public void NothingMoves_EndsTheSession()
    {
        using var lab = new UdpProxyLab();
        Socket client = lab.Open();
        EndPoint first = lab.Exchange(client, "x");
        lab.Advance(TimeSpan.FromSeconds(59));
        lab.Upstreams[0].SendTo("late"u8, first);
        lab.Run();
        Assert.Equal("late", UdpProxyLab.Receive(client));
        lab.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, lab.Gauge("udp.p.downstream_sess_active"));
        lab.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, lab.Gauge("udp.p.downstream_sess_active"));
        Assert.Equal(1, lab.Counter("udp.p.idle_timeout"));
        lab.Exchange(client, "y");
        Assert.Equal(2, lab.Counter("udp.p.downstream_sess_total"));
    }

    [Fact]
    public void UpstreamPortClosed_IsCountedAndTheSessionGoesOn()
    {
        using var lab = new UdpProxyLab(upstreamAddress: "127.0.77.3");
        var address = (IPEndPoint)lab.Upstreams[0].LocalEndPoint!;
        lab.Upstreams[0].Dispose();
        Socket client = lab.Open();
        lab.Send(client, "lost");
        Assert.Equal(1, lab.Counter("cluster.up.udp.sess_rx_errors"));
        Assert.Equal(1, lab.Gauge("udp.p.downstream_sess_active"));
        using var back = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        back.Bind(address);
        lab.Exchange(client, "found", back);
        Assert.Equal(1, lab.Counter("udp.p.downstream_sess_total"));
    }

    [Fact]
    public void ClientPortClosed_DoesNotDisturbOthers()
    {
        using var lab = new UdpProxyLab();
        Socket client = lab.Open();
        EndPoint session = lab.Exchange(client, "x");
        client.Dispose();
        lab.Upstreams[0].SendTo("nobody"u8, session);
        lab.Run();
        lab.Exchange(lab.Open(), "other");
    }

    [Fact]
    public void NoSuchCluster_IsCountedWithoutASession()
    {
        using var lab = new UdpProxyLab("cluster: missing");
        lab.Send(lab.Open(), "x");
        Assert.Equal(1, lab.Counter("udp.p.downstream_sess_no_route"));
        Assert.Equal(0, lab.Counter("udp.p.downstream_sess_total"));
    }

    [Fact]
    public void NoHost_IsCountedWithoutASession()
    {
        using var lab = new UdpProxyLab(upstreams: 0);
        lab.Send(lab.Open(), "x");
        Assert.Equal(1, lab.Counter("cluster.up.upstream_cx_none_healthy"));
        Assert.Equal(0, lab.Counter("udp.p.downstream_sess_total"));
    }

    [Fact]
    public void PerPacket_EachDatagramHasItsHost()
    {
        using var lab = new UdpProxyLab("cluster: up\nuse_per_packet_load_balancing: true", upstreams: 2);
        Socket client = lab.Open();
        for (int i = 0; i < 4; i++)
        {
            lab.Send(client, "x");
        }

        foreach (Socket upstream in lab.Upstreams)
        {
            Assert.Equal("x", UdpProxyLab.Receive(upstream, out EndPoint first));
            Assert.Equal("x", UdpProxyLab.Receive(upstream, out EndPoint second));
            Assert.Equal(first, second);
            Assert.Null(UdpProxyLab.Receive(upstream));
        }

        Assert.Equal(2, lab.Counter("udp.p.downstream_sess_total"));
    }

    [Fact]
    public void Sticky_StaysWithItsHost()
    {
        using var lab = new UdpProxyLab(upstreams: 2);
        Socket client = lab.Open();
        for (int i = 0; i < 4; i++)
        {
            lab.Send(client, "x");
        }

        int[] counts = [.. lab.Upstreams.Select(Count)];
        Assert.Equal([0, 4], counts.Order());
    }

    [Fact]
    public void HostRemoved_EndsItsSessionsOnly()
    {
        using var lab = new UdpProxyLab();
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        second.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)lab.Upstreams[0].LocalEndPoint!).Port));
        lab.UseNamedCluster();
        lab.Answer(0x7F000001, 0x7F000002);
        Socket one = lab.Open();
        Socket other = lab.Open();
        lab.Send(one, "1");
        lab.Send(other, "2");
        Assert.Single(All(lab.Upstreams[0]));
        Assert.Single(All(second));
        lab.Advance(TimeSpan.FromSeconds(6));
        lab.Answer(0x7F000002);
        Assert.Equal(1, lab.Gauge("udp.p.downstream_sess_active"));
        Assert.Equal(0, lab.Counter("udp.p.idle_timeout"));
        lab.Send(one, "3");
        lab.Send(other, "4");
        Assert.Equal(["3", "4"], All(second));
        Assert.Equal(3, lab.Counter("udp.p.downstream_sess_total"));
    }

    [Fact]
    public void Tcp_MayListenOnTheSamePort()
    {
        using var lab = new UdpProxyLab(address: "127.0.77.1"); // Nobody else is on this address, so the port is free for TCP.
        var address = NetworkAddress.FromIPv4(0x7F004D01, lab.Address.Port);
        Assert.Null(lab.Listeners.AddOrUpdate(new ListenerConfig { Name = "tcp", Addresses = [new ListenAddress(address, new ListenSocketOptions())] }));
        lab.Exchange(lab.Open(), "x");
    }

    [Fact]
    public void SameAddressTwice_IsRefused()
    {
        using var lab = new UdpProxyLab();
        var address = NetworkAddress.FromIPv4(0x7F000001, lab.Address.Port);
        ListenerConfig second = lab.Listeners.Listeners[0].Config with
        {
            Name = "second",
            Addresses = [new ListenAddress(address, new ListenSocketOptions { Datagram = true, NoDelay = false, ReusePort = false })],
            Source = null,
        };
        Assert.Contains("cannot bind", lab.Listeners.AddOrUpdate(second), StringComparison.Ordinal);
        lab.Exchange(lab.Open(), "x");
    }

    [Fact]
    public void ClusterReplaced_EndsItsSessions()
    {
        using var lab = new UdpProxyLab();
        Socket client = lab.Open();
        EndPoint first = lab.Exchange(client, "x");
        lab.UpdateCluster("per_connection_buffer_limit_bytes: 1000", 0);
        Assert.Equal(0, lab.Gauge("udp.p.downstream_sess_active"));
        Assert.NotEqual(first, lab.Exchange(client, "y"));
        Assert.Equal(2, lab.Counter("cluster.up.udp.sess_tx_datagrams"));
    }

    [Fact]
    public void Wildcard_AnswersFromTheAddressThatWasAsked()
    {
        using var lab = new UdpProxyLab(address: "0.0.0.0");
        lab.Address.Address = IPAddress.Parse("127.0.0.9");
        lab.Exchange(lab.Open(), "x");
        lab.Address.Address = IPAddress.Parse("127.0.0.10");
        lab.Exchange(lab.Open(), "y");
    }

    [Fact]
    public void IPv6_WorksOnBothSides()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        using var lab = new UdpProxyLab(address: "::1", upstreamAddress: "::1");
        lab.Exchange(lab.Open("::1"), "x");
    }

    [Fact]
    public void WildcardIPv6_AnswersIPv4ClientsToo()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        using var lab = new UdpProxyLab(address: "::");
        lab.Address.Address = IPAddress.Parse("127.0.0.9");
        lab.Exchange(lab.Open(), "x");
    }

    [Fact]
    public void ManySources_AreBoundedByTheBreaker()
    {
        using var lab = new UdpProxyLab(cluster: "circuit_breakers: { thresholds: [ { max_connections: 2 } ] }");
        Socket first = lab.Open();
        lab.Exchange(first, "1");
        lab.Exchange(lab.Open(), "2");
        Socket third = lab.Open();
        lab.Send(third, "3");
        Assert.Null(UdpProxyLab.Receive(lab.Upstreams[0]));
        Assert.Equal(1, lab.Counter("cluster.up.upstream_cx_overflow"));
        Assert.Equal(2, lab.Gauge("udp.p.downstream_sess_active"));
        Assert.Equal(1, lab.Gauge("cluster.up.circuit_breakers.default.cx_open"));
        lab.Exchange(first, "4");
        lab.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, lab.Gauge("cluster.up.circuit_breakers.default.cx_open"));
        lab.Exchange(third, "5");
    }

    [Fact]
    public void Replaced_KeepsTheSocketAndEndsTheSessions()
    {
        using var lab = new UdpProxyLab();
        Socket client = lab.Open();
        EndPoint first = lab.Exchange(client, "x");
        IPEndPoint before = lab.Address;
        lab.Update("cluster: up\nidle_timeout: 5s");
        Assert.Equal(before.ToString(), lab.Listeners.Listeners[0].Bound[0].ToString());
        Assert.Equal(0, lab.Gauge("udp.p.downstream_sess_active"));
        Assert.NotEqual(first, lab.Exchange(client, "y"));
        lab.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(1, lab.Counter("udp.p.idle_timeout"));
    }

    [Fact]
    public void Removed_EndsTheSessionsAndFreesTheAddress()
    {
        using var lab = new UdpProxyLab(address: "127.0.77.2");
        lab.Exchange(lab.Open(), "x");
        Assert.True(lab.Listeners.Remove("dns"));
        lab.Run();
        Assert.Equal(0, lab.Gauge("udp.p.downstream_sess_active"));
        using var next = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        next.Bind(lab.Address);
    }

    [Fact]
    public void Flood_OfManyDatagramsAtOnce_IsTakenWhole()
    {
        using var lab = new UdpProxyLab();
        Socket client = lab.Open();
        for (int i = 0; i < 150; i++)
        {
            client.SendTo(Encoding.ASCII.GetBytes($"{i}"), lab.Address);
        }

        lab.Run();
        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"{i}"), All(lab.Upstreams[0]));
    }

    [Fact]
    public void OriginalSource_UpstreamSeesTheClientsAddress()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && IsTransparentAllowed(), "needs CAP_NET_ADMIN");
        using var lab = new UdpProxyLab("cluster: up\nuse_original_src_ip: true");
        Socket client = lab.Open("127.0.0.7");
        EndPoint session = lab.Exchange(client, "x");
        Assert.Equal("127.0.0.7", ((IPEndPoint)session).Address.ToString());
        Assert.NotEqual(client.LocalEndPoint, session);
    }

    private static bool IsTransparentAllowed()
    {
        int fd = LinuxSockets.Instance.DatagramSocket(AddressKind.IPv4);
        int result = LinuxSockets.Instance.SetOption(fd, 0, SocketOptions.IpTransparent, 1);
        LinuxSockets.Instance.Close(fd);
        return result >= 0;
    }

    private static IEnumerable<string> All(Socket socket)
    {
        while (UdpProxyLab.Receive(socket) is { } text)
        {
            yield return text;
        }
    }

    private static int Count(Socket socket) => All(socket).Count();
}
