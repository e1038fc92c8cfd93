namespace Nuncio.Core.Clusters;

/// <summary>What configuration or discovery says of an endpoint's health; numbers are those of <c>core.v3.HealthStatus</c>.</summary>
public enum EndpointHealthStatus : byte
{
    /// <summary>Nothing: counts as healthy.</summary>
    Unknown = 0,

    /// <summary>Healthy.</summary>
    Healthy = 1,

    /// <summary>Not to be used.</summary>
    Unhealthy = 2,

    /// <summary>Not to be used: it is being drained.</summary>
    Draining = 3,

    /// <summary>Not to be used: its check timed out.</summary>
    Timeout = 4,

    /// <summary>Used only when healthy ones do not suffice.</summary>
    Degraded = 5,
}

/// <summary>Whether load balancing may use a host: what all the inputs come to.</summary>
public enum HostHealth : byte
{
    /// <summary>Not used, except in panic.</summary>
    Unhealthy,

    /// <summary>Used on shortage.</summary>
    Degraded,

    /// <summary>Used.</summary>
    Healthy,
}
