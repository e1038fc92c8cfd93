using Nuncio.IO.Network;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

public sealed class ConnectionWritingTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void ManyWritesInOneEvent_LeaveInOneSendCall()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Recorder.OnDataAction = (_, _) =>
        {
            for (int i = 0; i < 10; i++)
            {
                _fixture.Write("part ");
            }

            Assert.Equal(0, peer.Available);
        };
        int calls = _fixture.Loop.Network.SendCalls;
        peer.Write("go");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(string.Concat(Enumerable.Repeat("part ", 10)), peer.ReadText());
        Assert.Equal(1, _fixture.Loop.Network.SendCalls - calls);
        Assert.Equal(50UL, _fixture.Connection.BytesSent);
    }

    [Fact]
    public void AppendedDirectlyAndNotified_IsSent()
    {
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.WriteBuffer.Append("direct"u8);
        _fixture.Connection.NotifyWritten();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("direct", peer.ReadText());
    }

    [Fact]
    public void SlowReader_WatermarksAreToldOnCrossingsOnly()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 1000;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.SetBufferLimit(5000);
        _fixture.Write(6000);
        Assert.True(_fixture.Connection.IsAboveHighWatermark);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(1000, peer.Available);
        Assert.Equal(["new", "Connected", "above"], _fixture.Recorder.Events);

        peer.ReadAll();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(["new", "Connected", "above"], _fixture.Recorder.Events);
        Assert.Equal(4000, _fixture.Connection.WriteBufferLength);

        peer.ReadAll();
        _fixture.Loop.RunUntilIdle();
        peer.ReadAll();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(["new", "Connected", "above", "below"], _fixture.Recorder.Events);
        Assert.False(_fixture.Connection.IsAboveHighWatermark);
    }

    [Fact]
    public void ExactlyTheLimit_IsNotAbove()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 0;
        _fixture.Connect();
        _fixture.Connection.SetBufferLimit(5000);
        _fixture.Write(5000);
        Assert.False(_fixture.Connection.IsAboveHighWatermark);
        _fixture.Write(1);
        Assert.True(_fixture.Connection.IsAboveHighWatermark);
    }

    [Fact]
    public void BlockedSocket_IsNotTriedAgainBeforeItIsWritable()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 10;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Write(100);
        _fixture.Loop.RunUntilIdle();
        int calls = _fixture.Loop.Network.SendCalls;
        _fixture.Write(100);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(calls, _fixture.Loop.Network.SendCalls);
        for (int i = 0; i < 20; i++)
        {
            peer.ReadAll();
            _fixture.Loop.RunUntilIdle();
        }

        Assert.Equal(0, _fixture.Connection.WriteBufferLength);
    }

    [Fact]
    public void LargeBody_ArrivesWholeInOrder()
    {
        SimulatedPeer peer = _fixture.Connect();
        Buffer data = new(_fixture.Loop.Dispatcher.Blocks);
        byte[] expected = new byte[3_000_000];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = (byte)(i * 31 >> 3);
        }

        data.Append(expected);
        _fixture.Connection.Write(data, endStream: false);
        Assert.Equal(0, data.Length);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(expected, peer.ReadAll());
        Assert.Equal(0, _fixture.Loop.Dispatcher.Blocks.Rented);
    }

    [Fact]
    public void WriteFilters_SeeBytesLastAddedFirstAndMayStop()
    {
        List<string> order = [];
        SimulatedPeer peer = _fixture.Connect();
        Stamp inner = new("inner", order);
        Stamp outer = new("outer", order);
        _fixture.Connection.AddWriteFilter(inner);
        _fixture.Connection.AddWriteFilter(outer);
        _fixture.Write("a");
        _fixture.Connection.WriteBuffer.Append("b"u8);
        _fixture.Connection.NotifyWritten();
        outer.Status = FilterStatus.StopIteration;
        _fixture.Write("c");
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("ab", peer.ReadText());
        Assert.Equal(["outer", "inner", "outer", "inner", "outer"], order);
    }

    [Fact]
    public void PeerAnsweredAndClosedBeforeTheWriteFailed_TheAnswerIsStillRead()
    {
        _fixture.Loop.Network.PeerReceiveCapacity = 10;
        SimulatedPeer peer = _fixture.Connect();
        _fixture.Connection.ReadDisable(true);
        _fixture.Connection.DetectEarlyClose = false;
        _fixture.Connection.HalfCloseEnabled = true;
        peer.Write("413");
        peer.EndWriting();
        _fixture.Loop.RunUntilIdle();
        _fixture.Connection.ReadDisable(false);
        _fixture.Loop.RunUntilIdle();
        Assert.Equal("413", _fixture.Recorder.Received);
    }

    [Fact]
    public void WriteAfterClose_IsDropped()
    {
        _fixture.Connect();
        _fixture.Connection.Close(ConnectionCloseType.Abort, "test");
        _fixture.Write("nobody");
        _fixture.Connection.WriteBuffer.Append("nobody"u8);
        _fixture.Connection.NotifyWritten();
        _fixture.Loop.RunUntilIdle();
        Assert.Equal(0, _fixture.Loop.Dispatcher.Blocks.Rented);
        Assert.Empty(_fixture.Loop.Contained);
    }

    private sealed class Stamp(string name, List<string> order) : IWriteFilter
    {
        internal FilterStatus Status { get; set; } = FilterStatus.Continue;

        public void OnInitialize(Connection connection)
        {
        }

        public FilterStatus OnWrite(Buffer data, bool endStream)
        {
            order.Add(name);
            return Status;
        }
    }
}
