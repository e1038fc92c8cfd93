using Nuncio.IO.Interop;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Time;

namespace Nuncio.Testing.Network;

/// <summary>
/// A whole network in memory, for dispatchers that run in a test: descriptors, listening sockets, connections, and a script for
/// what goes wrong. Deterministic and single-threaded; time is the test's <see cref="ManualClock"/>.
/// </summary>
/// <remarks>
/// The proxy side is <see cref="Sockets"/> and <see cref="CreatePoller"/>; the test side is <see cref="Listen"/> (an upstream) and
/// <see cref="Connect"/> (a client). Bytes arrive at once, or after <see cref="Latency"/>.
/// </remarks>
public sealed class SimulatedNetwork
{
    private readonly ManualClock _clock;
    private readonly SortedDictionary<int, SimulatedSocket> _descriptors = [];
    private readonly List<SimulatedSocket> _listening = [];
    private readonly Dictionary<NetworkAddress, int> _connectErrors = [];
    private readonly HashSet<NetworkAddress> _hanging = [];
    private readonly PriorityQueue<Action, (long At, long Order)> _scheduled = new();
    private long _scheduleOrder;
    private int _nextPort = 40000;
    private int _nextListener;

    /// <summary>An empty network.</summary>
    public SimulatedNetwork(ManualClock clock)
    {
        _clock = clock;
        Sockets = new SimulatedSocketApi(this);
    }

    /// <summary>The socket operations to give to dispatchers.</summary>
    public SocketApi Sockets { get; }

    /// <summary>Time bytes, ends and connects take.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Descriptors the process may have; more are refused with EMFILE.</summary>
    public int DescriptorLimit { get; set; } = int.MaxValue;

    /// <summary>Descriptors open now.</summary>
    public int OpenDescriptors => _descriptors.Count;

    /// <summary>Most bytes one receive or send of sockets made from now on moves, to force partial reads and writes.</summary>
    public int MaxBytesPerCall { get; set; } = int.MaxValue;

    /// <summary>Bytes a test-side peer made from now on takes before its sender must wait.</summary>
    public int PeerReceiveCapacity { get; set; } = int.MaxValue;

    /// <summary>Receive calls so far, and send calls: the system calls a test may count.</summary>
    public int ReceiveCalls { get; internal set; }

    /// <summary>Send calls so far.</summary>
    public int SendCalls { get; internal set; }

    /// <summary>When the next scheduled thing happens, in clock nanoseconds; null when nothing is scheduled.</summary>
    public long? NextEventNanos => _scheduled.TryPeek(out _, out (long At, long Order) key) ? key.At : null;

    /// <summary>A poller for one dispatcher.</summary>
    public SimulatedPoller CreatePoller() => new(this);

    /// <summary>An upstream of the test, listening at "ip:port" or a path.</summary>
    public SimulatedServer Listen(string address) => Listen(Parse(address));

    /// <inheritdoc cref="Listen(string)"/>
    public SimulatedServer Listen(NetworkAddress address)
    {
        SimulatedSocket socket = new(this) { Local = address, IsListening = true };
        _listening.Add(socket);
        return new SimulatedServer(this, socket);
    }

    /// <summary>A client of the test. The connection waits to be accepted; fails when nobody listens there.</summary>
    public SimulatedPeer Connect(string address, string from = "127.0.0.1") => Connect(Parse(address), from);

    /// <inheritdoc cref="Connect(string, string)"/>
    public SimulatedPeer Connect(NetworkAddress address, string from = "127.0.0.1")
    {
        SimulatedSocket? listener = FindListener(address)
            ?? throw new InvalidOperationException($"nobody listens on {address}");
        SimulatedSocket client = new(this) { ReceiveCapacity = PeerReceiveCapacity };
        NetworkAddress.TryParseIp(from, _nextPort++, out NetworkAddress? local);
        client.Local = address.IsIp ? local : NetworkAddress.UnnamedPipe;
        client.Remote = address;
        Transmit(() => Join(client, listener));
        return new SimulatedPeer(client);
    }

    /// <summary>Connects to this address end with an error number, refused by default.</summary>
    public void FailConnects(string address, int error = Errno.ConnectionRefused) => _connectErrors[Parse(address)] = error;

    /// <summary>Connects to this address never end.</summary>
    public void HangConnects(string address) => _hanging.Add(Parse(address));

    /// <summary>Takes back what was scripted for connects to this address.</summary>
    public void RestoreConnects(string address)
    {
        _connectErrors.Remove(Parse(address));
        _hanging.Remove(Parse(address));
    }

    /// <summary>What an option of an open descriptor was set to; null when it was not.</summary>
    public byte[]? OptionOf(int fd, int level, int name) => Find(fd)?.Options.GetValueOrDefault((level, name));

    /// <summary>"1.2.3.4:80", "[::1]:80", or a path starting with '/' or '@'.</summary>
    public static NetworkAddress Parse(string address)
    {
        if (address[0] is '/' or '@')
        {
            return NetworkAddress.FromPipe(address);
        }

        return NetworkAddress.TryParseIpAndPort(address, out NetworkAddress? parsed) ? parsed! : throw new FormatException(address);
    }

    /// <summary>Runs what is due at the clock's time; answers whether there was something.</summary>
    internal bool RunDue()
    {
        bool any = false;
        while (_scheduled.TryPeek(out Action? action, out (long At, long Order) key) && key.At <= _clock.MonotonicNanos)
        {
            _scheduled.Dequeue();
            action();
            any = true;
        }

        return any;
    }

    internal void Transmit(Action arrive)
    {
        if (Latency == TimeSpan.Zero && _scheduled.Count == 0)
        {
            arrive();
        }
        else
        {
            _scheduled.Enqueue(arrive, (_clock.MonotonicNanos + Latency.Ticks * 100, _scheduleOrder++));
        }
    }

    internal SimulatedSocket? Find(int fd) => _descriptors.GetValueOrDefault(fd);

    /// <summary>Gives a socket the lowest free number, as the kernel does: numbers are soon used again.</summary>
    internal int Assign(SimulatedSocket socket)
    {
        if (_descriptors.Count >= DescriptorLimit)
        {
            return -Errno.TooManyFiles;
        }

        int fd = 3;
        foreach (int used in _descriptors.Keys)
        {
            if (used != fd)
            {
                break;
            }

            fd++;
        }

        socket.Fd = fd;
        _descriptors.Add(fd, socket);
        return fd;
    }

    /// <summary>A second descriptor of a listening socket: here a socket of its own that takes every other connection.</summary>
    internal int Duplicate(SimulatedSocket socket)
    {
        SimulatedSocket copy = new(this) { Local = socket.Local };
        int fd = Assign(copy);
        if (fd >= 0 && socket.IsListening)
        {
            StartListening(copy, socket.Backlog);
        }

        return fd;
    }

    /// <summary>Two connected sockets of the proxy.</summary>
    internal int Pair(out int one, out int other)
    {
        SimulatedSocket first = new(this) { MaxBytesPerCall = MaxBytesPerCall };
        SimulatedSocket second = new(this) { MaxBytesPerCall = MaxBytesPerCall };
        one = Assign(first);
        other = one < 0 ? one : Assign(second);
        if (other < 0)
        {
            int error = other;
            if (one >= 0)
            {
                CloseDescriptor(one);
            }

            one = other = -1;
            return error;
        }

        first.Local = first.Remote = second.Local = second.Remote = NetworkAddress.UnnamedPipe;
        second.Other = first;
        second.IsConnected = true;
        first.CompleteConnect(second);
        return 0;
    }

    internal int CloseDescriptor(int fd)
    {
        if (!_descriptors.Remove(fd, out SimulatedSocket? socket))
        {
            return -Errno.BadFile;
        }

        _listening.Remove(socket);
        socket.Close();
        return 0;
    }

    internal int Bind(SimulatedSocket socket, NetworkAddress address)
    {
        bool shares = socket.Options.ContainsKey((SocketOptions.LevelSocket, SocketOptions.ReusePort));
        foreach (SimulatedSocket other in _descriptors.Values)
        {
            // Accepted sockets are no hindrance to one with SO_REUSEADDR, which all of ours have.
            if (other != socket && !other.IsConnected && address.Port != 0 && other.Local?.Equals(address) == true &&
                !(shares && other.Options.ContainsKey((SocketOptions.LevelSocket, SocketOptions.ReusePort))))
            {
                return -Errno.AddressInUse;
            }
        }

        socket.Local = address.IsIp && address.Port == 0 ? address.WithPort(_nextPort++) : address;
        return 0;
    }

    internal void StartListening(SimulatedSocket socket, int backlog)
    {
        socket.IsListening = true;
        socket.Backlog = backlog;
        _listening.Add(socket);
    }

    internal void StopListening(SimulatedSocket socket)
    {
        _listening.Remove(socket);
        socket.Close();
    }

    internal int StartConnect(SimulatedSocket socket, NetworkAddress address)
    {
        socket.Remote = address;
        socket.Local ??= address.IsIp ? NetworkAddress.FromIPv4(0x7F000001, _nextPort++) : NetworkAddress.UnnamedPipe;
        if (_hanging.Contains(address))
        {
            return -Errno.InProgress;
        }

        if (_connectErrors.TryGetValue(address, out int scripted))
        {
            if (scripted is Errno.NetworkUnreachable or Errno.AddressNotAvailable)
            {
                return -scripted;
            }

            Transmit(() => socket.FailConnect(scripted));
            return -Errno.InProgress;
        }

        Transmit(() =>
        {
            if (FindListener(address) is { } listener)
            {
                Join(socket, listener);
            }
            else
            {
                socket.FailConnect(Errno.ConnectionRefused);
            }
        });
        return -Errno.InProgress;
    }

    private static bool Takes(SimulatedSocket listener, NetworkAddress address) =>
        listener.Local is { } local &&
        (local.Equals(address) || (local.IsAnyIp && local.Port == address.Port && address.IsIp));

    private SimulatedSocket? FindListener(NetworkAddress address)
    {
        List<SimulatedSocket> fitting = _listening.FindAll(listener => !listener.IsClosed && Takes(listener, address));
        return fitting.Count == 0 ? null : fitting[_nextListener++ % fitting.Count];
    }

    private void Join(SimulatedSocket client, SimulatedSocket listener)
    {
        if (listener.IsClosed || !listener.HasBacklogRoom)
        {
            client.FailConnect(Errno.ConnectionRefused);
            return;
        }

        SimulatedSocket accepted = new(this)
        {
            Local = client.Remote,
            Remote = client.Local,
            MaxBytesPerCall = MaxBytesPerCall,
            ReceiveCapacity = listener.Fd < 0 ? PeerReceiveCapacity : int.MaxValue,
        };
        accepted.Other = client;
        accepted.IsConnected = true;
        client.CompleteConnect(accepted);
        listener.Enqueue(accepted);
    }
}
