namespace Nuncio.Core.Clusters;

/// <summary>How hosts are chosen. Immutable, any thread; made by Config.</summary>
public sealed record LoadBalancingConfig
{
    /// <summary>The policy; default ROUND_ROBIN.</summary>
    public LoadBalancingPolicyKind Policy { get; init; }

    /// <summary>LEAST_REQUEST: hosts that are compared; default 2. Envoy: <c>choice_count</c>.</summary>
    public int ChoiceCount { get; init; } = 2;

    /// <summary>LEAST_REQUEST: compare all hosts. Envoy: <c>selection_method: FULL_SCAN</c>.</summary>
    public bool FullScan { get; init; }

    /// <summary>LEAST_REQUEST with unequal weights: how much active requests count; default 1.0. Envoy: <c>active_request_bias</c>.</summary>
    public double ActiveRequestBias { get; init; } = 1.0;

    /// <summary>Percentage of usable hosts below which all hosts are used; default 50, 0 never. Envoy: <c>healthy_panic_threshold</c>.</summary>
    public double HealthyPanicThreshold { get; init; } = 50;

    /// <summary>Percent by which a priority's health may be overestimated before the next takes over; default 140. Envoy: <c>overprovisioning_factor</c>.</summary>
    public int OverprovisioningFactor { get; init; } = 140;
}
