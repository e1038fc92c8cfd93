using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Authorization;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Routes;
using Nuncio.Core.Authorization;
using Nuncio.Core.NetworkFilters;
using RulesWire = Envoy.Config.Rbac.V3.RBAC;
using Wire = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;

namespace Nuncio.Extensions.NetworkFilters.Rbac;

/// <summary>Wire message to <see cref="RbacConfig"/>. Stateless.</summary>
public sealed class RbacFactory : INetworkFilterFactory
{
    /// <inheritdoc/>
    public string Name => "envoy.filters.network.rbac";

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.Descriptor;

    /// <inheritdoc/>
    public NetworkFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire)message;
        int before = scope.ErrorCount;
        AuthorizationEngine? rules = Engine(wire.Rules, context, scope.Field("rules"));
        AuthorizationEngine? shadow = Engine(wire.ShadowRules, context, scope.Field("shadow_rules"));

        // Envoy: with both, the rules have to be right all the same.
        rules = wire.Matcher is null ? rules : ConnectionMatcherConverter.Convert(wire.Matcher, context, scope.Field("matcher"));
        shadow = wire.ShadowMatcher is null ? shadow : ConnectionMatcherConverter.Convert(wire.ShadowMatcher, context, scope.Field("shadow_matcher"));
        long delay = Durations.Nanos(wire.DelayDeny, scope.Field("delay_deny")) ?? 0;
        return scope.ErrorCount > before ? null : new RbacProvider(new RbacConfig(
            wire.StatPrefix, rules, shadow, wire.ShadowRulesStatPrefix, wire.EnforcementType == Wire.Types.EnforcementType.Continuous, delay));
    }

    private static PolicyEngine? Engine(RulesWire? wire, FactoryContext context, ConfigScope scope) =>
        wire is null ? null : PolicyEngineConverter.Convert(wire, hasRequests: false, context.Runtime, scope);
}
