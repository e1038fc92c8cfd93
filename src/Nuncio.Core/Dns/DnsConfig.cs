namespace Nuncio.Core.Dns;

/// <summary>Which addresses are asked for (Envoy: <c>Cluster.DnsLookupFamily</c>).</summary>
public enum DnsLookupFamily : byte
{
    /// <summary>IPv6; IPv4 only where there is no IPv6.</summary>
    Auto,

    /// <summary>IPv4.</summary>
    V4Only,

    /// <summary>IPv6.</summary>
    V6Only,

    /// <summary>IPv4; IPv6 only where there is no IPv4.</summary>
    V4Preferred,

    /// <summary>Both.</summary>
    All,
}

/// <summary>How a cluster's names are resolved. Immutable, any thread; made by Config.</summary>
public sealed record DnsConfig
{
    /// <summary>Which addresses are asked for; default AUTO. Envoy: <c>dns_lookup_family</c>.</summary>
    public DnsLookupFamily LookupFamily { get; init; }

    /// <summary>Time between resolutions; default 5 s. Envoy: <c>dns_refresh_rate</c>.</summary>
    public TimeSpan RefreshRate { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Random time added to it; default none. Envoy: <c>dns_jitter</c>.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>First wait after a failure; null is <see cref="RefreshRate"/>, always. Envoy: <c>dns_failure_refresh_rate.base_interval</c>.</summary>
    public TimeSpan? FailureBase { get; init; }

    /// <summary>Longest wait after failures; ten times the base when null. Envoy: <c>dns_failure_refresh_rate.max_interval</c>.</summary>
    public TimeSpan? FailureMax { get; init; }
}
