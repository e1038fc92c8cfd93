using System.Text;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Large response bodies over real sockets, which may pass inside the kernel: they arrive whole, or the client is cut off.</summary>
public sealed class BodyBypassTests
{
    private const int Size = 3 * 1024 * 1024;

    /// <summary>Bytes the client read and threw away; xunit makes an object for each test.</summary>
    private long _drained;

    [Fact]
    public void LargeBodies_ArriveUnchanged_AndTheConnectionsGoOn()
    {
        using var proxy = new LoopbackHttpProxy("");
        byte[] body = Pattern();
        int upstream = -1;
        for (int i = 0; i < 5; i++)
        {
            Send(proxy, proxy.Client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            upstream = upstream < 0 ? proxy.AcceptUpstream() : upstream;
            ReceiveUntil(proxy, upstream, "\r\n\r\n"u8.ToArray());
            byte[] received = Transfer(proxy, upstream, [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n"), .. body]);
            int start = received.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
            Assert.True(received.AsSpan(start).SequenceEqual(body));
        }

        Assert.InRange(proxy.Stats.CounterValue("http.web.rs_body_bypassed"), 1, 5);
        Assert.Equal(5, proxy.Stats.CounterValue("http.web.downstream_rq_2xx"));
        Assert.Equal(1, proxy.Stats.CounterValue("cluster.up.upstream_cx_total"));
        Assert.Equal(5, proxy.EndLog());
        Assert.Contains($" 200 - 0 {Size} ", proxy.Text);
        proxy.Sockets.Close(upstream);
    }

    [Fact]
    public void UpstreamGoneInTheMiddle_CutsTheClientOff()
    {
        using var proxy = new LoopbackHttpProxy("");
        int upstream = Begin(proxy);
        Pump(proxy, upstream, Pattern().AsSpan(0, Size / 2).ToArray());
        proxy.Sockets.Close(upstream);
        long received = Drain(proxy);
        Assert.InRange(received, Size / 2, (Size / 2) + 1000);
        Assert.Equal(1, proxy.EndLog());
        Assert.Contains(" 200 UC ", proxy.Text);
        Assert.Equal(0, proxy.Stats.GaugeValue("http.web.downstream_rq_active"));
    }

    [Fact]
    public void ClientGoneInTheMiddle_ClosesTheUpstream()
    {
        using var proxy = new LoopbackHttpProxy("");
        int upstream = Begin(proxy);
        Pump(proxy, upstream, Pattern().AsSpan(0, Size / 2).ToArray());
        proxy.Sockets.ShutdownWrite(proxy.Client);
        byte[] room = new byte[64];
        int end = -11;
        for (int i = 0; i < 1000 && end == -11; i++)
        {
            proxy.Turn();
            end = proxy.Sockets.Receive(upstream, room);
        }

        Assert.True(end is 0 or -104, $"the upstream was not closed: {end}");
        proxy.Sockets.Close(upstream);
        Assert.Equal(1, proxy.EndLog());
        Assert.Contains(" 200 DC ", proxy.Text);
        Assert.Equal(0, proxy.Stats.GaugeValue("http.web.downstream_rq_active"));
        Assert.Equal(0, proxy.Stats.GaugeValue("cluster.up.upstream_rq_active"));
    }

    [Fact]
    public void NothingMovesInTheMiddle_IsEndedByTheStreamIdleTimeout()
    {
        using var proxy = new LoopbackHttpProxy("stream_idle_timeout: 5s");
        int upstream = Begin(proxy);
        Pump(proxy, upstream, Pattern().AsSpan(0, Size / 2).ToArray());
        proxy.Clock.Advance(TimeSpan.FromSeconds(4));
        Pump(proxy, upstream, new byte[1000]);
        proxy.Clock.Advance(TimeSpan.FromSeconds(4)); // What moved inside the kernel counts as movement.
        Turns(proxy);
        Assert.Equal(1, proxy.Stats.GaugeValue("http.web.downstream_rq_active"));
        proxy.Clock.Advance(TimeSpan.FromSeconds(2));
        Turns(proxy);
        Assert.Equal(0, proxy.Stats.GaugeValue("http.web.downstream_rq_active"));
        proxy.Sockets.Close(upstream);
        Assert.Equal(1, proxy.EndLog());
        Assert.Contains(" 200 SI ", proxy.Text);
    }

    private static int Begin(LoopbackHttpProxy proxy)
    {
        Send(proxy, proxy.Client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        int upstream = proxy.AcceptUpstream();
        ReceiveUntil(proxy, upstream, "\r\n\r\n"u8.ToArray());
        Send(proxy, upstream, Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n"));
        return upstream;
    }

    private static byte[] Pattern()
    {
        byte[] bytes = new byte[Size];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)((i * 7) + (i >> 11));
        }

        return bytes;
    }

    /// <summary>Sends all of it while the client reads.</summary>
    private void Pump(LoopbackHttpProxy proxy, int upstream, byte[] bytes)
    {
        byte[] room = new byte[256 * 1024];
        int sent = 0;
        for (int turn = 0; turn < 100_000 && sent < bytes.Length; turn++)
        {
            sent += Math.Max(0, proxy.Sockets.Send(upstream, bytes.AsSpan(sent)));
            proxy.Turn();
            _drained += Math.Max(0, proxy.Sockets.Receive(proxy.Client, room));
        }

        Turns(proxy);
    }

    private long Drain(LoopbackHttpProxy proxy)
    {
        byte[] room = new byte[256 * 1024];
        for (int turn = 0; turn < 1000; turn++)
        {
            proxy.Turn();
            int count = proxy.Sockets.Receive(proxy.Client, room);
            if (count is 0 or -104)
            {
                return _drained;
            }

            _drained += Math.Max(0, count);
        }

        throw new InvalidOperationException("the client was not cut off");
    }

    private static void Turns(LoopbackHttpProxy proxy)
    {
        for (int i = 0; i < 20; i++)
        {
            proxy.Turn();
        }
    }

    private static byte[] Transfer(LoopbackHttpProxy proxy, int upstream, byte[] message)
    {
        var received = new MemoryStream();
        byte[] room = new byte[256 * 1024];
        int sent = 0;
        for (int turn = 0; turn < 100_000; turn++)
        {
            if (sent < message.Length)
            {
                sent += Math.Max(0, proxy.Sockets.Send(upstream, message.AsSpan(sent)));
            }

            proxy.Turn();
            int count = proxy.Sockets.Receive(proxy.Client, room);
            if (count > 0)
            {
                received.Write(room, 0, count);
                int head = received.GetBuffer().AsSpan(0, (int)Math.Min(received.Length, 2000)).IndexOf("\r\n\r\n"u8);
                if (head >= 0 && received.Length >= head + 4 + Size)
                {
                    return received.ToArray();
                }
            }
        }

        throw new InvalidOperationException($"only {received.Length} bytes came");
    }

    private static void Send(LoopbackHttpProxy proxy, int fd, byte[] message) => Assert.Equal(message.Length, proxy.Sockets.Send(fd, message));

    private static void ReceiveUntil(LoopbackHttpProxy proxy, int fd, byte[] end)
    {
        byte[] room = new byte[4096];
        int got = 0;
        for (int turn = 0; turn < 10_000; turn++)
        {
            got += Math.Max(0, proxy.Sockets.Receive(fd, room.AsSpan(got)));
            if (room.AsSpan(0, got).EndsWith(end))
            {
                return;
            }

            proxy.Turn();
        }

        throw new InvalidOperationException("the request did not come");
    }
}
