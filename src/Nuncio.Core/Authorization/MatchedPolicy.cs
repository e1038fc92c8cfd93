namespace Nuncio.Core.Authorization;

/// <summary>What a matcher decides when it matches: a policy's name and what it means. Immutable; any thread. Envoy: <c>rbac.v3.Action</c>.</summary>
/// <param name="Policy">The name, as a policy.</param>
/// <param name="Action">What is done.</param>
public sealed record MatchedPolicy(AuthorizationPolicy Policy, AuthorizationAction Action)
{
    /// <summary>The decision that follows from a match, or with null from none, which lets nothing through.</summary>
    /// <param name="matched">What matched.</param>
    /// <param name="logs">Whether any action of the matcher logs; then each decision says whether it was that one.</param>
    public static AuthorizationDecision Decide(MatchedPolicy? matched, bool logs) => new(
        matched is not null && matched.Action != AuthorizationAction.Deny,
        matched?.Policy,
        logs && matched is not null ? matched.Action == AuthorizationAction.Log : null);
}
