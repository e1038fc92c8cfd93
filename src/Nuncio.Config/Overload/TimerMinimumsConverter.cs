using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Config.Routes;
using Nuncio.Core.Overload;
using Wire = Envoy.Config.Overload.V3.ScaleTimersOverloadActionConfig;

namespace Nuncio.Config.Overload;

/// <summary>The configuration of <c>reduce_timeouts</c> to <see cref="ScaledTimerMinimums"/>. Stateless; main thread.</summary>
internal static class TimerMinimumsConverter
{
    /// <summary>The minimums; after an error those that are right.</summary>
    internal static ScaledTimerMinimums Convert(Any? typedConfig, ConfigScope scope)
    {
        string expected = Wire.Descriptor.FullName;
        if (typedConfig is null || AnyDecoder.TypeName(typedConfig.TypeUrl) != expected)
        {
            scope.Error($"found {(typedConfig is null ? "nothing" : AnyDecoder.TypeName(typedConfig.TypeUrl))}, expected {expected}");
            return ScaledTimerMinimums.None;
        }

        if (AnyDecoder.TryParse(Wire.Descriptor, typedConfig.Value) is not Wire wire)
        {
            scope.Error($"the bytes are not a {expected}");
            return ScaledTimerMinimums.None;
        }

        var minimums = new Dictionary<ScaledTimerKind, ScaledTimerMinimum>();
        for (int i = 0; i < wire.TimerScaleFactors.Count; i++)
        {
            Add(wire.TimerScaleFactors[i], minimums, scope.Field("timer_scale_factors").Item(i));
        }

        return new ScaledTimerMinimums(minimums);
    }

    private static void Add(Wire.Types.ScaleTimer one, Dictionary<ScaledTimerKind, ScaledTimerMinimum> minimums, ConfigScope scope)
    {
        if (Kind(one.Timer) is not { } kind)
        {
            scope.Field("timer").Error("found UNSPECIFIED, expected one of the timers");
            return;
        }

        ScaledTimerMinimum minimum = one.OverloadAdjustCase == Wire.Types.ScaleTimer.OverloadAdjustOneofCase.MinScale
            ? new ScaledTimerMinimum(0, one.MinScale.Value / 100)
            : new ScaledTimerMinimum(Durations.Nanos(one.MinTimeout, scope.Field("min_timeout")) ?? 0);
        if (!minimums.TryAdd(kind, minimum))
        {
            scope.Field("timer").Error("duplicate timer: it has a minimum already");
        }
    }

    private static ScaledTimerKind? Kind(Wire.Types.TimerType wire) => wire switch
    {
        Wire.Types.TimerType.HttpDownstreamConnectionIdle => ScaledTimerKind.HttpDownstreamConnectionIdle,
        Wire.Types.TimerType.HttpDownstreamStreamIdle => ScaledTimerKind.HttpDownstreamStreamIdle,
        Wire.Types.TimerType.TransportSocketConnect => ScaledTimerKind.TransportSocketConnect,
        Wire.Types.TimerType.HttpDownstreamConnectionMax => ScaledTimerKind.HttpDownstreamConnectionMax,
        Wire.Types.TimerType.HttpDownstreamStreamFlush => ScaledTimerKind.HttpDownstreamStreamFlush,
        _ => null,
    };
}
