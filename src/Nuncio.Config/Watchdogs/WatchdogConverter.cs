using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Routes;
using Nuncio.Core.Watchdogs;
using Wire = Envoy.Config.Bootstrap.V3;

namespace Nuncio.Config.Watchdogs;

/// <summary>The bootstrap's <c>watchdogs</c>, or the older <c>watchdog</c>, to <see cref="WatchdogsConfig"/>. Stateless; main thread.</summary>
public static class WatchdogConverter
{
    /// <summary>The configuration; after an error what is right of it.</summary>
    public static WatchdogsConfig Convert(Wire.Bootstrap wire, ConfigScope scope)
    {
        Wire.Watchdog? old = wire.Watchdog;
        if (old is not null && wire.Watchdogs is not null)
        {
            scope.Field("watchdog").Error("watchdog and watchdogs are set, expected one of them");
        }

        if (old is not null)
        {
            WatchdogConfig both = One(old, scope.Field("watchdog"));
            return new WatchdogsConfig(both, both);
        }

        ConfigScope place = scope.Field("watchdogs");
        return new WatchdogsConfig(
            One(wire.Watchdogs?.MainThreadWatchdog, place.Field("main_thread_watchdog")),
            One(wire.Watchdogs?.WorkerWatchdog, place.Field("worker_watchdog")));
    }

    private static WatchdogConfig One(Wire.Watchdog? wire, ConfigScope scope)
    {
        var defaults = new WatchdogConfig();
        return wire is null ? defaults : new WatchdogConfig
        {
            MissTimeout = AtLeastOneMillisecond(wire.MissTimeout, defaults.MissTimeout, scope.Field("miss_timeout")),
            MegaMissTimeout = AtLeastOneMillisecond(wire.MegamissTimeout, defaults.MegaMissTimeout, scope.Field("megamiss_timeout")),
            KillTimeout = Time(wire.KillTimeout, scope.Field("kill_timeout")),
            MultiKillTimeout = Time(wire.MultikillTimeout, scope.Field("multikill_timeout")),
            MultiKillThreshold = (wire.MultikillThreshold?.Value ?? 0) / 100,
        };
    }

    /// <summary>The watchdog looks as often as its shortest time; without a bound it would do nothing else.</summary>
    private static TimeSpan AtLeastOneMillisecond(Duration? wire, TimeSpan fallback, ConfigScope scope)
    {
        if (wire is null)
        {
            return fallback;
        }

        TimeSpan time = Time(wire, scope);
        if (time < TimeSpan.FromMilliseconds(1))
        {
            scope.Error("found less than 0.001s, expected at least that");
            return fallback;
        }

        return time;
    }

    private static TimeSpan Time(Duration? wire, ConfigScope scope) => TimeSpan.FromTicks((Durations.Nanos(wire, scope) ?? 0) / 100);
}
