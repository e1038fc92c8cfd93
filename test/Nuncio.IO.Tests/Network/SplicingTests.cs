using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.IO.Events;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Tests.Network;

/// <summary>
/// A relay over real sockets (the kernel's pipes cannot be simulated): source -> relay -> sink, all on one dispatcher.
/// </summary>
public sealed class SplicingTests : IDisposable
{
    private readonly EpollPoller _poller = new();
    private readonly Dispatcher _dispatcher;

    public SplicingTests() =>
        _dispatcher = new Dispatcher("test", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));

    public void Dispose() => _poller.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BulkThroughARelay_ArrivesWholeWithItsEnd(bool mayBlock)
    {
        using Relay relay = new(_dispatcher);
        byte[] expected = new byte[12_000_000];
        new RandomSource(3).Fill(expected);
        relay.Source.Write(Filled(expected), endStream: true);
        if (mayBlock)
        {
            relay.Sink.ReadDisable(true);
            RunUntil(() => relay.Inbound.IsSplicing && relay.Sink.BytesReceived == 0);
            for (int i = 0; i < 50; i++)
            {
                _dispatcher.RunOnce(1_000_000);
            }

            Assert.True(relay.Inbound.IsSplicing);
            relay.Sink.ReadDisable(false);
        }

        RunUntil(() => relay.SawEnd);
        Assert.True(relay.WasSpliced);
        Assert.True(relay.Received.AsSpan().SequenceEqual(expected));
        Assert.Equal((ulong)expected.Length, relay.Inbound.BytesReceived);
        Assert.Equal((ulong)expected.Length, relay.Outbound.BytesSent);
        Assert.Equal(expected.Length, relay.BytesSentTold);
        Assert.False(relay.Inbound.IsSplicing);
    }

    [Fact]
    public void SmallMessagesAfterBulk_GoThroughTheFilterAgain()
    {
        using Relay relay = new(_dispatcher);
        relay.Source.Write(Filled(new byte[8_000_000]), endStream: false);
        RunUntil(() => relay.Received.Length == 8_000_000);
        int total = 8_000_000;
        for (int i = 0; i < 40; i++)
        {
            relay.Source.Write(Filled(new byte[100]), endStream: false);
            total += 100;
            RunUntil(() => relay.Received.Length == total);
        }

        Assert.True(relay.WasSpliced);
        Assert.False(relay.Inbound.IsSplicing);
    }

    [Fact]
    public void TargetClosesMidway_ThePipeIsClosedAndTheSourceGoesOn()
    {
        using Relay relay = new(_dispatcher);
        relay.Sink.ReadDisable(true);
        relay.Source.Write(Filled(new byte[12_000_000]), endStream: false);
        RunUntil(() => relay.Inbound.IsSplicing);
        relay.Outbound.Close(ConnectionCloseType.NoFlush, "test");
        Assert.False(relay.Inbound.IsSplicing);
        Assert.Equal(ConnectionState.Open, relay.Inbound.State);
    }

    [Fact]
    public void SourceResetsMidway_WhatWasTakenArrivesThenTheCloseIsTold()
    {
        using Relay relay = new(_dispatcher);
        relay.Sink.ReadDisable(true);
        relay.Source.Write(Filled(new byte[12_000_000]), endStream: false);
        RunUntil(() => relay.Inbound.IsSplicing);
        relay.Source.Close(ConnectionCloseType.AbortReset, "test");
        relay.Sink.ReadDisable(false);
        RunUntil(() => relay.Inbound.State == ConnectionState.Closed);
        RunUntil(() => (ulong)relay.Received.Length == relay.Inbound.BytesReceived);
    }

    private Buffer Filled(byte[] bytes)
    {
        Buffer buffer = new(_dispatcher.Blocks);
        buffer.Append(bytes);
        return buffer;
    }

    private void RunUntil(Func<bool> condition)
    {
        long deadline = SystemClock.Instance.MonotonicNanos + 30_000_000_000;
        while (!condition())
        {
            Assert.True(SystemClock.Instance.MonotonicNanos < deadline, "did not happen in time");
            _dispatcher.RunOnce(100_000_000);
        }
    }

    /// <summary>Four connections: Source (client) to Inbound, Outbound to Sink; what Inbound gets goes to Outbound.</summary>
    private sealed class Relay : IListenerCallbacks, IReadFilter, IConnectionCallbacks, IDisposable
    {
        private readonly Dispatcher _dispatcher;
        private readonly TcpListener _listener;
        private readonly List<Connection> _accepted = [];
        private readonly MemoryStream _received = new();

        internal Relay(Dispatcher dispatcher)
        {
            _dispatcher = dispatcher;
            NetworkAddress any = NetworkAddress.FromIPv4(0x7F000001, 0);
            int fd = ListenSocket.Bind(dispatcher.Sockets, any, new ListenSocketOptions(), out _);
            ListenSocket.Listen(dispatcher.Sockets, fd, any, new ListenSocketOptions(), out _);
            _listener = new TcpListener(dispatcher, fd, any, this);
            Source = Connect();
            Inbound = _accepted[0];
            Outbound = Connect();
            Sink = _accepted[1];
            Inbound.AddReadFilter(this);
            Inbound.Initialize();
            Outbound.AddCallbacks(this);
            Sink.AddReadFilter(new Collector(this));
            Sink.Initialize();
            Inbound.AllowSplice(Outbound);
        }

        internal Connection Source { get; }

        internal Connection Inbound { get; }

        internal Connection Outbound { get; }

        internal Connection Sink { get; }

        internal byte[] Received => _received.ToArray();

        internal bool SawEnd { get; private set; }

        internal bool WasSpliced { get; private set; }

        internal long BytesSentTold { get; private set; }

        public void OnAccepted(int fd, NetworkAddress remote)
        {
            Connection connection = new(_dispatcher, fd, new RawTransportSocket(), null, remote) { HalfCloseEnabled = true };
            connection.SetBufferLimit(1024 * 1024);
            _accepted.Add(connection);
        }

        public void OnAcceptFailed(int error) => Assert.Fail($"accept: {error}");

        public void OnInitialize(Connection connection)
        {
        }

        public FilterStatus OnNewConnection() => FilterStatus.Continue;

        public FilterStatus OnData(Buffer data, bool endStream)
        {
            Outbound.Write(data, endStream);
            return FilterStatus.StopIteration;
        }

        public void OnConnectionEvent(ConnectionEvent connectionEvent)
        {
        }

        public void OnAboveWriteBufferHighWatermark() => Inbound.ReadDisable(true);

        public void OnBelowWriteBufferLowWatermark() => Inbound.ReadDisable(false);

        public void OnBytesSent(int bytes)
        {
            BytesSentTold += bytes;
            WasSpliced |= Inbound.IsSplicing;
        }

        public void Dispose()
        {
            foreach (Connection connection in (Connection[])[Source, Inbound, Outbound, Sink])
            {
                connection.Close(ConnectionCloseType.Abort, "test");
            }

            _listener.Dispose();
            _dispatcher.RunOnce(0);
        }

        private Connection Connect()
        {
            int count = _accepted.Count;
            Connection connection =
                Connection.Connect(_dispatcher, _listener.Address, new RawTransportSocket(), ConnectOptions.Default);
            connection.HalfCloseEnabled = true;
            while (_accepted.Count == count || connection.State == ConnectionState.Connecting)
            {
                _dispatcher.RunOnce(1_000_000_000);
            }

            return connection;
        }

        private sealed class Collector(Relay relay) : IReadFilter
        {
            public void OnInitialize(Connection connection)
            {
            }

            public FilterStatus OnNewConnection() => FilterStatus.Continue;

            public FilterStatus OnData(Buffer data, bool endStream)
            {
                relay._received.Write(data.ToArray());
                data.Clear();
                relay.SawEnd |= endStream;
                return FilterStatus.StopIteration;
            }
        }
    }
}
