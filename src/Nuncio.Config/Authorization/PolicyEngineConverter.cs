using Nuncio.Config.Errors;
using Nuncio.Core.Authorization;
using Nuncio.Core.Authorization.Rules;
using Nuncio.Core.Runtime;
using Wire = Envoy.Config.Rbac.V3;

namespace Nuncio.Config.Authorization;

/// <summary>Wire message to authorization engine. Stateless; any thread.</summary>
public static class PolicyEngineConverter
{
    /// <summary>The engine; null after an error. <paramref name="scope"/> is the place of the RBAC.</summary>
    /// <param name="hasRequests">Whether requests are authorized; connections have no headers, and rules on them are refused.</param>
    public static PolicyEngine? Convert(Wire.RBAC wire, bool hasRequests, LayeredRuntime runtime, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        var policies = new List<AuthorizationPolicy>(wire.Policies.Count);
        foreach ((string name, Wire.Policy policy) in wire.Policies)
        {
            policies.Add(Policy(name, policy, new RuleConverter(hasRequests, runtime), scope.Field("policies").Key(name)));
        }

        return scope.ErrorCount == before ? new PolicyEngine((AuthorizationAction)wire.Action, policies) : null;
    }

    private static AuthorizationPolicy Policy(string name, Wire.Policy wire, RuleConverter rules, ConfigScope scope)
    {
        var permissions = new List<AuthorizationRule>(wire.Permissions.Count);
        for (int i = 0; i < wire.Permissions.Count; i++)
        {
            permissions.Add(rules.Permission(wire.Permissions[i], scope.Field("permissions").Item(i)));
        }

        var principals = new List<AuthorizationRule>(wire.Principals.Count);
        for (int i = 0; i < wire.Principals.Count; i++)
        {
            principals.Add(rules.Principal(wire.Principals[i], scope.Field("principals").Item(i)));
        }

        return new AuthorizationPolicy(name, RuleConverter.AnyOf(permissions), RuleConverter.AnyOf(principals));
    }
}
