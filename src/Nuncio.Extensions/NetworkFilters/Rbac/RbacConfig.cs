using Nuncio.Core.Authorization;

namespace Nuncio.Extensions.NetworkFilters.Rbac;

/// <summary>Who may use connections of a filter chain; immutable. Envoy: <c>network.rbac.v3.RBAC</c>.</summary>
/// <param name="StatPrefix"><c>stat_prefix</c>: statistics are <c>&lt;this&gt;.rbac.*</c>.</param>
/// <param name="Rules"><c>rules</c> or <c>matcher</c>; null lets everything through.</param>
/// <param name="ShadowRules"><c>shadow_rules</c> or <c>shadow_matcher</c>: asked and counted, not enforced; null for none.</param>
/// <param name="ShadowStatPrefix"><c>shadow_rules_stat_prefix</c>: goes before the names of shadow statistics and metadata.</param>
/// <param name="IsContinuous"><c>enforcement_type: CONTINUOUS</c>: asked whenever bytes arrive, not only with the first.</param>
/// <param name="DelayNanos"><c>delay_deny</c>: how long a denied connection waits for its close; 0 not at all.</param>
public sealed record RbacConfig(
    string StatPrefix, AuthorizationEngine? Rules, AuthorizationEngine? ShadowRules, string ShadowStatPrefix, bool IsContinuous, long DelayNanos);
