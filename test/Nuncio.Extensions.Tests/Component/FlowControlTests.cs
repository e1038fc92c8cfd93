using Nuncio.Base.Buffers;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>A fast side and a slow side: everything arrives, and what lies between stays bounded.</summary>
public sealed class FlowControlTests
{
    private const int Size = 12 * 1024 * 1024;
    private const int Limit = 64 * 1024;

    /// <summary>Both buffers of a connection may exceed their limit by one turn of reading.</summary>
    private const int Bound = 4 * (Limit + (128 * 1024)) / BlockPool.BlockSize;

    private static readonly string s_listener = $"per_connection_buffer_limit_bytes: {Limit}";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SlowClient_FastUpstream_IsBounded(bool chunked)
    {
        using var proxy = Start();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        client.ReceiveCapacity = 32 * 1024;
        proxy.Exchange(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        SimulatedPeer upstream = server.Accept();
        byte[] body = Pattern(Size);
        upstream.Write(chunked ? $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{Size:x}\r\n" : $"HTTP/1.1 200 OK\r\nContent-Length: {Size}\r\n\r\n");
        upstream.Write(body);
        if (chunked)
        {
            upstream.Write("\r\n0\r\n\r\n");
        }

        var received = new MemoryStream();
        int most = 0;
        while (true)
        {
            proxy.Run();
            most = Math.Max(most, proxy.Workers[0].Dispatcher.Blocks.Rented);
            byte[] piece = client.ReadAll();
            if (piece.Length == 0)
            {
                break;
            }

            received.Write(piece);
        }

        Assert.InRange(most, 1, Bound);
        AssertBody(received, body, chunked);
        Assert.Equal($"200 - via_upstream 0 {Size}\n", proxy.Log("/log"));
        long paused = proxy.Counter("http.web.downstream_flow_control_paused_reading_total");
        Assert.InRange(paused, 10, 10_000);
        Assert.Equal(
            proxy.Counter("cluster.up.upstream_flow_control_paused_reading_total"),
            proxy.Counter("cluster.up.upstream_flow_control_resumed_reading_total"));
        Assert.False(client.IsClosed);
        Assert.Equal(0, proxy.Workers[0].Dispatcher.Blocks.Rented);
        Assert.Equal(0, proxy.Gauge("http.web.downstream_cx_tx_bytes_buffered"));
        Assert.Equal(0, proxy.Gauge("cluster.up.upstream_cx_rx_bytes_buffered"));
        client.ReceiveCapacity = int.MaxValue;
        proxy.Exchange(client, "GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.StartsWith("GET ", upstream.ReadText());
        Assert.False(server.HasWaiting);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FastClient_SlowUpstream_IsBounded(bool chunked)
    {
        using var proxy = Start();
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        proxy.Run();
        byte[] body = Pattern(Size);
        client.Write(chunked
            ? $"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            : $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Size}\r\n\r\n");
        proxy.Run();
        SimulatedPeer upstream = server.Accept();
        upstream.ReceiveCapacity = 32 * 1024;
        var received = new MemoryStream();
        received.Write(upstream.ReadAll());
        if (chunked)
        {
            client.Write($"{Size:x}\r\n");
        }

        client.Write(body);
        if (chunked)
        {
            client.Write("\r\n0\r\n\r\n");
        }

        int most = 0;
        while (true)
        {
            proxy.Run();
            most = Math.Max(most, proxy.Workers[0].Dispatcher.Blocks.Rented);
            byte[] piece = upstream.ReadAll();
            if (piece.Length == 0)
            {
                break;
            }

            received.Write(piece);
        }

        Assert.InRange(most, 1, Bound);
        AssertBody(received, body, chunked);
        Assert.InRange(proxy.Counter("cluster.up.upstream_flow_control_backed_up_total"), 10, 10_000);
        Assert.Equal(
            proxy.Counter("http.web.downstream_flow_control_paused_reading_total"),
            proxy.Counter("http.web.downstream_flow_control_resumed_reading_total"));
        proxy.Exchange(upstream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.EndsWith("ok", client.ReadText());
        Assert.Equal($"200 - via_upstream {Size} 2\n", proxy.Log("/log"));
        Assert.Equal(0, proxy.Workers[0].Dispatcher.Blocks.Rented);
        Assert.EndsWith("alive", proxy.Exchange(client, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    [Fact]
    public void FastClient_WhileTheUpstreamIsConnecting_IsBounded()
    {
        using var proxy = Start();
        proxy.Loop.Network.HangConnects(ProxyFixture.Upstream);
        SimulatedPeer client = proxy.Connect();
        client.Write($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Size}\r\n\r\n");
        client.Write(new byte[Size]);
        proxy.Run();
        Assert.InRange(proxy.Workers[0].Dispatcher.Blocks.Rented, 1, Bound);
        proxy.AssertServesOthers();
        proxy.Advance(TimeSpan.FromSeconds(2));
        Assert.StartsWith("HTTP/1.1 503 ", client.ReadText());
        Assert.True(client.IsEnded);
    }

    [Fact]
    public void PipeliningClientThatNeverReads_IsBounded()
    {
        using var proxy = Start();
        SimulatedPeer client = proxy.Connect();
        client.ReceiveCapacity = 1024;
        for (int i = 0; i < 20_000; i++)
        {
            client.Write("GET /alive HTTP/1.1\r\nHost: a\r\n\r\n");
        }

        proxy.Run();
        Assert.InRange(proxy.Workers[0].Dispatcher.Blocks.Rented, 1, Bound);
        Assert.InRange(proxy.Counter("http.web.downstream_rq_total"), 1, 2000);
        proxy.AssertServesOthers();
        int answers = 0;
        for (string text = client.ReadText(); text.Length > 0; text = client.ReadText())
        {
            answers += text.Split("alive").Length - 1;
            client.ReceiveCapacity = int.MaxValue;
            proxy.Run();
        }

        Assert.InRange(answers, 19_900, 20_000); // The first pieces may cut a body in two.
        Assert.Equal(20_001, proxy.Counter("http.web.downstream_rq_total"));
    }

    [Fact]
    public void TinyPieces_ArriveUnchanged()
    {
        using var proxy = Start();
        proxy.Loop.Network.MaxBytesPerCall = 7;
        SimulatedServer server = proxy.Serve();
        SimulatedPeer client = proxy.Connect();
        byte[] body = Pattern(50_000);
        client.Write($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n");
        client.Write(body);
        proxy.Run();
        SimulatedPeer upstream = server.Accept();
        var request = new MemoryStream(upstream.ReadAll());
        AssertBody(request, body, chunked: false);
        upstream.Write($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n");
        upstream.Write(body);
        proxy.Run();
        AssertBody(new MemoryStream(client.ReadAll()), body, chunked: false);
    }

    private static ProxyFixture Start() =>
        ProxyFixture.Http(ProxyFixture.ShortLog, cluster: $"per_connection_buffer_limit_bytes: {Limit}", listener: s_listener);

    private static byte[] Pattern(int size)
    {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++)
        {
            bytes[i] = (byte)('a' + (i % 23) + (i / 1000 % 3));
        }

        return bytes;
    }

    private static void AssertBody(MemoryStream message, byte[] body, bool chunked)
    {
        ReadOnlySpan<byte> all = message.ToArray();
        ReadOnlySpan<byte> rest = all[(all.IndexOf("\r\n\r\n"u8) + 4)..];
        if (!chunked)
        {
            Assert.True(rest.SequenceEqual(body));
            return;
        }

        int at = 0;
        while (true)
        {
            int line = rest.IndexOf("\r\n"u8);
            int length = int.Parse(System.Text.Encoding.ASCII.GetString(rest[..line]), System.Globalization.NumberStyles.HexNumber, null);
            if (length == 0)
            {
                break;
            }

            Assert.True(rest.Slice(line + 2, length).SequenceEqual(body.AsSpan(at, length)));
            at += length;
            rest = rest[(line + 2 + length + 2)..];
        }

        Assert.Equal(body.Length, at);
    }
}
