namespace Nuncio.Core.Overload;

/// <summary>A resource monitor under the name that triggers use.</summary>
public sealed record NamedMonitor(string Name, ResourceMonitor Monitor);

/// <summary>An action and what turns it on.</summary>
public sealed record OverloadActionConfig(OverloadAction Action, IReadOnlyList<OverloadTrigger> Triggers);

/// <summary>A load shed point and what turns it on.</summary>
public sealed record LoadShedPointConfig(LoadShedPoint Point, IReadOnlyList<OverloadTrigger> Triggers);

/// <summary>What the user wants of the overload manager, <c>envoy.config.overload.v3.OverloadManager</c>. Immutable.</summary>
public sealed record OverloadConfig
{
    /// <summary>No monitors and no actions: nothing is ever turned away.</summary>
    public static readonly OverloadConfig None = new();

    /// <summary><c>refresh_interval</c>: how often monitors are read; default 1 s.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>resource_monitors</c>.</summary>
    public IReadOnlyList<NamedMonitor> Monitors { get; init; } = [];

    /// <summary><c>actions</c>, each at most once; their triggers name monitors that exist.</summary>
    public IReadOnlyList<OverloadActionConfig> Actions { get; init; } = [];

    /// <summary><c>loadshed_points</c>, each at most once; their triggers name monitors that exist.</summary>
    public IReadOnlyList<LoadShedPointConfig> Points { get; init; } = [];

    /// <summary>The timeouts that <c>reduce_timeouts</c> shortens.</summary>
    public ScaledTimerMinimums TimerMinimums { get; init; } = ScaledTimerMinimums.None;
}
