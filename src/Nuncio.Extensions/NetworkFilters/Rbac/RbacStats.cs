using Nuncio.Base.Stats;

namespace Nuncio.Extensions.NetworkFilters.Rbac;

/// <summary><c>&lt;stat_prefix&gt;.rbac.</c> of one worker.</summary>
internal sealed class RbacStats
{
    internal RbacStats(StatScope root, RbacConfig config)
    {
        StatScope scope = root.SubScope(Join(config.StatPrefix, "rbac"));
        StatScope shadow = config.ShadowStatPrefix.Length == 0 ? scope : scope.SubScope(config.ShadowStatPrefix.TrimEnd('.'));
        Allowed = scope.Counter("allowed");
        Denied = scope.Counter("denied");
        ShadowAllowed = shadow.Counter("shadow_allowed");
        ShadowDenied = shadow.Counter("shadow_denied");
    }

    internal Counter Allowed { get; }

    internal Counter Denied { get; }

    internal Counter ShadowAllowed { get; }

    internal Counter ShadowDenied { get; }

    // Envoy: a prefix may end with a dot or not.
    private static string Join(string prefix, string name) => prefix.EndsWith('.') ? prefix + name : prefix + "." + name;
}
