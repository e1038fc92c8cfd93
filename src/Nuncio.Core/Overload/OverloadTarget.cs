using Nuncio.Base.Stats;

namespace Nuncio.Core.Overload;

/// <summary>
/// An action or a load shed point with its triggers, and how far it is on: as far as the farthest of them. Owner: main thread.
/// </summary>
internal sealed class OverloadTarget
{
    private readonly OverloadTrigger[] _triggers;
    private readonly int[] _resources;
    private readonly double[] _states;
    private readonly Gauge? _active;
    private readonly Gauge _scalePercent;

    /// <param name="triggers">Each of another resource.</param>
    /// <param name="monitors">Where their resources are found.</param>
    /// <param name="scope">Scope of its statistics.</param>
    /// <param name="isAction">A load shed point has no gauge <c>active</c>.</param>
    internal OverloadTarget(IReadOnlyList<OverloadTrigger> triggers, IReadOnlyList<NamedMonitor> monitors, StatScope scope, bool isAction)
    {
        _triggers = [.. triggers];
        _states = new double[_triggers.Length];
        _resources = new int[_triggers.Length];
        for (int i = 0; i < _triggers.Length; i++)
        {
            _resources[i] = IndexOf(monitors, _triggers[i].Resource);
        }

        _active = isAction ? scope.Gauge("active") : null;
        _scalePercent = scope.Gauge("scale_percent");
        _active?.Set(0);
        _scalePercent.Set(0);
    }

    /// <summary>0 (off) to 1 (saturated).</summary>
    internal double State { get; private set; }

    /// <summary>A resource was read. True when <see cref="State"/> changed.</summary>
    internal bool Update(int resource, double pressure)
    {
        double state = 0;
        for (int i = 0; i < _triggers.Length; i++)
        {
            if (_resources[i] == resource)
            {
                _states[i] = _triggers[i].StateAt(pressure);
            }

            state = Math.Max(state, _states[i]);
        }

        if (state == State)
        {
            return false;
        }

        State = state;
        _active?.Set(state >= 1 ? 1 : 0);
        _scalePercent.Set((long)(state * 100));
        return true;
    }

    private static int IndexOf(IReadOnlyList<NamedMonitor> monitors, string name)
    {
        for (int i = 0; i < monitors.Count; i++)
        {
            if (monitors[i].Name == name)
            {
                return i;
            }
        }

        throw new ArgumentException($"no resource monitor \"{name}\"", nameof(name));
    }
}
