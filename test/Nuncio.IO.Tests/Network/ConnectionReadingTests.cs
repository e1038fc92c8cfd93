using Nuncio.IO.Network;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

public sealed class ConnectionReadingTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void BytesArrive_OneReceiveCallAndTheFilterGetsThem()
    {
        SimulatedPeer peer = _fixture.Connect();
        Assert.Equal(["new", "Connected"], _fixture.Recorder.Events);
        int calls = _fixture.Loop.Network.ReceiveCalls;
        peer.Write("hello");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("hello", _fixture.Recorder.Received);
        Assert.Equal(1, _fixture.Loop.Network.ReceiveCalls - calls);
        Assert.Equal(5UL, _fixture.Connection.BytesReceived);
    }

    [Fact]
    public void IdleConnection_HoldsNoBlock()
    {
        SimulatedPeer peer = _fixture.Connect();
        peer.Write("hello");
        _fixture.Loop.RunUntilIdle();
        _fixture.Write("world");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("world", peer.ReadText());
        Assert.Equal(0, _fixture.Loop.Dispatcher.Blocks.Rented);
    }

    [Fact]
    public void BytesAndEndTogether_AreDeliveredThenClosed()
    {
        SimulatedPeer peer = _fixture.Connect();
        peer.Write("last words");
        peer.EndWriting();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("last words", _fixture.Recorder.Received);
        Assert.False(_fixture.Recorder.SawEnd);
        Assert.Equal(["new", "Connected", "RemoteClose"], _fixture.Recorder.Events);
        Assert.Equal(ConnectionState.Closed, _fixture.Connection.State);
        Assert.True(peer.IsEnded);
    }

    [Fact]
    public void HalfCloseEnabled_BytesAndEndComeInOneCallAndWritingGoesOn()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.HalfCloseEnabled = true;
        peer.Write("question");
        peer.EndWriting();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(1, _fixture.Recorder.DataCalls);
        Assert.True(_fixture.Recorder.SawEnd);
        Assert.Equal(ConnectionState.Open, _fixture.Connection.State);

        _fixture.Write("answer", endStream: true);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("answer", peer.ReadText());
        Assert.True(peer.IsEnded);
        Assert.Equal("LocalClose", _fixture.Recorder.Events[^1]);
    }

    [Fact]
    public void HalfCloseEnabled_OurEndFirst_ThePeersEndClosesRemotely()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.HalfCloseEnabled = true;
        _fixture.Write("all", endStream: true);
        _fixture.Loop.RunUntilIdle();
        Assert.True(peer.IsEnded);
        Assert.Equal(ConnectionState.Open, _fixture.Connection.State);
        peer.Write("rest");
        peer.EndWriting();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("rest", _fixture.Recorder.Received);
        Assert.Equal("RemoteClose", _fixture.Recorder.Events[^1]);
    }

    [Fact]
    public void ReadDisabled_BytesWaitUntilEveryDisableIsTakenBack()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.ReadDisable(true);
        _fixture.Connection.ReadDisable(true);
        peer.Write("patience");
        _fixture.Loop.RunUntilIdle();
        Assert.Empty(_fixture.Recorder.Received);
        _fixture.Connection.ReadDisable(false);
        _fixture.Loop.RunUntilIdle();
        Assert.Empty(_fixture.Recorder.Received);
        Assert.False(_fixture.Connection.IsReadEnabled);
        _fixture.Connection.ReadDisable(false);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("patience", _fixture.Recorder.Received);
    }

    [Fact]
    public void ReadDisabledWithinOnData_WhatIsLeftIsGivenAgainOnEnable()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Recorder.TakesData = false;
        _fixture.Recorder.OnDataAction = (data, _) =>
        {
            data.Drain(3);
            _fixture.Connection.ReadDisable(true);
        };
        peer.Write("onetwo");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(1, _fixture.Recorder.DataCalls);

        _fixture.Recorder.TakesData = true;
        _fixture.Recorder.OnDataAction = null;
        _fixture.Connection.ReadDisable(false);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("two", _fixture.Recorder.Received);
        Assert.Equal(2, _fixture.Recorder.DataCalls);
    }

    [Fact]
    public void PeerEndsWhileReadDisabled_ClosesEarly()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.ReadDisable(true);
        peer.EndWriting();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("RemoteClose", _fixture.Recorder.Events[^1]);
    }

    [Fact]
    public void PeerEndsWhileReadDisabledWithoutEarlyDetection_ClosesAfterReadingTheRest()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.DetectEarlyClose = false;
        _fixture.Connection.ReadDisable(true);
        peer.Write("rest");
        peer.EndWriting();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(ConnectionState.Open, _fixture.Connection.State);
        _fixture.Connection.ReadDisable(false);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("rest", _fixture.Recorder.Received);
        Assert.Equal("RemoteClose", _fixture.Recorder.Events[^1]);
    }

    [Fact]
    public void PeerResetsWhileReadDisabledWithHalfClose_Closes()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.HalfCloseEnabled = true;
        _fixture.Connection.ReadDisable(true);
        peer.Reset();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("RemoteClose", _fixture.Recorder.Events[^1]);
    }

    [Fact]
    public void BytesThenReset_BytesAreDeliveredThenClosed()
    {
        SimulatedPeer peer = _fixture.Connect();
        peer.Write("before the reset");
        peer.Reset();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("before the reset", _fixture.Recorder.Received);
        Assert.Equal("RemoteClose", _fixture.Recorder.Events[^1]);
    }

    [Fact]
    public void NobodyTakesTheBytes_ReadingStopsAtTheLimitAndGoesOnWhenDrained()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.SetBufferLimit(50_000);
        _fixture.Recorder.TakesData = false;
        for (int i = 0; i < 40; i++)
        {
            peer.Write(new byte[10_000]);
        }

        _fixture.Loop.RunUntilIdle();
        int held = _fixture.Connection.ReadBufferLength;
        Assert.InRange(held, 50_001, 50_000 + 128 * 1024);

        _fixture.Recorder.TakesData = true;
        _fixture.Connection.ReadDisable(true);
        _fixture.Connection.ReadDisable(false);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(400_000UL, _fixture.Connection.BytesReceived);
        Assert.Equal(0, _fixture.Connection.ReadBufferLength);
    }

    [Fact]
    public void BusyConnection_DoesNotStarveAnother()
    {
        SimulatedPeer busy = _fixture.Connect();
        SimulatedPeer other = _fixture.Connect();
        busy.Write(new byte[8 * 1024 * 1024]);
        other.Write("me too");
        _fixture.Loop.Dispatcher.RunOnce(0);
        Assert.Equal("me too", _fixture.Recorders[1].Received);
        Assert.InRange(_fixture.Connections[0].BytesReceived, 1UL, 1024UL * 1024);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(8UL * 1024 * 1024, _fixture.Connections[0].BytesReceived);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16 * 1024)]
    public void PartialReads_LoseNothing(int atMost)
    {
        _fixture.Loop.Network.MaxBytesPerCall = atMost;
        SimulatedPeer peer = _fixture.Connect();
        string text = string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i} "));
        peer.Write(text);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(text, _fixture.Recorder.Received);
    }

    [Fact]
    public void FilterStopsAtData_TheNextGetsItAfterContinue()
    {
        Recorder second = new();
        using ConnectionFixture fixture = new(connection => connection.AddReadFilter(second));
        SimulatedPeer peer = fixture.Connect();
        Assert.Equal(["new"], second.Events);
        fixture.Recorder.TakesData = false;
        peer.Write("abc");
        fixture.Loop.RunUntilIdle();
        Assert.Empty(second.Received);
        fixture.Connection.ContinueReading();
        Assert.Equal("abc", second.Received);
    }

    [Fact]
    public void FilterBehindAStoppedOne_IsNotToldOfTheConnectionBeforeContinue()
    {
        Recorder second = new();
        using ConnectionFixture fixture = new(connection => connection.AddReadFilter(second));
        fixture.FirstNewConnectionStatus = FilterStatus.StopIteration;
        SimulatedPeer peer = fixture.Connect();
        fixture.Recorder.TakesData = false;
        Assert.Equal(["new", "Connected"], fixture.Recorder.Events);
        Assert.Empty(second.Events);
        peer.Write("early");
        fixture.Loop.RunUntilIdle();
        Assert.Empty(second.Received);
        fixture.Connection.ContinueReading();
        Assert.Equal(["new"], second.Events);
        Assert.Equal("early", second.Received);
    }

    [Fact]
    public void FilterThrows_TheConnectionClosesAndOthersLive()
    {
        SimulatedPeer peer = _fixture.Connect();
        SimulatedPeer other = _fixture.Connect();
        _fixture.Recorder.OnDataAction = (_, _) => throw new InvalidOperationException("filter");
        peer.Write("x");
        other.Write("fine");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("LocalClose", _fixture.Recorder.Events[^1]);
        Assert.True(peer.IsClosed);
        Assert.Equal("fine", _fixture.Recorders[1].Received);
        Assert.Equal(1, _fixture.Loop.Dispatcher.ContainedExceptions);
        Assert.Equal("filter", Assert.Single(_fixture.Loop.Contained).Message);
        Assert.Equal(0, _fixture.Loop.Dispatcher.Blocks.Rented);
    }

    [Fact]
    public void EventOfAClosedDescriptorInTheSameBatch_DoesNotReachItsNewOwner()
    {
        // Two connections have events in one batch; the first closes the second and the number is used again at once.
        SimulatedPeer first = _fixture.Connect();
        SimulatedPeer second = _fixture.Connect();
        SimulatedServer upstream = _fixture.Loop.Network.Listen("10.0.0.1:1");
        int number = _fixture.Connections[1].FileDescriptor;
        Connection? reused = null;
        Recorder recorder = new();
        _fixture.Recorder.OnDataAction = (_, _) =>
        {
            _fixture.Connections[1].Close(ConnectionCloseType.Abort, "test");
            reused = Connection.Connect(
                _fixture.Loop.Dispatcher, upstream.Address, new RawTransportSocket(), ConnectOptions.Default);
            reused.AddReadFilter(recorder);
            reused.AddCallbacks(recorder);
            Assert.Equal(number, reused.FileDescriptor);
        };
        first.Write("go");
        second.Write("stale");
        _fixture.Loop.Dispatcher.RunOnce(0);
        Assert.Empty(recorder.Events);
        Assert.Empty(_fixture.Recorders[1].Received);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(["Connected"], recorder.Events);
    }
}
