using Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Core.Clusters;
using CoreWire = Envoy.Config.Core.V3;
using Wire = Envoy.Config.Cluster.V3;

namespace Nuncio.Config.Clusters;

/// <summary>The policy of a cluster, in its new form (<c>load_balancing_policy</c>) or the old one, to <see cref="LoadBalancingConfig"/>. Stateless.</summary>
internal static class LoadBalancingConverter
{
    private const string Package = "envoy.extensions.load_balancing_policies.";

    /// <summary>Converts; errors go to <paramref name="scope"/>, the place of the cluster.</summary>
    public static LoadBalancingConfig Convert(Wire.Cluster wire, ConfigScope scope)
    {
        LoadBalancingConfig config = wire.LoadBalancingPolicy is { } policy
            ? FromList(policy, scope.Field("load_balancing_policy").Field("policies"))
            : FromEnum(wire, scope);
        return config with
        {
            HealthyPanicThreshold = wire.CommonLbConfig?.HealthyPanicThreshold?.Value ?? config.HealthyPanicThreshold,
            OverprovisioningFactor =
                (int)Math.Min(wire.LoadAssignment?.Policy?.OverprovisioningFactor ?? (uint)config.OverprovisioningFactor, int.MaxValue),
        };
    }

    private static LoadBalancingConfig FromEnum(Wire.Cluster wire, ConfigScope scope)
    {
        ConfigScope place = scope.Field("lb_policy");
        switch (wire.LbPolicy)
        {
            case Wire.Cluster.Types.LbPolicy.RoundRobin:
                return new LoadBalancingConfig();
            case Wire.Cluster.Types.LbPolicy.Random:
                return new LoadBalancingConfig { Policy = LoadBalancingPolicyKind.Random };
            case Wire.Cluster.Types.LbPolicy.LeastRequest:
                Wire.Cluster.Types.LeastRequestLbConfig? options = wire.LeastRequestLbConfig;
                return LeastRequest(
                    options?.ChoiceCount, options?.ActiveRequestBias, fullScan: false, scope.Field("least_request_lb_config"));
            case Wire.Cluster.Types.LbPolicy.LoadBalancingPolicyConfig:
                place.Error("LOAD_BALANCING_POLICY_CONFIG needs load_balancing_policy, which is not set");
                break;
            case Wire.Cluster.Types.LbPolicy.ClusterProvided:
                place.Error("CLUSTER_PROVIDED cannot be combined with this type of cluster, which provides no load balancer");
                break;
            default:
                string name = wire.LbPolicy == Wire.Cluster.Types.LbPolicy.RingHash ? "RING_HASH" : "MAGLEV";
                place.Error($"{name} is not supported by this version; expected ROUND_ROBIN, LEAST_REQUEST or RANDOM");
                break;
        }

        return new LoadBalancingConfig();
    }

    /// <summary>Envoy: the first policy that is known is used, the others are alternatives for older programs.</summary>
    private static LoadBalancingConfig FromList(Wire.LoadBalancingPolicy list, ConfigScope scope)
    {
        List<string> unknown = [];
        for (int i = 0; i < list.Policies.Count; i++)
        {
            CoreWire.TypedExtensionConfig? extension = list.Policies[i].TypedExtensionConfig;
            ConfigScope place = scope.Item(i).Field("typed_extension_config").Field("typed_config");
            if (extension?.TypedConfig is not { } config)
            {
                place.Error("is missing; expected the options of a policy, whose type says which");
                return new LoadBalancingConfig();
            }

            switch (AnyDecoder.TypeName(config.TypeUrl))
            {
                case Package + "round_robin.v3.RoundRobin":
                    return new LoadBalancingConfig();
                case Package + "random.v3.Random":
                    return new LoadBalancingConfig { Policy = LoadBalancingPolicyKind.Random };
                case Package + "least_request.v3.LeastRequest":
                    return LeastRequest(config, place);
                default:
                    unknown.Add(extension.Name);
                    break;
            }
        }

        scope.Error(
            unknown.Count == 0
                ? "is empty; expected a policy such as envoy.load_balancing_policies.round_robin"
                : $"none of \"{string.Join("\", \"", unknown)}\" is supported by this version; expected envoy.load_balancing_policies.round_robin, "
                    + "least_request or random");
        return new LoadBalancingConfig();
    }

    private static LoadBalancingConfig LeastRequest(Any any, ConfigScope scope)
    {
        if (!AnyDecoder.TryUnpack(any, out LeastRequest? wire))
        {
            scope.Error("the bytes are not a LeastRequest");
            return new LoadBalancingConfig();
        }

        bool fullScan = wire.SelectionMethod == Envoy.Extensions.LoadBalancingPolicies.LeastRequest.V3.LeastRequest.Types.SelectionMethod.FullScan
            || wire.EnableFullScan == true;
        return LeastRequest(wire.ChoiceCount, wire.ActiveRequestBias, fullScan, scope);
    }

    private static LoadBalancingConfig LeastRequest(uint? choices, CoreWire.RuntimeDouble? bias, bool fullScan, ConfigScope scope)
    {
        double value = bias?.DefaultValue ?? 1.0;
        if (value < 0 || double.IsNaN(value))
        {
            scope.Field("active_request_bias").Field("default_value").Error($"found {value}, expected 0 or more");
        }

        return new LoadBalancingConfig
        {
            Policy = LoadBalancingPolicyKind.LeastRequest,
            ChoiceCount = (int)Math.Min(choices ?? 2, 1024),
            FullScan = fullScan,
            ActiveRequestBias = value,
        };
    }
}
