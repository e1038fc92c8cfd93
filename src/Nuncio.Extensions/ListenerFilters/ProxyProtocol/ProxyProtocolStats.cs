using Nuncio.Base.Stats;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary><c>proxy_proto.[&lt;stat_prefix&gt;.]*</c> on one worker. Owner: that worker; filters with the same prefix add up.</summary>
internal sealed class ProxyProtocolStats
{
    /// <summary>Clients without a header that may come in.</summary>
    internal readonly Counter NotFoundAllowed;

    /// <summary>Clients without a header, or with a first line that does not end, who are closed.</summary>
    internal readonly Counter NotFoundDisallowed;

    /// <summary>Version 1.</summary>
    internal readonly VersionStats V1;

    /// <summary>Version 2.</summary>
    internal readonly VersionStats V2;

    /// <summary>Envoy's old counter of everything wrong, without prefix.</summary>
    internal readonly Counter Error;

    internal ProxyProtocolStats(StatScope root, string prefix)
    {
        StatScope scope = root.SubScope(prefix.Length == 0 ? "proxy_proto" : "proxy_proto." + prefix);
        NotFoundAllowed = scope.Counter("not_found_allowed");
        NotFoundDisallowed = scope.Counter("not_found_disallowed");
        V1 = new VersionStats(scope.SubScope("versions.v1"));
        V2 = new VersionStats(scope.SubScope("versions.v2"));
        Error = root.Counter("downstream_cx_proxy_proto_error");
    }

    /// <summary>Counters of one version of the protocol.</summary>
    internal readonly struct VersionStats(StatScope scope)
    {
        /// <summary>Headers that were right, those of a disallowed version included.</summary>
        internal readonly Counter Found = scope.Counter("found");

        /// <summary>Clients closed since the version is disallowed.</summary>
        internal readonly Counter Disallowed = scope.Counter("disallowed");

        /// <summary>Headers that were wrong.</summary>
        internal readonly Counter Error = scope.Counter("error");
    }
}
