using Nuncio.Base.Stats;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

public sealed class ConnectionClosingTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(ConnectionCloseType.FlushWrite)]
    [InlineData(ConnectionCloseType.NoFlush)]
    [InlineData(ConnectionCloseType.Abort)]
    [InlineData(ConnectionCloseType.FlushWriteAndDelay)]
    public void NothingToSend_ClosesAtOnceWithALocalClose(ConnectionCloseType type)
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.Close(type, "because");
        Assert.Equal("LocalClose", _fixture.Recorder.Events[^1]);
        Assert.Equal(ConnectionState.Closed, _fixture.Connection.State);
        Assert.Equal("because", _fixture.Connection.LocalCloseReason);
        _fixture.Loop.RunUntilIdle();
        Assert.True(peer.IsEnded);
        Assert.False(peer.IsReset);
    }

    [Fact]
    public void AbortReset_SendsAReset()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Write("lost");
        _fixture.Connection.Close(ConnectionCloseType.AbortReset, "because");
        _fixture.Loop.RunUntilIdle();
        Assert.True(peer.IsReset);
        Assert.Equal(0, peer.Available);
    }

    [Fact]
    public void FlushWrite_SendsEverythingThenCloses()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 100;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Write(250);
        _fixture.Connection.Close(ConnectionCloseType.FlushWrite, "done");
        Assert.Equal(ConnectionState.Closing, _fixture.Connection.State);
        _fixture.Loop.RunUntilIdle();
        foreach (int expected in (int[])[100, 100])
        {
            Assert.False(peer.IsEnded);
            Assert.Equal(expected, peer.ReadAll().Length);
            _fixture.Loop.RunUntilIdle();
        }

        Assert.Equal(50, peer.ReadAll().Length);
        Assert.True(peer.IsEnded);
        Assert.Equal("LocalClose", _fixture.Recorder.Events[^1]);
    }

    [Fact]
    public void NoFlush_TriesOnceAndDropsTheRest()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 100;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Write(250);
        _fixture.Connection.Close(ConnectionCloseType.NoFlush, "done");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(100, peer.Available);
        Assert.True(peer.IsEnded);
    }

    [Fact]
    public void FlushWriteAndDelay_EndsOurDirectionAndWaitsForThePeers()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.DelayedCloseTimeout = TimeSpan.FromSeconds(1);
        _fixture.Write("response");
        _fixture.Connection.Close(ConnectionCloseType.FlushWriteAndDelay, "done");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("response", peer.ReadText());
        Assert.True(peer.IsEnded);
        Assert.Equal(ConnectionState.Closing, _fixture.Connection.State);

        peer.Write("late body that nobody wants");
        _fixture.Loop.RunUntilIdle();
        Assert.Empty(_fixture.Recorder.Received);
        peer.Close();
        _fixture.Loop.RunUntilIdle();
        Assert.False(peer.IsReset);
        Assert.Equal("RemoteClose", _fixture.Recorder.Events[^1]);
    }

    [Fact]
    public void PeerNeverEnds_TheDelayedCloseTimeoutClosesAndCounts()
    {
        StatsStore store = new(1);
        ConnectionStats stats = new() { DelayedCloseTimeouts = store.Root().Counter("delayed_close_timeout") };
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.Stats = stats;
        _fixture.Connection.DelayedCloseTimeout = TimeSpan.FromSeconds(1);
        _fixture.Write("response");
        _fixture.Connection.Close(ConnectionCloseType.FlushWriteAndDelay, "done");
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(990));
        Assert.Equal(ConnectionState.Closing, _fixture.Connection.State);
        _fixture.Loop.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(ConnectionState.Closed, _fixture.Connection.State);
        Assert.Equal(1, stats.DelayedCloseTimeouts.Value);
        Assert.Equal("triggered_delayed_close_timeout", _fixture.Connection.LocalCloseReason);
        Assert.Equal("LocalClose", _fixture.Recorder.Events[^1]);
        Assert.False(peer.IsReset);
    }

    [Fact]
    public void FlushMakesProgress_TheDelayedCloseTimeoutStartsAnew()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 100;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.DelayedCloseTimeout = TimeSpan.FromSeconds(1);
        _fixture.Write(400);
        _fixture.Connection.Close(ConnectionCloseType.FlushWrite, "done");
        for (int i = 0; i < 3; i++)
        {
            _fixture.Loop.Advance(TimeSpan.FromMilliseconds(800));
            Assert.Equal(ConnectionState.Closing, _fixture.Connection.State);
            peer.ReadAll();
        }

        _fixture.Loop.RunUntilIdle();
        Assert.Equal(ConnectionState.Closed, _fixture.Connection.State);
        Assert.Equal("done", _fixture.Connection.LocalCloseReason);
    }

    [Fact]
    public void FlushWithoutProgress_TimesOut()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 100;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.DelayedCloseTimeout = TimeSpan.FromSeconds(1);
        _fixture.Write(400);
        _fixture.Connection.Close(ConnectionCloseType.FlushWrite, "done");
        _fixture.Loop.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ConnectionState.Closed, _fixture.Connection.State);
        Assert.Equal(100, peer.Available);
        Assert.Equal(0, _fixture.Loop.Dispatcher.Timers.Count);
    }

    [Fact]
    public void PeerFloodsWhileClosing_DrainingIsBounded()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.DelayedCloseTimeout = TimeSpan.FromSeconds(1);
        _fixture.Write("413");
        _fixture.Connection.Close(ConnectionCloseType.FlushWriteAndDelay, "done");
        for (int i = 0; i < 64; i++)
        {
            peer.Write(new byte[1024 * 1024]);
            _fixture.Loop.RunUntilIdle();
        }

        Assert.InRange(_fixture.Loop.Network.ReceiveCalls, 1, 400);
        _fixture.Loop.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ConnectionState.Closed, _fixture.Connection.State);
    }

    [Fact]
    public void ClosedTwice_OneEventAndTheFirstReason()
    {
        _fixture.Connect();
        _fixture.Connection.Close(ConnectionCloseType.NoFlush, "first");
        _fixture.Connection.Close(ConnectionCloseType.AbortReset, "second");
        Assert.Single(_fixture.Recorder.Events, e => e == "LocalClose");
        Assert.Equal("first", _fixture.Connection.LocalCloseReason);
    }

    [Fact]
    public void ClosedWithinOnData_TheFilterStillHasItsBytes()
    {
        SimulatedPeer peer = _fixture.Connect();
        int left = 0;
        _fixture.Recorder.OnDataAction = (data, _) =>
        {
            _fixture.Connection.Close(ConnectionCloseType.NoFlush, "test");
            left = data.Length;
        };
        peer.Write("hello");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(5, left);
        Assert.Equal(0, _fixture.Loop.Dispatcher.Blocks.Rented);
    }

    [Fact]
    public void ClosedWithinConnected_NobodyHearsConnectedAfterTheClose()
    {
        Recorder late = new();
        using ConnectionFixture fixture = new(connection => connection.AddCallbacks(late));
        fixture.OnConnected = connection => connection.Close(ConnectionCloseType.NoFlush, "test");
        fixture.Connect();
        Assert.Equal(["LocalClose"], late.Events);
    }

    [Fact]
    public void ClosedWithinTheHighWatermark_Survives()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 10;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.SetBufferLimit(100);
        _fixture.Recorder.OnAbove = () => _fixture.Connection.Close(ConnectionCloseType.Abort, "too much");
        _fixture.Write(200);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("LocalClose", _fixture.Recorder.Events[^1]);
        Assert.True(peer.IsClosed);
        Assert.Equal(0, _fixture.Loop.Dispatcher.Blocks.Rented);
        Assert.Empty(_fixture.Loop.Contained);
    }

    [Fact]
    public void CallbacksRemovedWhileToldOfTheClose_AreNotCalled()
    {
        Recorder second = new();
        using ConnectionFixture fixture = new(connection => connection.AddCallbacks(second));
        fixture.Connect();
        fixture.Recorder.OnEventAction = _ => fixture.Connection.RemoveCallbacks(second);
        second.Events.Clear();
        fixture.Connection.Close(ConnectionCloseType.NoFlush, "test");
        Assert.Empty(second.Events);
    }

    [Fact]
    public void Stats_CountBytesAndGaugesReturnToZero()
    {
        StatScope scope = new StatsStore(1).Root();
        ConnectionStats stats = new()
        {
            ReadTotal = scope.Counter("rx"),
            ReadCurrent = scope.Gauge("rxb"),
            WriteTotal = scope.Counter("tx"),
            WriteCurrent = scope.Gauge("txb"),
        };
        _fixture.Loop.Network.PeerReceiveCapacity = 100;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.Stats = stats;
        _fixture.Recorder.TakesData = false;
        peer.Write("hello");
        _fixture.Write(250);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(5, stats.ReadTotal.Value);
        Assert.Equal(5, stats.ReadCurrent.Value);
        Assert.Equal(100, stats.WriteTotal.Value);
        Assert.Equal(150, stats.WriteCurrent.Value);
        peer.Reset();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(0, stats.ReadCurrent.Value);
        Assert.Equal(0, stats.WriteCurrent.Value);
        Assert.Equal(1, _fixture.Loop.Network.OpenDescriptors);
    }

    [Fact]
    public void Descriptor_IsClosedWhateverTheWayToTheEnd()
    {
        for (int way = 0; way < 5; way++)
        {
            SimulatedPeer peer = _fixture.Connect();
            Connection connection = _fixture.Connections[^1];
            switch (way)
            {
                case 0:
                    peer.Close();
                    break;
                case 1:
                    peer.Reset();
                    break;
                case 2:
                    connection.Close(ConnectionCloseType.NoFlush, "test");
                    break;
                case 3:
                    connection.Close(ConnectionCloseType.AbortReset, "test");
                    break;
                default:
                    connection.Close(ConnectionCloseType.FlushWrite, "test");
                    break;
            }

            _fixture.Loop.RunUntilIdle();
            Assert.Equal(-1, connection.FileDescriptor);
            Assert.Equal(1, _fixture.Loop.Network.OpenDescriptors);
            Assert.Equal(1, _fixture.Loop.Dispatcher.RegisteredCount);
        }
    }
}
