using System.Globalization;
using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Loading;
using Nuncio.Config.Routes;
using Nuncio.Core.Overload;
using Wire = Envoy.Config.Overload.V3;

namespace Nuncio.Config.Overload;

/// <summary>
/// The bootstrap's <c>overload_manager</c> to <see cref="OverloadConfig"/>. Every error is collected. Stateless; main thread.
/// </summary>
public static class OverloadConverter
{
    private const string ResetHighMemoryStream = "envoy.overload_actions.reset_high_memory_stream";

    /// <summary>The configuration; after an error what is right of it, so that the rest of the bootstrap can be checked too.</summary>
    public static OverloadConfig Convert(Wire.OverloadManager? wire, FactoryContext context, ConfigScope scope)
    {
        if (wire is null)
        {
            return OverloadConfig.None;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        List<NamedMonitor> monitors = Monitors(wire, context, names, scope.Field("resource_monitors"));
        ScaledTimerMinimums minimums = ScaledTimerMinimums.None;
        List<OverloadActionConfig> actions = Actions(wire, names, scope.Field("actions"), ref minimums);
        List<LoadShedPointConfig> points = Points(wire, names, scope.Field("loadshed_points"));
        var config = new OverloadConfig { Monitors = monitors, Actions = actions, Points = points, TimerMinimums = minimums };
        return Durations.Nanos(wire.RefreshInterval, scope.Field("refresh_interval")) is not { } nanos ? config
            : WithInterval(config, nanos, scope.Field("refresh_interval"));
    }

    private static OverloadConfig WithInterval(OverloadConfig config, long nanos, ConfigScope scope)
    {
        // Envoy takes less too, and then does nothing but read monitors.
        if (nanos < 1_000_000)
        {
            scope.Error(string.Create(CultureInfo.InvariantCulture, $"found {nanos / 1e9}s, expected at least 0.001s"));
            return config;
        }

        return config with { RefreshInterval = TimeSpan.FromTicks(nanos / 100) };
    }

    private static List<NamedMonitor> Monitors(Wire.OverloadManager wire, FactoryContext context, HashSet<string> names, ConfigScope scope)
    {
        var monitors = new List<NamedMonitor>();
        for (int i = 0; i < wire.ResourceMonitors.Count; i++)
        {
            Wire.ResourceMonitor one = wire.ResourceMonitors[i];
            ConfigScope place = scope.Item(i);
            if (!names.Add(one.Name))
            {
                place.Field("name").Error($"duplicate resource monitor \"{one.Name}\"");
                continue;
            }

            ConfigScope typed = place.Field("typed_config");
            IResourceMonitorFactory? factory =
                context.Extensions.Resolve<IResourceMonitorFactory>(one.TypedConfig, one.Name, typed, out IMessage? message);
            if (factory?.Create(message!, context, typed) is { } monitor)
            {
                monitors.Add(new NamedMonitor(one.Name, monitor));
            }
        }

        return monitors;
    }

    private static List<OverloadActionConfig> Actions(
        Wire.OverloadManager wire, HashSet<string> monitors, ConfigScope scope, ref ScaledTimerMinimums minimums)
    {
        var actions = new List<OverloadActionConfig>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < wire.Actions.Count; i++)
        {
            Wire.OverloadAction one = wire.Actions[i];
            ConfigScope place = scope.Item(i);
            if (!TryFind(one.Name, OverloadNames.Actions, seen, "overload action", place.Field("name"), out int number))
            {
                continue;
            }

            var action = (OverloadAction)number;
            if (action == OverloadAction.ReduceTimeouts)
            {
                minimums = TimerMinimumsConverter.Convert(one.TypedConfig, place.Field("typed_config"));
            }
            else if (one.TypedConfig is not null)
            {
                place.Field("typed_config").Error($"the overload action {one.Name} takes no configuration");
            }

            actions.Add(new OverloadActionConfig(action, Triggers(one.Triggers, monitors, place.Field("triggers"))));
        }

        return actions;
    }

    private static List<LoadShedPointConfig> Points(Wire.OverloadManager wire, HashSet<string> monitors, ConfigScope scope)
    {
        var points = new List<LoadShedPointConfig>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < wire.LoadshedPoints.Count; i++)
        {
            Wire.LoadShedPoint one = wire.LoadshedPoints[i];
            ConfigScope place = scope.Item(i);
            if (TryFind(one.Name, OverloadNames.Points, seen, "load shed point", place.Field("name"), out int number))
            {
                points.Add(new LoadShedPointConfig((LoadShedPoint)number, Triggers(one.Triggers, monitors, place.Field("triggers"))));
            }
        }

        return points;
    }

    private static bool TryFind(string name, IReadOnlyList<string> known, HashSet<string> seen, string what, ConfigScope scope, out int number)
    {
        number = -1;
        for (int i = 0; i < known.Count; i++)
        {
            if (known[i] == name)
            {
                number = i;
            }
        }

        if (number < 0)
        {
            scope.Error(
                name == ResetHighMemoryStream || name.StartsWith("envoy.load_shed_points.http2_", StringComparison.Ordinal)
                    ? $"the {what} {name} is not part of this version"
                    : $"unknown {what} \"{name}\"{NearestName.Suggest(name, known)}");
        }
        else if (!seen.Add(name))
        {
            scope.Error($"duplicate {what} \"{name}\"");
            number = -1;
        }

        return number >= 0;
    }

    /// <summary>The triggers; those with errors are left out.</summary>
    private static List<OverloadTrigger> Triggers(IReadOnlyList<Wire.Trigger> wire, HashSet<string> monitors, ConfigScope scope)
    {
        var triggers = new List<OverloadTrigger>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < wire.Count; i++)
        {
            Wire.Trigger one = wire[i];
            ConfigScope place = scope.Item(i);
            if (!monitors.Contains(one.Name))
            {
                place.Field("name").Error($"no resource monitor is called \"{one.Name}\"{NearestName.Suggest(one.Name, monitors)}");
            }
            else if (!seen.Add(one.Name))
            {
                place.Field("name").Error($"duplicate trigger: \"{one.Name}\" has one already");
            }
            else if (one.TriggerOneofCase != Wire.Trigger.TriggerOneofOneofCase.Scaled)
            {
                double value = one.Threshold?.Value ?? 0;
                triggers.Add(new OverloadTrigger(one.Name, value, value));
            }
            else if (one.Scaled.ScalingThreshold >= one.Scaled.SaturationThreshold)
            {
                place.Field("scaled").Error(string.Create(
                    CultureInfo.InvariantCulture,
                    $"found scaling_threshold {one.Scaled.ScalingThreshold}, expected less than saturation_threshold {one.Scaled.SaturationThreshold}"));
            }
            else
            {
                triggers.Add(new OverloadTrigger(one.Name, one.Scaled.ScalingThreshold, one.Scaled.SaturationThreshold));
            }
        }

        return triggers;
    }
}
