using System.Net;
using System.Net.Sockets;

namespace Nuncio.Extensions.Tests.UdpFilters.UdpProxy;

/// <summary>What datagrams cost: no garbage in steady state, and flat memory however many sources there seem to be.</summary>
public sealed class UdpProxyLoadTests
{
    [Theory]
    [InlineData("cluster: up")]
    [InlineData("cluster: up\nuse_per_packet_load_balancing: true")]
    [InlineData("cluster: up\nuse_per_packet_load_balancing: true\nhash_policies: [ { source_ip: true } ]")]
    public void SteadyState_AllocatesNothing(string proxy)
    {
        using var lab = new UdpProxyLab(proxy);
        Socket client = lab.Open();
        var session = (IPEndPoint)lab.Exchange(client, "x");
        SocketAddress proxyAddress = lab.Address.Serialize();
        SocketAddress sessionAddress = session.Serialize();
        byte[] room = new byte[2048];
        Move(500);
        long allocated = long.MaxValue;
        for (int round = 0; round < 3 && allocated != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Move(5000);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(allocated == 0, $"{allocated} bytes for 5000 datagrams each way");
        Assert.Equal(0, lab.Counter("udp.p.downstream_sess_tx_errors") + lab.Counter("cluster.up.udp.sess_tx_errors"));

        void Move(int count)
        {
            for (int i = 0; i < count; i++)
            {
                lab.Clock.AdvanceNanos(300_000);
                client.SendTo(room.AsSpan(0, 200), SocketFlags.None, proxyAddress);
                lab.Turn();
                lab.Upstreams[0].Receive(room);
                lab.Upstreams[0].SendTo(room.AsSpan(0, 300), SocketFlags.None, sessionAddress);
                lab.Turn();
                client.Receive(room);
            }
        }
    }

    [Fact]
    public void HundredThousandSources_LeaveNothingBehindAndOthersAreServed()
    {
        using var lab = new UdpProxyLab(cluster: "circuit_breakers: { thresholds: [ { max_connections: 50 } ] }");
        Socket good = lab.Open();
        lab.Exchange(good, "before");
        int sources = Send(lab, 1, 2000, out _);
        sources += Send(lab, 2, 98_000, out long allocated);
        lab.Exchange(good, "after");
        Assert.Equal(50, lab.Gauge("udp.p.downstream_sess_active"));
        Assert.Equal(sources - 49, lab.Counter("cluster.up.upstream_cx_overflow"));
        Assert.True(allocated < 64 * 1024, $"{allocated} bytes for {sources} sources");
    }

    /// <summary>One datagram from each of many addresses of this machine.</summary>
    private static int Send(UdpProxyLab lab, int subnet, int count, out long allocated)
    {
        int sent = 0;
        allocated = 0;
        byte[] data = [1];
        byte[] room = new byte[16];
        for (int i = 0; i < count; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            client.Bind(new IPEndPoint(new IPAddress([127, (byte)(subnet + (i >> 16)), (byte)(i >> 8), (byte)i]), 0));
            sent += client.SendTo(data, lab.Address);
            long before = GC.GetAllocatedBytesForCurrentThread();
            lab.Turn();
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            while (lab.Upstreams[0].Poll(0, SelectMode.SelectRead))
            {
                lab.Upstreams[0].Receive(room);
            }
        }

        return sent;
    }
}
