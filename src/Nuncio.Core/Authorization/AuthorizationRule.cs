namespace Nuncio.Core.Authorization;

/// <summary>
/// One permission or principal of a policy, or several of them combined. Immutable; any thread; asked without allocating. Envoy:
/// <c>rbac.v3.Permission</c>, <c>rbac.v3.Principal</c>.
/// </summary>
public abstract class AuthorizationRule
{
    /// <summary>Whether it holds.</summary>
    public abstract bool Matches(in AuthorizationInput input);
}
