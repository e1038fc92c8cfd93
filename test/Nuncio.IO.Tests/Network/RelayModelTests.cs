using Nuncio.Base.Random;
using Nuncio.IO.Network;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

/// <summary>
/// A relay under random partial reads and writes, tiny buffers, latency and pauses: whatever happens, every byte arrives in order and
/// the end arrives after them. A lost edge shows as a relay that has come to rest with bytes outstanding.
/// </summary>
public sealed class RelayModelTests
{
    public static TheoryData<ulong> Seeds
    {
        get
        {
            TheoryData<ulong> seeds = [];
            for (ulong seed = 1; seed <= 40; seed++)
            {
                seeds.Add(seed);
            }

            return seeds;
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void RandomTraffic_ArrivesWholeBothWays(ulong seed)
    {
        RandomSource random = new(seed);
        using SimulatedLoop loop = new(seed: seed);
        loop.Network.MaxBytesPerCall = random.Next(2) == 0 ? int.MaxValue : 1 + (int)random.Next(5000);
        loop.Network.PeerReceiveCapacity = random.Next(3) == 0 ? int.MaxValue : 1 + (int)random.Next(20_000);
        loop.Network.Latency = TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 5 : 0);
        int limit = random.Next(2) == 0 ? 1 + (int)random.Next(2000) : 100_000;
        SimulatedServer server = loop.Network.Listen("10.0.0.1:80");
        Relay relay = new(loop, server.Address, limit);
        SimulatedPeer client = loop.Network.Connect(relay.Address);
        loop.Advance(TimeSpan.FromMilliseconds(50));
        SimulatedPeer upstream = server.Accept();

        Direction request = new(client, upstream, random, (int)random.Next(400_000));
        Direction response = new(upstream, client, random, (int)random.Next(400_000));
        for (int step = 0; step < 200_000 && !(request.IsDone && response.IsDone); step++)
        {
            request.Step();
            response.Step();
            relay.Disturb(random);
            if (loop.Network.Latency > TimeSpan.Zero && random.Next(4) == 0)
            {
                loop.Advance(TimeSpan.FromMilliseconds(random.Next(8)));
            }
            else
            {
                loop.RunUntilIdle();
            }
        }

        loop.Advance(TimeSpan.FromSeconds(1));
        request.Step();
        response.Step();
        Assert.True(request.IsDone, $"request: {request}");
        Assert.True(response.IsDone, $"response: {response}");
        loop.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(loop.Contained);
        Assert.Equal(0, loop.Dispatcher.Blocks.Rented);
        Assert.Equal(1, loop.Network.OpenDescriptors);
    }

    /// <summary>One direction of the traffic: what was sent, what must still come.</summary>
    private sealed class Direction(SimulatedPeer from, SimulatedPeer to, RandomSource random, int total)
    {
        private int _sent;
        private int _received;
        private bool _ended;

        internal bool IsDone => _ended && _received == total && to.IsEnded;

        public override string ToString() => $"sent {_sent} received {_received} of {total}, ended {_ended}, end seen {to.IsEnded}";

        internal void Step()
        {
            int room = Math.Min(total - _sent, from.WritableNow);
            if (room > 0 && random.Next(3) > 0)
            {
                byte[] bytes = new byte[1 + random.Next((uint)Math.Min(room, 30_000))];
                for (int i = 0; i < bytes.Length; i++)
                {
                    bytes[i] = ByteAt(_sent++);
                }

                from.Write(bytes);
            }
            else if (_sent == total && !_ended)
            {
                _ended = true;
                from.EndWriting();
            }

            if (random.Next(3) > 0 || _ended)
            {
                foreach (byte value in to.Read(1 + (int)random.Next(40_000)))
                {
                    Assert.Equal(ByteAt(_received++), value);
                }
            }
        }

        private static byte ByteAt(int position) => (byte)(position * 131 >> 4);
    }

    private sealed class Relay : IListenerCallbacks
    {
        private readonly SimulatedLoop _loop;
        private readonly NetworkAddress _upstream;
        private readonly int _limit;
        private readonly List<Side> _sides = [];

        internal Relay(SimulatedLoop loop, NetworkAddress upstream, int limit)
        {
            _loop = loop;
            _upstream = upstream;
            _limit = limit;
            NetworkAddress address = SimulatedNetwork.Parse(Address);
            int fd = ListenSocket.Bind(loop.Network.Sockets, address, new ListenSocketOptions(), out _);
            ListenSocket.Listen(loop.Network.Sockets, fd, address, new ListenSocketOptions(), out _);
            _ = new TcpListener(loop.Dispatcher, fd, address, this);
        }

        internal string Address { get; } = "127.0.0.1:80";

        public void OnAccepted(int fd, NetworkAddress remote)
        {
            Connection down = new(_loop.Dispatcher, fd, new RawTransportSocket(), null, remote) { HalfCloseEnabled = true };
            down.SetBufferLimit(_limit);
            Connection up = Connection.Connect(
                _loop.Dispatcher, _upstream, new RawTransportSocket(), new ConnectOptions { BufferLimit = _limit });
            up.HalfCloseEnabled = true;
            Side first = new(down, up);
            Side second = new(up, down);
            down.AddReadFilter(first);
            up.AddReadFilter(second);
            down.AddCallbacks(second);
            up.AddCallbacks(first);
            _sides.AddRange([first, second]);
            down.Initialize();
        }

        public void OnAcceptFailed(int error) => Assert.Fail($"accept: {error}");

        /// <summary>Stops and starts reading at random moments, as codecs do.</summary>
        internal void Disturb(RandomSource random)
        {
            foreach (Side side in _sides)
            {
                side.Pause(random.Next(5) == 0);
            }
        }

        /// <summary>Moves what one connection receives to the other.</summary>
        private sealed class Side(Connection from, Connection to) : IReadFilter, IConnectionCallbacks
        {
            private bool _paused;

            public void OnInitialize(Connection connection)
            {
            }

            public FilterStatus OnNewConnection() => FilterStatus.Continue;

            public FilterStatus OnData(Buffer data, bool endStream)
            {
                to.Write(data, endStream);
                return FilterStatus.StopIteration;
            }

            public void OnConnectionEvent(ConnectionEvent connectionEvent)
            {
            }

            public void OnAboveWriteBufferHighWatermark() => from.ReadDisable(true);

            public void OnBelowWriteBufferLowWatermark() => from.ReadDisable(false);

            internal void Pause(bool pause)
            {
                if (pause != _paused && from.State == ConnectionState.Open)
                {
                    _paused = pause;
                    from.ReadDisable(pause);
                }
            }
        }
    }
}
