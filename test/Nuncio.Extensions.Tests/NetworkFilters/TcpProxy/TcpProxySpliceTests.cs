using System.Net.Sockets;
using Nuncio.Core.Authorization;
using Nuncio.Extensions.NetworkFilters.Rbac;

namespace Nuncio.Extensions.Tests.NetworkFilters.TcpProxy;

/// <summary>Large streams bypass our memory: counts, ends and failures are the same as without. Real sockets, since it is the kernel's work.</summary>
public sealed class TcpProxySpliceTests
{
    private const int Large = 16 * 1024 * 1024;

    [Fact]
    public void LargeStreams_AreSplicedAndArriveUnchangedBothWays()
    {
        using LoopbackProxy proxy = new();
        byte[] sent = Pattern(Large);
        using MemoryStream up = new();
        proxy.Move(proxy.Client, proxy.Upstream, sent, up);
        Assert.True(proxy.Accepted.IsSplicing);
        Assert.True(sent.AsSpan().SequenceEqual(up.GetBuffer().AsSpan(0, (int)up.Length)));
        using MemoryStream down = new();
        proxy.Move(proxy.Upstream, proxy.Client, sent, down);
        Assert.True(sent.AsSpan().SequenceEqual(down.GetBuffer().AsSpan(0, (int)down.Length)));
        Assert.Equal(Large, proxy.Stats.CounterValue("tcp.p.downstream_cx_rx_bytes_total"));
        Assert.Equal(Large, proxy.Stats.CounterValue("tcp.p.downstream_cx_tx_bytes_total"));
        Assert.Equal(Large, proxy.Stats.CounterValue("cluster.up.upstream_cx_rx_bytes_total"));
        Assert.Equal(Large, proxy.Stats.CounterValue("cluster.up.upstream_cx_tx_bytes_total"));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void FilterBefore_KeepsAStreamFromBeingSplicedOnlyWhileItLooks(bool isContinuous, bool splices)
    {
        AuthorizationEngine allow = new PolicyEngine(AuthorizationAction.Deny, []);
        using LoopbackProxy proxy = new(before: new RbacProvider(new RbacConfig("r", allow, null, "", isContinuous, 0)));
        byte[] sent = Pattern(Large);
        using MemoryStream up = new();
        proxy.Move(proxy.Client, proxy.Upstream, sent, up);
        Assert.Equal(splices, proxy.Accepted.IsSplicing);
        Assert.True(sent.AsSpan().SequenceEqual(up.GetBuffer().AsSpan(0, (int)up.Length)));
        Assert.Equal(!splices, proxy.Stats.CounterValue("r.rbac.allowed") > 1);
    }

    [Fact]
    public void SmallExchangesAfterALargeStream_WorkAndAreNotSplicedForLong()
    {
        using LoopbackProxy proxy = new();
        proxy.Move(proxy.Client, proxy.Upstream, Pattern(Large));
        byte[] small = Pattern(64);
        for (int i = 0; i < 50; i++)
        {
            proxy.Exchange(small);
        }

        Assert.False(proxy.Accepted.IsSplicing);
        Assert.Equal(0, proxy.Dispatcher.Blocks.Rented);
    }

    [Fact]
    public void EndOfASplicedStream_IsPassedOnBehindItsBytesAndLogged()
    {
        RecordingLogger log = new("%RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT%");
        using LoopbackProxy proxy = new(config => config with { AccessLogs = [log] });
        byte[] sent = Pattern(Large);
        proxy.Move(proxy.Upstream, proxy.Client, sent);
        proxy.Upstream.Shutdown(SocketShutdown.Send);
        proxy.RunUntil(() => proxy.Client.Poll(0, SelectMode.SelectRead));
        Assert.Equal(0, proxy.Client.Receive(new byte[1]));

        // Half-closed: the other direction still works, spliced or not.
        proxy.Move(proxy.Client, proxy.Upstream, sent);
        proxy.Client.Shutdown(SocketShutdown.Send);
        proxy.RunUntil(() => log.Lines.Count > 0);
        Assert.Equal([$"- {Large} {Large}"], log.Lines);
        Assert.Equal(0, proxy.Stats.GaugeValue("cluster.up.upstream_cx_active"));
    }

    [Fact]
    public void ReaderStops_NothingPilesUpInOurMemoryAndNothingIsLost()
    {
        using LoopbackProxy proxy = new();
        byte[] sent = Pattern(Large);
        int at = 0;
        int stalled = 0;
        while (stalled < 200 && at < sent.Length)
        {
            int count = proxy.Client.Poll(0, SelectMode.SelectWrite) ? proxy.Client.Send(sent.AsSpan(at), SocketFlags.None, out _) : 0;
            at += Math.Max(0, count);
            stalled = count > 0 ? 0 : stalled + 1;
            proxy.Dispatcher.RunOnce(100_000);
        }

        Assert.InRange(at, 1, sent.Length - 1);
        Assert.InRange(proxy.Dispatcher.Blocks.Rented, 0, 80);
        byte[] received = new byte[sent.Length];
        int got = 0;
        for (int turn = 0; got < received.Length; turn++)
        {
            Assert.True(turn < 20_000, "the bytes do not arrive");
            if (at < sent.Length && proxy.Client.Poll(0, SelectMode.SelectWrite))
            {
                at += Math.Max(0, proxy.Client.Send(sent.AsSpan(at), SocketFlags.None, out _));
            }

            proxy.Dispatcher.RunOnce(1_000_000);
            while (proxy.Upstream.Available > 0)
            {
                got += proxy.Upstream.Receive(received.AsSpan(got));
            }
        }

        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ResetInTheMiddleOfASplicedStream_EndsBothConnections(bool ofTheReader)
    {
        RecordingLogger log = new("%RESPONSE_FLAGS%");
        using LoopbackProxy proxy = new(config => config with { AccessLogs = [log] });
        proxy.Move(proxy.Client, proxy.Upstream, Pattern(Large));
        Assert.True(proxy.Accepted.IsSplicing);
        Socket broken = ofTheReader ? proxy.Upstream : proxy.Client;
        Socket other = ofTheReader ? proxy.Client : proxy.Upstream;
        broken.LingerState = new LingerOption(true, 0);
        broken.Dispose();
        proxy.RunUntil(() => log.Lines.Count > 0);
        proxy.RunUntil(() => other.Poll(0, SelectMode.SelectRead));
        Assert.Equal(["-"], log.Lines);
        Assert.Equal(0, proxy.Stats.GaugeValue("cluster.up.upstream_cx_active"));
        Assert.Equal(0, proxy.Dispatcher.Blocks.Rented);
    }

    private static byte[] Pattern(int length)
    {
        byte[] bytes = new byte[length];
        new Random(11).NextBytes(bytes);
        return bytes;
    }
}
