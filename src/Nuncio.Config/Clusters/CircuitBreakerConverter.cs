using Nuncio.Core.Clusters;
using CoreWire = Envoy.Config.Core.V3;
using Wire = Envoy.Config.Cluster.V3;

namespace Nuncio.Config.Clusters;

/// <summary>Wire circuit breakers to <see cref="CircuitBreakerConfig"/>. Stateless.</summary>
internal static class CircuitBreakerConverter
{
    /// <summary>The limits of a priority: the first thresholds given for it, as in Envoy, and defaults.</summary>
    public static CircuitBreakerConfig Convert(Wire.CircuitBreakers? wire, CoreWire.RoutingPriority priority)
    {
        CircuitBreakerConfig defaults = new();
        foreach (Wire.CircuitBreakers.Types.Thresholds limits in wire?.Thresholds ?? [])
        {
            if (limits.Priority == priority)
            {
                return new CircuitBreakerConfig
                {
                    MaxConnections = limits.MaxConnections ?? defaults.MaxConnections,
                    MaxPendingRequests = limits.MaxPendingRequests ?? defaults.MaxPendingRequests,
                    MaxRequests = limits.MaxRequests ?? defaults.MaxRequests,
                    MaxRetries = limits.MaxRetries ?? defaults.MaxRetries,
                    MaxConnectionPools = limits.MaxConnectionPools ?? defaults.MaxConnectionPools,
                    TrackRemaining = limits.TrackRemaining,
                };
            }
        }

        return defaults;
    }
}
