namespace Nuncio.Core.Authorization;

/// <summary>A named policy: matches when one of its permissions and one of its principals do. Immutable; any thread. Envoy: <c>rbac.v3.Policy</c>.</summary>
public sealed class AuthorizationPolicy
{
    /// <summary>Why a connection or request was denied that no policy matched.</summary>
    public const string DeniedWithoutPolicy = "rbac_access_denied_matched_policy[none]";

    private readonly AuthorizationRule? _permissions;
    private readonly AuthorizationRule? _principals;

    /// <param name="name">Its name.</param>
    /// <param name="permissions">What may be done; null for a policy of a matcher, which has matched already.</param>
    /// <param name="principals">Who may do it; null likewise.</param>
    public AuthorizationPolicy(string name, AuthorizationRule? permissions = null, AuthorizationRule? principals = null)
    {
        Name = name;
        _permissions = permissions;
        _principals = principals;
        DeniedDetails = $"rbac_access_denied_matched_policy[{WithoutSpace(name)}]";
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What access logs say when it denies: its name, white space replaced, since logs are split there.</summary>
    public string DeniedDetails { get; }

    /// <summary>Whether it matches.</summary>
    public bool Matches(in AuthorizationInput input) =>
        (_permissions is null || _permissions.Matches(input)) && (_principals is null || _principals.Matches(input));

    private static string WithoutSpace(string name) => string.Create(name.Length, name, static (into, from) =>
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] = from[i] is ' ' or >= '\t' and <= '\r' ? '_' : from[i];
        }
    });
}
