using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>A listener as it runs, for the admin interface.</summary>
/// <param name="Config">Its configuration.</param>
/// <param name="Bound">The addresses it listens on, with the ports the system chose.</param>
public sealed record ListenerSnapshot(ListenerConfig Config, IReadOnlyList<NetworkAddress> Bound);

/// <summary>
/// Makes the listeners' sockets and publishes listeners to the workers; stops and drains them.
/// </summary>
/// <remarks>
/// Owner: the main thread. One per process. A listener's sockets, one per worker with reuse_port, are made here and handed over, so that
/// an address in use is an error before anything starts.
/// </remarks>
public sealed class ListenerManager
{
    private readonly SocketApi _sockets;
    private readonly ConnectionHandler[] _handlers;
    private readonly ListenerManagerStats _stats;
    private readonly List<ListenerSnapshot> _listeners = [];
    private readonly HashSet<string> _stopped = new(StringComparer.Ordinal);
    private readonly DrainState _inboundDrain = new();
    private readonly DrainState _otherDrain = new();
    private readonly List<(ListenerConfig Config, IReadOnlyList<(int Fd, NetworkAddress Address)>[] Sockets)> _waiting = [];

    /// <summary>For the workers given; the scope is the main thread's root.</summary>
    public ListenerManager(SocketApi sockets, IReadOnlyList<WorkerContext> workers, StatScope root)
    {
        _sockets = sockets;
        _handlers = new ConnectionHandler[workers.Count];
        for (int i = 0; i < _handlers.Length; i++)
        {
            _handlers[i] = new ConnectionHandler(workers[i]) { Idle = OnWorkerIdle };
        }

        _stats = new ListenerManagerStats(root.SubScope("listener_manager"));
    }

    /// <summary>The listeners, in the order of the configuration.</summary>
    public IReadOnlyList<ListenerSnapshot> Listeners => _listeners;

    /// <summary>Called on the thread of a worker, when a listener may have lost its last connection there.</summary>
    public Action? WorkerIdle { get; set; }

    /// <summary>Makes the sockets of a listener; workers get it with <see cref="Start"/>. Null, or what went wrong.</summary>
    public string? TryAdd(ListenerConfig config)
    {
        int copies = config.Addresses[0] is { Options.ReusePort: true, Address.IsIp: true } ? _handlers.Length : 1;
        var perWorker = new List<(int Fd, NetworkAddress Address)>[_handlers.Length];
        for (int i = 0; i < perWorker.Length; i++)
        {
            perWorker[i] = [];
        }

        var bound = new List<NetworkAddress>();
        foreach (ListenAddress wanted in config.Addresses)
        {
            ListenAddress listen = wanted;
            for (int i = 0; i < copies; i++)
            {
                int fd = Open(listen, out NetworkAddress address, out string? error);
                if (fd < 0)
                {
                    _stats.CreateFailure.Inc();
                    CloseAll(perWorker);
                    return error;
                }

                // Port 0: the first socket chooses, the other workers' follow.
                listen = listen with { Address = address };
                perWorker[i].Add((fd, address));
                if (i == 0)
                {
                    bound.Add(address);
                }
            }
        }

        Share(perWorker, copies);
        _waiting.Add((config, perWorker));
        _listeners.Add(new ListenerSnapshot(config, bound));
        _stats.Added.Inc();
        _stats.Warming.Inc();
        return null;
    }

    /// <summary>Publishes everything that was added: workers begin to accept.</summary>
    public void Start()
    {
        foreach ((ListenerConfig config, IReadOnlyList<(int Fd, NetworkAddress Address)>[] sockets) in _waiting)
        {
            DrainState drain = config.Direction == TrafficDirection.Inbound ? _inboundDrain : _otherDrain;
            for (int i = 0; i < _handlers.Length; i++)
            {
                ConnectionHandler handler = _handlers[i];
                IReadOnlyList<(int Fd, NetworkAddress Address)> mine = sockets[i];
                handler.Worker.Dispatcher.Post(() => handler.Add(config, drain, mine));
            }

            _stats.CreateSuccess.Inc();
            _stats.Warming.Dec();
            _stats.Active.Inc();
        }

        _waiting.Clear();
        _stats.WorkersStarted.Set(1);
    }

    /// <summary>Accepts no more connections on any listener, or on those for inbound traffic; those that live go on.</summary>
    public void StopListening(bool inboundOnly = false)
    {
        foreach (ConnectionHandler handler in _handlers)
        {
            handler.Worker.Dispatcher.Post(() => handler.StopListening(inboundOnly));
        }

        foreach (ListenerSnapshot listener in _listeners)
        {
            if ((!inboundOnly || listener.Config.Direction == TrafficDirection.Inbound) && _stopped.Add(listener.Config.Name))
            {
                _stats.Stopped.Inc();
            }
        }
    }

    /// <summary>While it fails, responses tell clients to go away.</summary>
    public void SetHealthCheckFailing(bool failing)
    {
        _inboundDrain.SetFailing(failing);
        _otherDrain.SetFailing(failing);
    }

    /// <summary>
    /// Responses tell clients to go away, ever more of them over the duration (0: all at once). Listening goes on.
    /// </summary>
    public void BeginDrain(bool inboundOnly, long nowNanos, long durationNanos)
    {
        _inboundDrain.BeginGradually(nowNanos, durationNanos);
        if (!inboundOnly)
        {
            _otherDrain.BeginGradually(nowNanos, durationNanos);
        }
    }

    /// <summary>Idle HTTP connections close, busy ones after their response.</summary>
    public void Drain()
    {
        _inboundDrain.Begin();
        _otherDrain.Begin();
        foreach (ConnectionHandler handler in _handlers)
        {
            handler.Worker.Dispatcher.Post(handler.Drain);
        }
    }

    /// <summary>Ends every connection at once; what was in flight is logged as cut off.</summary>
    public void CloseConnections(string reason)
    {
        foreach (ConnectionHandler handler in _handlers)
        {
            handler.Worker.Dispatcher.Post(() => handler.CloseAll(reason));
        }
    }

    /// <summary>Asks every worker how many connections live; <paramref name="done"/> gets the sum on the main thread.</summary>
    public void CountConnections(IO.Events.Dispatcher main, Action<int> done)
    {
        int left = _handlers.Length;
        int sum = 0;
        foreach (ConnectionHandler handler in _handlers)
        {
            handler.Worker.Dispatcher.Post(() =>
            {
                int count = handler.ActiveConnections;
                main.Post(() =>
                {
                    sum += count;
                    if (--left == 0)
                    {
                        done(sum);
                    }
                });
            });
        }
    }

    private int Open(ListenAddress listen, out NetworkAddress bound, out string? error)
    {
        bound = listen.Address;
        int fd = ListenSocket.Bind(_sockets, listen.Address, listen.Options, out error);
        if (fd < 0)
        {
            return fd;
        }

        int result = ListenSocket.Listen(_sockets, fd, listen.Address, listen.Options, out error);
        if (result < 0)
        {
            _sockets.Close(fd);
            return result;
        }

        if (listen.Address is { IsIp: true, Port: 0 })
        {
            bound = _sockets.GetLocalAddress(fd) ?? bound;
        }

        return fd;
    }

    private void Share(List<(int Fd, NetworkAddress Address)>[] perWorker, int copies)
    {
        // Without reuse_port all workers accept from one socket; each needs a descriptor of its own to watch and close.
        for (int i = copies; i < perWorker.Length; i++)
        {
            foreach ((int fd, NetworkAddress address) in perWorker[0])
            {
                perWorker[i].Add((_sockets.Duplicate(fd), address));
            }
        }
    }

    private void CloseAll(List<(int Fd, NetworkAddress Address)>[] sockets)
    {
        foreach (List<(int Fd, NetworkAddress Address)> list in sockets)
        {
            foreach ((int fd, NetworkAddress _) in list)
            {
                _sockets.Close(fd);
            }
        }
    }

    private void OnWorkerIdle() => WorkerIdle?.Invoke();
}
