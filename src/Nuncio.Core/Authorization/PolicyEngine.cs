namespace Nuncio.Core.Authorization;

/// <summary>Decides by the first policy that matches, in the order of their names. Immutable; any thread. Envoy: <c>rbac.v3.RBAC</c>.</summary>
public sealed class PolicyEngine : AuthorizationEngine
{
    private readonly AuthorizationAction _action;
    private readonly AuthorizationPolicy[] _policies;

    /// <summary>An engine of these policies; without any nothing is allowed, or nothing denied.</summary>
    public PolicyEngine(AuthorizationAction action, IReadOnlyList<AuthorizationPolicy> policies)
    {
        _action = action;
        _policies = [.. policies];
        Array.Sort(_policies, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
    }

    /// <inheritdoc/>
    public override AuthorizationDecision Decide(in AuthorizationInput input)
    {
        AuthorizationPolicy? found = null;
        foreach (AuthorizationPolicy policy in _policies)
        {
            if (policy.Matches(input))
            {
                found = policy;
                break;
            }
        }

        return _action switch
        {
            AuthorizationAction.Allow => new AuthorizationDecision(found is not null, found),
            AuthorizationAction.Deny => new AuthorizationDecision(found is null, found),
            _ => new AuthorizationDecision(true, found, found is not null),
        };
    }
}
