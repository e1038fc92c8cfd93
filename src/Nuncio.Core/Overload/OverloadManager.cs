using Nuncio.Base.Stats;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Runtime;
using Nuncio.IO.Events;
using Nuncio.IO.Timers;

namespace Nuncio.Core.Overload;

/// <summary>
/// Reads the resource monitors every refresh interval, works out how far each action and load shed point is on, and publishes that to
/// the workers when it changed. Envoy: "Overload manager".
/// </summary>
/// <remarks>
/// Owner: main thread; made before the workers run, lives as long as the process. Workers ask their <see cref="WorkerOverload"/>.
/// </remarks>
public sealed class OverloadManager : ITimerHandler
{
    private readonly OverloadConfig _config;
    private readonly Dispatcher _main;
    private readonly IReadOnlyList<WorkerContext> _workers;
    private readonly MonitoredResource[] _resources;
    private readonly OverloadTarget?[] _actions = new OverloadTarget?[OverloadNames.ActionCount];
    private readonly OverloadTarget?[] _points = new OverloadTarget?[OverloadNames.PointCount];
    private readonly Histogram _delays;
    private readonly HeapShrinker? _shrinker;
    private readonly Timer _timer;
    private long _lastReadNanos;

    /// <summary>Configures the workers; nothing is read before <see cref="Start"/>.</summary>
    /// <param name="config">What the user wants; <see cref="OverloadConfig.None"/> without an overload manager.</param>
    /// <param name="main">The main thread's loop.</param>
    /// <param name="workers">All workers; they do not run yet.</param>
    /// <param name="root">Root scope of the statistics, main thread's cells.</param>
    /// <param name="runtime">Where the older limit of connections may be set.</param>
    /// <param name="collect">What <c>shrink_heap</c> does; null collects the heap in earnest.</param>
    public OverloadManager(
        OverloadConfig config, Dispatcher main, IReadOnlyList<WorkerContext> workers, StatScope root, LayeredRuntime runtime, Action? collect = null)
    {
        _config = config;
        _main = main;
        _workers = workers;
        Connections = new GlobalConnections(runtime.Key(GlobalConnections.RuntimeKeyName));
        StatScope scope = root.SubScope("overload");
        _delays = scope.Histogram("refresh_interval_delay", HistogramUnit.Milliseconds);
        _timer = new Timer(main.Timers, this);
        _resources = new MonitoredResource[config.Monitors.Count];
        for (int i = 0; i < _resources.Length; i++)
        {
            NamedMonitor monitor = config.Monitors[i];
            monitor.Monitor.Attach(Connections);
            _resources[i] = new MonitoredResource(monitor, scope.SubScope(monitor.Name));
        }

        foreach (OverloadActionConfig action in config.Actions)
        {
            StatScope actionScope = scope.SubScope(OverloadNames.Of(action.Action));
            _actions[(int)action.Action] = new OverloadTarget(action.Triggers, config.Monitors, actionScope, isAction: true);
            if (action.Action == OverloadAction.ShrinkHeap)
            {
                _shrinker = new HeapShrinker(main, workers, actionScope, () => StateOf(OverloadAction.ShrinkHeap) >= 1, collect);
            }
        }

        foreach (LoadShedPointConfig point in config.Points)
        {
            StatScope pointScope = scope.SubScope(OverloadNames.Of(point.Point));
            _points[(int)point.Point] = new OverloadTarget(point.Triggers, config.Monitors, pointScope, isAction: false);
        }

        foreach (WorkerContext worker in workers)
        {
            Configure(worker);
        }
    }

    /// <summary>The connections of the process.</summary>
    public GlobalConnections Connections { get; }

    /// <summary>Main thread: hears that an action became saturated, or was and is no more.</summary>
    public Action<OverloadAction, bool>? ActionChanged { get; set; }

    /// <summary>Main thread: hears why a resource could not be read, the first time in a row.</summary>
    public Action<string, string>? UpdateFailed { get; set; }

    /// <summary>How far an action is on, 0 to 1. Main thread.</summary>
    public double StateOf(OverloadAction action) => _actions[(int)action]?.State ?? 0;

    /// <summary>Begins to read. Once.</summary>
    public void Start()
    {
        if (_resources.Length == 0)
        {
            return;
        }

        _lastReadNanos = _main.NowNanos;
        _timer.Arm(_config.RefreshInterval);
        _shrinker?.Start();
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        _timer.Arm(_config.RefreshInterval);
        bool changed = false;
        for (int i = 0; i < _resources.Length; i++)
        {
            if (_resources[i].TryUpdate(out double pressure, out string? news))
            {
                changed |= UpdateTargets(i, pressure);
            }
            else if (news is not null)
            {
                UpdateFailed?.Invoke(_resources[i].Name, news);
            }
        }

        long now = _main.NowNanos;
        _delays.Record((ulong)((now - _lastReadNanos) / 1_000_000));
        _lastReadNanos = now;
        if (changed)
        {
            Publish();
        }
    }

    private bool UpdateTargets(int resource, double pressure)
    {
        bool changed = false;
        for (int i = 0; i < _actions.Length; i++)
        {
            if (_actions[i] is not { } action)
            {
                continue;
            }

            bool wasSaturated = action.State >= 1;
            changed |= action.Update(resource, pressure);
            if (wasSaturated != action.State >= 1)
            {
                ActionChanged?.Invoke((OverloadAction)i, !wasSaturated);
            }
        }

        foreach (OverloadTarget? point in _points)
        {
            changed |= point is not null && point.Update(resource, pressure);
        }

        return changed;
    }

    private void Publish()
    {
        var state = new OverloadState(StatesOf(_actions), StatesOf(_points));
        foreach (WorkerContext worker in _workers)
        {
            WorkerOverload overload = worker.Overload;
            worker.Dispatcher.Post(() => overload.Apply(state));
        }
    }

    private void Configure(WorkerContext worker)
    {
        worker.Overload.Use(Connections);
        if (_actions[(int)OverloadAction.ReduceTimeouts] is not null)
        {
            worker.Overload.Use(_config.TimerMinimums);
        }

        StatScope scope = worker.Stats.SubScope("overload");
        foreach (LoadShedPointConfig point in _config.Points)
        {
            worker.Overload.Use(point.Point, scope.SubScope(OverloadNames.Of(point.Point)).Counter("shed_load_count"));
        }
    }

    private static double[] StatesOf(OverloadTarget?[] targets)
    {
        double[] states = new double[targets.Length];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = targets[i]?.State ?? 0;
        }

        return states;
    }
}
