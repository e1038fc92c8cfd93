using Nuncio.Base.Stats;
using Nuncio.Core.Listeners;

namespace Nuncio.Server.Lifecycle;

/// <summary>Counts the connections of all listeners by their gauges, without asking the workers. Owner: main thread.</summary>
internal sealed class ConnectionCount(ListenerManager listeners, StatsStore store)
{
    private string[] _names = [];
    private int _version = -1;

    /// <summary>The connections now.</summary>
    internal long Now
    {
        get
        {
            if (_version != listeners.Version)
            {
                // Listeners may share a stat prefix, and with it a gauge.
                _version = listeners.Version;
                _names = [.. listeners.Listeners.Select(static l => $"listener.{StatName.Sanitize(l.Config.StatName)}.downstream_cx_active").Distinct()];
            }

            long connections = 0;
            foreach (string name in _names)
            {
                connections += store.GaugeValue(name);
            }

            return connections;
        }
    }
}
