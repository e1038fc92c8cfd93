using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// A route configuration ready to be asked: virtual host by authority, then the first route that matches. Envoy:
/// route.v3.RouteConfiguration.
/// </summary>
/// <remarks>
/// Immutable; any thread. Made when configuration is loaded, which also merges all that its four levels say, and published to the
/// workers by reference; lives until the last stream that holds one of its routes ends. Asking it allocates nothing.
/// </remarks>
public sealed class RouteTable
{
    /// <summary>Bytes of a domain; a longer one is refused when it is configured.</summary>
    public const int MaxDomainLength = VirtualHostIndex.MaxDomainLength;

    private readonly VirtualHost[] _hosts;
    private readonly VirtualHostIndex _index;
    private readonly HeaderKey[] _internalOnlyHeaders;

    /// <summary>A table of virtual hosts that belong to no other table.</summary>
    public RouteTable(string name, IReadOnlyList<VirtualHost> virtualHosts, RouteTableOptions? options = null)
    {
        options ??= RouteTableOptions.Default;
        Name = name;
        Level = options.Level;
        Metadata = options.Metadata;
        MostSpecificHeaderMutationsWins = options.MostSpecificHeaderMutationsWins;
        IgnorePortInHostMatching = options.IgnorePortInHostMatching;
        _internalOnlyHeaders = [.. options.InternalOnlyHeaders];
        _hosts = [.. virtualHosts];
        _index = new VirtualHostIndex(_hosts);
        foreach (VirtualHost host in _hosts)
        {
            host.Complete(this);
        }
    }

    /// <summary>A table without routes: every request gets 404.</summary>
    public static RouteTable Empty { get; } = new("", []);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether a route's header mutations run after, and so win over, those of its virtual host and table.</summary>
    public bool MostSpecificHeaderMutationsWins { get; }

    /// <summary>Whether the port of an authority is ignored.</summary>
    public bool IgnorePortInHostMatching { get; }

    /// <summary>Its virtual hosts as written.</summary>
    public ReadOnlySpan<VirtualHost> VirtualHosts => _hosts;

    /// <summary>Free-form facts about it.</summary>
    public ConfigMetadata? Metadata { get; }

    internal RouteLevel Level { get; }

    /// <summary>The virtual host of a request; null when none is meant for it.</summary>
    public VirtualHost? FindVirtualHost(in RouteInput input)
    {
        bool hasAuthority = input.Headers.TryGet(KnownHeader.Authority, out ReadOnlySpan<byte> authority);
        return _index.Find(authority, hasAuthority, IgnorePortInHostMatching);
    }

    /// <summary>
    /// The route of a request, one of its weighted clusters drawn; null when there is none. The same headers and the same random
    /// bits give the same route.
    /// </summary>
    public Route? Match(in RouteInput input) => FindVirtualHost(input)?.Match(input);

    /// <summary>For requests from outside: removes the headers that only inside may set.</summary>
    public void RemoveInternalOnlyHeaders(HeaderMap request)
    {
        foreach (ref readonly HeaderKey header in _internalOnlyHeaders.AsSpan())
        {
            header.Remove(request);
        }
    }
}
