using System.Globalization;
using Nuncio.Base.Stats;
using Nuncio.IO.Sockets;
using Nuncio.Integration.Tests.Server;
using Nuncio.Server.HotRestart;

namespace Nuncio.Integration.Tests.HotRestart;

/// <summary>What a parent counts, carried over the line into a child's store.</summary>
public sealed class RestartStatsTests : IDisposable
{
    private readonly StatsStore _old = new(2);
    private readonly StatsStore _young = new(3);
    private readonly RestartChannel _sender;
    private readonly RestartChannel _receiver;
    private readonly StatsExporter _exporter;
    private readonly StatsImporter _importer;

    public RestartStatsTests()
    {
        var name = NetworkAddress.FromPipe("@nuncio-test-" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        int listener = MessageSocket.Listen(name, 1);
        _sender = RestartChannel.Connect(name, out _)!;
        _receiver = new RestartChannel(MessageSocket.Accept(listener));
        MessageSocket.Close(listener);
        _exporter = new StatsExporter(_old);
        _importer = new StatsImporter(_young);
    }

    [Fact]
    public void Counters_AreAddedOnce()
    {
        Counter old = _old.Root(1).Counter("a.b");
        Counter young = _young.Root(1).Counter("a.b");
        old.Add(5);
        young.Add(2);

        Carry();
        Assert.Equal(7, _young.CounterValue("a.b"));
        Carry();
        Assert.Equal(7, _young.CounterValue("a.b"));
        old.Inc();
        Carry();
        Assert.Equal(8, _young.CounterValue("a.b"));
    }

    [Fact]
    public void Counters_BeginWithTheLastFlush()
    {
        _old.Root(1).Counter("a.b").Add(5);
        _old.Flush();
        _old.Root(1).Counter("a.b").Add(3);
        _old.Root(1).Counter("c").Inc();

        Carry();

        Assert.Equal(3, _young.CounterValue("a.b"));
        Assert.Equal(1, _young.CounterValue("c"));
    }

    [Fact]
    public void Gauges_AreAddedUpAndEndWithTheParent()
    {
        Gauge old = _old.Root(1).Gauge("http.a.downstream_cx_active");
        Gauge young = _young.Root(1).Gauge("http.a.downstream_cx_active");
        old.Set(3);
        young.Set(1);

        Carry();
        Assert.Equal(4, _young.GaugeValue("http.a.downstream_cx_active"));
        old.Set(2);
        Carry();
        Assert.Equal(3, _young.GaugeValue("http.a.downstream_cx_active"));
        _importer.End();
        Assert.Equal(1, _young.GaugeValue("http.a.downstream_cx_active"));
    }

    [Fact]
    public void WhatOnlyTheParentHas_LeavesWithIt()
    {
        _old.Root(1).Counter("only.there").Inc();
        Carry();
        Assert.Equal(1, _young.CounterValue("only.there"));

        _importer.End();

        Assert.Null(_young.FindCounter("only.there"));
    }

    [Theory]
    [InlineData("http.a.downstream_cx_active", true)]
    [InlineData("cluster.a.upstream_rq_pending_active", true)]
    [InlineData("tcp.a.downstream_cx_rx_bytes_buffered", true)]
    [InlineData("listener.0.0.0.0_80.downstream_cx_active", true)]
    [InlineData("server.live", false)]
    [InlineData("server.concurrency", false)]
    [InlineData("dotnet.gc_gen0_collections", false)]
    [InlineData("listener_manager.total_listeners_active", false)]
    [InlineData("cluster_manager.active_clusters", false)]
    [InlineData("cluster.a.membership_healthy", false)]
    [InlineData("cluster.a.max_host_weight", false)]
    [InlineData("runtime.num_keys", false)]
    [InlineData("overload.envoy.overload_actions.stop_accepting_requests.active", false)]
    public void Gauges_OfOneProcessAreNotAddedUp(string name, bool isImported)
    {
        _old.Root().Gauge(name).Set(9);

        Carry();

        Assert.Equal(isImported ? 9 : 0, _young.GaugeValue(name));
    }

    [Fact]
    public void MoreThanAMessageHolds_ArrivesInSeveral()
    {
        for (int i = 0; i < 3000; i++)
        {
            _old.Root().Counter(string.Create(CultureInfo.InvariantCulture, $"cluster.some_name_of_a_cluster_{i}.upstream_cx_total")).Add(i);
        }

        Assert.True(Carry() > 3);
        Assert.Equal(2999, _young.CounterValue("cluster.some_name_of_a_cluster_2999.upstream_cx_total"));
        Assert.Equal(17, _young.CounterValue("cluster.some_name_of_a_cluster_17.upstream_cx_total"));
    }

    [Fact]
    public void NamesOfAnyLength_DoNoHarm()
    {
        _old.Root().Counter(new string('é', 4000)).Inc();
        _old.Root().Counter(new string('x', 100_000)).Inc();
        _old.Root().Counter("z").Inc();

        Carry();

        Assert.Equal(1, _young.CounterValue(new string('é', 4000)));
        Assert.Equal(1, _young.CounterValue("z"));
    }

    [Fact]
    public void Garbage_IsReadWithoutHarm()
    {
        var random = new Random(1);
        byte[] message = new byte[200];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(message);
            message[0] = (byte)RestartMessage.Stats;
            var reader = new MessageReader(message.AsSpan(0, random.Next(1, message.Length)));
            StatsExporter.Read(ref reader, _importer, out _);
        }

        _importer.End();
        Assert.Empty(Counters());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private List<CounterStat> Counters()
    {
        var counters = new List<CounterStat>();
        _young.CopyTo(counters);
        return counters;
    }

    /// <summary>Exports, imports, and answers how many messages it took.</summary>
    private int Carry()
    {
        _exporter.Send(_sender, connections: 4, withStats: true);
        for (int messages = 1; ; messages++)
        {
            _sender.Flush();
            var reader = new MessageReader(_receiver.Receive([], TestServer.Patience));
            Assert.Equal(RestartMessage.Stats, reader.Kind);
            if (StatsExporter.Read(ref reader, _importer, out long connections))
            {
                Assert.Equal(4, connections);
                return messages;
            }
        }
    }
}
