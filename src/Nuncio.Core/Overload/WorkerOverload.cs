using Nuncio.Base.Random;
using Nuncio.Base.Stats;
using Nuncio.IO.Events;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Overload;

/// <summary>
/// The overload actions as one worker sees them: asked at fixed points of the path, so every answer is a field or a comparison. Envoy:
/// "Overload manager".
/// </summary>
/// <remarks>
/// Owner: the worker; the <see cref="OverloadManager"/> configures it before the worker runs and publishes new states by posting.
/// Without a configured manager everything is let through. An action or point whose state lies between 0 and 1 is a probability.
/// </remarks>
public sealed class WorkerOverload
{
    private readonly Dispatcher? _dispatcher;
    private readonly double[] _points = new double[OverloadNames.PointCount];
    private readonly Counter?[] _shed = new Counter?[OverloadNames.PointCount];
    private GlobalConnections _connections = new();
    private ScaledTimers? _timers;
    private double _stopRequests;
    private double _disableKeepAlive;
    private double _rejectConnections;

    /// <summary>One that lets everything through until it is configured.</summary>
    /// <param name="dispatcher">The worker's loop; null for one that makes no timers.</param>
    public WorkerOverload(Dispatcher? dispatcher = null) => _dispatcher = dispatcher;

    /// <summary>For listeners that bypass the overload manager: one that is never configured.</summary>
    public static WorkerOverload Bypass(Dispatcher dispatcher) => new(dispatcher);

    /// <summary>Whether listeners must not accept (<c>stop_accepting_connections</c>).</summary>
    public bool StopsAccepting { get; private set; }

    /// <summary>Called when <see cref="StopsAccepting"/> changed.</summary>
    public event Action? AcceptingChanged;

    /// <summary>Counts a connection that was accepted; false when the process has as many as it may, and it is not counted.</summary>
    /// <param name="ignoreLimit"><c>ignore_global_conn_limit</c>: always admitted, counted all the same.</param>
    public bool TryAdmitConnection(bool ignoreLimit) => _connections.TryAdd(ignoreLimit);

    /// <summary>An admitted connection has ended.</summary>
    public void ReleaseConnection() => _connections.Remove();

    /// <summary>Whether a connection just accepted is to be closed at once (<c>reject_incoming_connections</c>).</summary>
    public bool RejectsConnection(RandomSource random) => Hits(_rejectConnections, random);

    /// <summary>Whether a request just begun is to be answered 503 (<c>stop_accepting_requests</c>).</summary>
    public bool StopsRequest(RandomSource random) => Hits(_stopRequests, random);

    /// <summary>Whether a connection is to end after the response about to be sent (<c>disable_http_keepalive</c>).</summary>
    public bool DisablesKeepAlive(RandomSource random) => Hits(_disableKeepAlive, random);

    /// <summary>Whether the work at this point is to be turned away; counted then.</summary>
    public bool Sheds(LoadShedPoint point, RandomSource random)
    {
        if (!Hits(_points[(int)point], random))
        {
            return false;
        }

        _shed[(int)point]?.Inc();
        return true;
    }

    /// <summary>A timer that <c>reduce_timeouts</c> shortens if it is configured for the kind. Disarmed.</summary>
    public ScaledTimer MakeTimer(ScaledTimerKind kind, ITimerHandler handler, int tag = 0) =>
        _timers is { } timers ? timers.Make(kind, handler, tag) : new ScaledTimer(new Timer(_dispatcher!.Timers, handler, tag));

    /// <summary>Before the worker runs: what it counts connections with.</summary>
    internal void Use(GlobalConnections connections) => _connections = connections;

    /// <summary>Before the worker runs: which timeouts are shortened.</summary>
    internal void Use(ScaledTimerMinimums minimums) => _timers = new ScaledTimers(_dispatcher!, minimums);

    /// <summary>Before the worker runs: where a point counts what it turned away.</summary>
    internal void Use(LoadShedPoint point, Counter shed) => _shed[(int)point] = shed;

    /// <summary>Takes over a new state. Owner thread.</summary>
    internal void Apply(OverloadState state)
    {
        _stopRequests = state.Of(OverloadAction.StopAcceptingRequests);
        _disableKeepAlive = state.Of(OverloadAction.DisableHttpKeepAlive);
        _rejectConnections = state.Of(OverloadAction.RejectIncomingConnections);
        state.Points.CopyTo(_points, 0);
        _timers?.SetFactor(1 - state.Of(OverloadAction.ReduceTimeouts));

        // Last: the listeners it wakes may accept at once. Envoy: this action has no degrees, it is on when saturated.
        SetStopsAccepting(state.Of(OverloadAction.StopAcceptingConnections) >= 1);
    }

    /// <summary>Publishes whether listeners accept.</summary>
    internal void SetStopsAccepting(bool stops)
    {
        if (StopsAccepting != stops)
        {
            StopsAccepting = stops;
            AcceptingChanged?.Invoke();
        }
    }

    private static bool Hits(double probability, RandomSource random) =>
        probability > 0 && (probability >= 1 || random.NextDouble() < probability);
}
