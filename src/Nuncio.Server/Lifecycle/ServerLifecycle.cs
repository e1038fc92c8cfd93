using Microsoft.Extensions.Logging;
using Nuncio.Core.Listeners;
using Nuncio.IO.Events;
using Nuncio.IO.Timers;
using Nuncio.Server.CommandLine;

namespace Nuncio.Server.Lifecycle;

/// <summary>
/// Where the process is in its life, and the ways it can be told to drain and to end.
/// </summary>
/// <remarks>
/// <para>Owner: main thread; <see cref="PostShutdown"/> may be called from any.</para>
/// <code>
///   PreInitializing --> Initializing --(clusters are warm)--> Running --(SIGTERM, SIGINT, /quitquitquit)--> Terminating --> Ended
/// </code>
/// <para>
/// Terminating: /ready fails, nothing is accepted, idle connections close, busy ones after their response. It ends when the last
/// connection has gone, when the grace is over, or at a second signal. Envoy exits at once, which a grace of 0 does too.
/// </para>
/// </remarks>
public sealed class ServerLifecycle : ITimerHandler
{
    private const int GraceTimer = 0;
    private const int DrainTimer = 1;

    private readonly Dispatcher _main;
    private readonly ListenerManager _listeners;
    private readonly ServerStats _stats;
    private readonly ServerOptions _options;
    private readonly ILogger _log;
    private readonly Timer _grace;
    private readonly Timer _drain;
    private readonly long _startNanos;
    private volatile Phase _phase = Phase.PreInitializing;
    private bool _stopAfterDrain;
    private DrainScope _drained;

    internal ServerLifecycle(Dispatcher main, ListenerManager listeners, ServerStats stats, ServerOptions options, ILogger log)
    {
        _main = main;
        _listeners = listeners;
        _stats = stats;
        _options = options;
        _log = log;
        _grace = new Timer(main.Timers, this, GraceTimer);
        _drain = new Timer(main.Timers, this, DrainTimer);
        _startNanos = main.Clock.MonotonicNanos;
        listeners.WorkerIdle = OnWorkerIdle;
        ShowState();
    }

    private enum Phase
    {
        PreInitializing,
        Initializing,
        Running,
        Terminating,
        Ended,
    }

    private enum DrainScope
    {
        None,
        Inbound,
        All,
    }

    /// <summary>The state that <c>/ready</c> and <c>/server_info</c> show.</summary>
    public ServerState State => _phase switch
    {
        Phase.PreInitializing => ServerState.PreInitializing,
        Phase.Initializing => ServerState.Initializing,
        Phase.Running when !HealthCheckIsFailing => ServerState.Live,
        _ => ServerState.Draining,
    };

    /// <summary>Whether <c>/healthcheck/fail</c> was the last word.</summary>
    public bool HealthCheckIsFailing { get; private set; }

    /// <summary>Whether it was told to end, or has.</summary>
    public bool IsEnding => _phase is Phase.Terminating or Phase.Ended;

    /// <summary>Why the process ends; null while it does not.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Called on the main thread when <see cref="State"/> may have changed.</summary>
    internal Action<ServerState>? StateShown { get; set; }

    /// <summary>Called on the main thread when the process has nothing left to do but to exit.</summary>
    internal Action? Ended { get; set; }

    /// <summary>Any thread: <see cref="Shutdown"/>, on the main thread.</summary>
    public void PostShutdown(string reason) => _main.Post(() => Shutdown(reason));

    /// <summary>Begins to end; called again, ends at once.</summary>
    public void Shutdown(string reason)
    {
        if (_phase == Phase.Ended)
        {
            return;
        }

        bool isSecond = _phase == Phase.Terminating;
        if (isSecond || _options.ShutdownGrace == TimeSpan.Zero || _phase != Phase.Running)
        {
            End(isSecond ? reason + " again" : reason);
            return;
        }

        _log.ShuttingDown(reason, _options.ShutdownGrace.TotalSeconds);
        Enter(Phase.Terminating);
        _listeners.StopListening();
        _listeners.Drain();
        _grace.Arm(_options.ShutdownGrace);
        EndWhenIdle();
    }

    /// <summary>Clusters are being built.</summary>
    internal void BeginInitializing() => Enter(Phase.Initializing);

    /// <summary>Everything is there: workers accept.</summary>
    internal void OnInitialized()
    {
        if (_phase != Phase.Initializing)
        {
            return;
        }

        _listeners.Start();
        Enter(Phase.Running);
        _stats.InitializationTime.Record((ulong)((_main.Clock.MonotonicNanos - _startNanos) / 1_000_000));
        _log.Serving();
        if (_options.Mode == RunMode.InitOnly)
        {
            End("--mode init_only");
        }
    }

    /// <summary><c>/healthcheck/fail</c>: /ready fails and clients are told to go away, until <see cref="PassHealthCheck"/>.</summary>
    internal void FailHealthCheck()
    {
        HealthCheckIsFailing = true;
        _listeners.SetHealthCheckFailing(true);
        _log.HealthCheckFailed();
        ShowState();
    }

    /// <summary><c>/healthcheck/ok</c>.</summary>
    internal void PassHealthCheck()
    {
        HealthCheckIsFailing = false;
        _listeners.SetHealthCheckFailing(false);

        _log.HealthCheckPassed();
        ShowState();
    }

    /// <summary><c>/drain_listeners</c> without <c>graceful</c>: nothing is accepted any more, connections go on.</summary>
    internal void StopListeners(bool inboundOnly)
    {
        _log.StoppingListeners();
        _listeners.StopListening(inboundOnly);
    }

    /// <summary>
    /// <c>/drain_listeners?graceful</c>: clients are told to go away for the drain time, while new ones are still let in; then
    /// <see cref="StopListeners"/>, unless <paramref name="stopAfterwards"/> is false. Asked for again while it drains as much already,
    /// it does nothing.
    /// </summary>
    internal void DrainGracefully(bool inboundOnly, bool stopAfterwards)
    {
        if (_drained == DrainScope.All || (inboundOnly && _drained == DrainScope.Inbound))
        {
            return;
        }

        _drained = inboundOnly ? DrainScope.Inbound : DrainScope.All;
        _stopAfterDrain = stopAfterwards;
        long duration = _options.DrainStrategy == DrainStrategy.Immediate ? 0 : (long)_options.DrainTime.TotalNanoseconds;
        _listeners.BeginDrain(inboundOnly, _main.NowNanos, duration);
        _log.Draining(_options.DrainTime.TotalSeconds);
        _drain.Arm(_options.DrainTime);
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        if (timer.Tag == GraceTimer)
        {
            End("the grace for requests in flight is over");
        }
        else if (_stopAfterDrain)
        {
            StopListeners(inboundOnly: _drained == DrainScope.Inbound);
        }
    }

    private void Enter(Phase phase)
    {
        _phase = phase;
        ShowState();
    }

    private void ShowState()
    {
        _stats.State.Set((long)State);
        _stats.Live.Set(State == ServerState.Live ? 1 : 0);
        StateShown?.Invoke(State);
    }

    // Comes from a worker's thread, where the last connection of a listener ended; waking the main thread for each would cost more than the
    // connection.
    private void OnWorkerIdle()
    {
        if (_phase != Phase.Terminating)
        {
            return;
        }

        _main.Post(() =>
        {
            if (_phase == Phase.Terminating)
            {
                EndWhenIdle();
            }
        });
    }

    private void EndWhenIdle() => _listeners.CountConnections(count =>
    {
        if (count == 0 && _phase == Phase.Terminating)
        {
            End("all connections are closed");
        }
    });

    private void End(string reason)
    {
        _log.Exiting(reason);
        EndReason = reason;
        _grace.Disarm();
        _drain.Disarm();
        Enter(Phase.Ended);
        _listeners.StopListening();
        _listeners.CloseConnections("server_shutdown");
        Ended?.Invoke();
    }
}
