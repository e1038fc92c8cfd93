namespace Nuncio.Core.Authorization;

/// <summary>What an engine says of one connection or request.</summary>
/// <param name="IsAllowed">Whether it is let through.</param>
/// <param name="Policy">The policy that matched, whichever way that decided; null when none did.</param>
/// <param name="LogHint">What an engine that logs wants noted for access logs; null when it does not log.</param>
public readonly record struct AuthorizationDecision(bool IsAllowed, AuthorizationPolicy? Policy, bool? LogHint = null)
{
    /// <summary>Namespace of dynamic metadata for <see cref="LogHint"/>.</summary>
    public const string LogHintNamespace = "envoy.common";

    /// <summary>Key for <see cref="LogHint"/>.</summary>
    public const string LogHintKey = "access_log_hint";

    /// <summary>Why it was denied, for access logs.</summary>
    public string DeniedDetails => Policy?.DeniedDetails ?? AuthorizationPolicy.DeniedWithoutPolicy;
}
