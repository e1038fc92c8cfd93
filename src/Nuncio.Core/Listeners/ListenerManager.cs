using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Runtime;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Listeners;

/// <summary>A listener as it runs, for the admin interface.</summary>
/// <param name="Config">Its configuration.</param>
/// <param name="Bound">The addresses it listens on, with the ports the system chose.</param>
/// <param name="UpdatedAtUtcTicks">When it got this configuration.</param>
public sealed record ListenerSnapshot(ListenerConfig Config, IReadOnlyList<NetworkAddress> Bound, long UpdatedAtUtcTicks);

/// <summary>
/// All listeners of the process: makes their sockets, publishes them to the workers, changes them while they run, stops and drains them.
/// Envoy's page: "Listener discovery service", "Draining".
/// </summary>
/// <remarks>
/// <para>Owner: the main thread. One per process. How a listener is changed is in the other part of this class.</para>
/// <code>
///   (AddOrUpdate) --> warming --everything is there--> active --changed or removed--> draining --drain time--> gone
/// </code>
/// <para>
/// An address in use is an error before anything is published; a listener with an error leaves the one before it as it was.
/// </para>
/// </remarks>
public sealed partial class ListenerManager
{
    private readonly Dispatcher _main;
    private readonly LayeredRuntime _runtime;
    private readonly ConnectionHandler[] _handlers;
    private readonly ListenerManagerStats _stats;
    private readonly ListenSockets _sockets;
    private readonly HashSet<string> _stopped = new(StringComparer.Ordinal);
    private readonly HealthCheckState _health = new();
    private readonly DrainState _inboundDrain = new();
    private readonly DrainState _otherDrain = new();
    private List<Action<ConnectionHandler>>? _step;
    private bool _isStarted;
    private bool _allAreStopped;
    private bool _inboundIsStopped;

    /// <summary>For the workers given; the scope is the main thread's root.</summary>
    public ListenerManager(Dispatcher main, IReadOnlyList<WorkerContext> workers, StatScope root, LayeredRuntime runtime)
    {
        _main = main;
        _runtime = runtime;
        _sockets = new ListenSockets(main.Sockets, workers.Count);
        _handlers = new ConnectionHandler[workers.Count];
        for (int i = 0; i < _handlers.Length; i++)
        {
            _handlers[i] = new ConnectionHandler(workers[i], i) { Idle = () => WorkerIdle?.Invoke() };
        }

        _stats = new ListenerManagerStats(root.SubScope("listener_manager"));
    }

    /// <summary>The listeners that take connections or will once the workers are started, in the order they came in.</summary>
    public IReadOnlyList<ListenerSnapshot> Listeners { get; private set; } = [];

    /// <summary>Rises whenever <see cref="Listeners"/> changes.</summary>
    public int Version { get; private set; }

    /// <summary>How long clients of a changed or removed listener are told to go before their connections are closed; 600 s.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>Whether all of them are told at once, not ever more of them.</summary>
    public bool DrainsImmediately { get; set; }

    /// <summary>
    /// Whether clients may connect as soon as an address is bound, and wait. Off, they are refused until the listener is published, so that a
    /// proxy that still looks up its hosts does not seem to be there.
    /// </summary>
    public bool ListensAtOnce { get; init; }

    /// <summary>Sockets that were open before this process; asked before an address is bound.</summary>
    public IInheritedSockets? InheritedSockets
    {
        get => _sockets.Inherited;
        set => _sockets.Inherited = value;
    }

    /// <summary>Called with a listener's name and what went wrong, when one that was bound could not begin to listen.</summary>
    public Action<string, string>? Failed { get; set; }

    /// <summary>Called on the thread of a worker, when a listener may have lost its last connection there.</summary>
    public Action? WorkerIdle { get; set; }

    /// <summary>Every listening socket, for the next process in a hot restart.</summary>
    public IReadOnlyList<ListenSocketInfo> GetListenSockets() => _sockets.All;

    /// <summary>Publishes everything that was added and is warm: workers begin to accept.</summary>
    public void Start()
    {
        _isStarted = true;
        InOneStep(() =>
        {
            foreach (ListenerCandidate candidate in new List<ListenerCandidate>(_warming.Values))
            {
                PublishIfReady(candidate);
            }
        });

        _stats.WorkersStarted.Set(1);
    }

    /// <summary>
    /// Accepts no more connections on any listener, or on those for inbound traffic; those that live go on. For good: such listeners are
    /// neither added nor changed any more.
    /// </summary>
    public void StopListening(bool inboundOnly = false)
    {
        _allAreStopped |= !inboundOnly;
        _inboundIsStopped = true;
        foreach (PublishedListener listener in _active.Values)
        {
            // Connections that still drain may need the internal ones.
            bool isMeant = !listener.Config.IsInternal && (!inboundOnly || listener.Config.Direction == TrafficDirection.Inbound);
            if (isMeant && _stopped.Add(listener.Config.Name))
            {
                _stats.Stopped.Inc();
                PostToWorkers(handler => handler.StopListening(listener));
                ReleaseSockets(listener);
            }
        }
    }

    /// <summary>While it fails, responses tell clients to go away.</summary>
    public void SetHealthCheckFailing(bool failing) => _health.IsFailing = failing;

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
        PostToWorkers(static handler => handler.Drain());
    }

    /// <summary>Ends every connection at once; what was in flight is logged as cut off.</summary>
    public void CloseConnections(string reason) => PostToWorkers(handler => handler.CloseAll(reason));

    /// <summary>Asks every worker how many connections live; <paramref name="done"/> gets the sum on the main thread.</summary>
    public void CountConnections(Action<int> done)
    {
        int left = _handlers.Length;
        int sum = 0;
        foreach (ConnectionHandler handler in _handlers)
        {
            handler.Worker.Dispatcher.Post(() =>
            {
                int count = handler.ActiveConnections;
                _main.Post(() =>
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

    /// <summary>
    /// Everything posted to a worker meanwhile happens there without a connection in between: one that is handed to another listener finds
    /// it whichever was named first.
    /// </summary>
    private void InOneStep(Action publish)
    {
        List<Action<ConnectionHandler>> works = _step = [];
        try
        {
            publish();
        }
        finally
        {
            _step = null;
        }

        PostToWorkers(handler =>
        {
            foreach (Action<ConnectionHandler> work in works)
            {
                handler.Do(work);
            }
        });
    }

    private void PostToWorkers(Action<ConnectionHandler> work)
    {
        if (_step is not null)
        {
            _step.Add(work);
            return;
        }

        foreach (ConnectionHandler handler in _handlers)
        {
            handler.Worker.Dispatcher.Post(() => work(handler));
        }
    }

    /// <summary>Calls back on the main thread when every worker has done all that was posted to it before.</summary>
    private void AfterWorkers(Action done)
    {
        int left = _handlers.Length;
        PostToWorkers(_ => _main.Post(() =>
        {
            if (--left == 0)
            {
                done();
            }
        }));
    }
}
