using Nuncio.Base.Buffers;
using Nuncio.Core.Clusters;
using Nuncio.Core.Formatting;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Routing;

/// <summary>
/// A match rule and what happens to requests that it takes: exactly one of <see cref="Action"/>, <see cref="Redirect"/>,
/// <see cref="DirectResponse"/> and <see cref="NonForwarding"/>. Envoy: route.v3.Route.
/// </summary>
/// <remarks>
/// Immutable once its <see cref="RouteTable"/> is built; any thread. A route with weighted clusters is several of these, one for
/// each cluster, and <see cref="RouteTable.Match"/> draws; so whoever holds a route holds the whole decision, and everything that
/// the four levels say of it is merged.
/// </remarks>
public sealed class Route
{
    private readonly RouteMatcher _matcher;
    private FilterConfigTable _filters = null!;
    private HeaderMutations[] _requestHeaders = [];
    private HeaderMutations[] _responseHeaders = [];

    /// <summary>A route; its table makes it complete.</summary>
    public Route(RouteMatcher matcher, RouteLevel? level = null)
    {
        _matcher = matcher;
        Level = level ?? RouteLevel.Empty;
    }

    private Route(Route parent, WeightedClusterEntry weighted)
        : this(parent._matcher, parent.Level)
    {
        Name = parent.Name;
        Metadata = parent.Metadata;
        Action = parent.Action! with { Cluster = weighted.Cluster, ClusterHeader = weighted.ClusterHeader };
        Weighted = weighted;
    }

    /// <summary>The route's name, if it has one.</summary>
    public string? Name { get; init; }

    /// <summary>Free-form facts about it.</summary>
    public ConfigMetadata? Metadata { get; init; }

    /// <summary>Forward.</summary>
    public RouteAction? Action { get; init; }

    /// <summary>Redirect.</summary>
    public RedirectAction? Redirect { get; init; }

    /// <summary>Answer.</summary>
    public DirectResponseAction? DirectResponse { get; init; }

    /// <summary>None of these: something else takes the request.</summary>
    public bool NonForwarding { get; init; }

    /// <summary>The clusters to draw from; null when there is one. Null again on the routes drawn.</summary>
    public WeightedClusters? Clusters { get; init; }

    /// <summary>The weighted cluster that this route was drawn for.</summary>
    public WeightedClusterEntry? Weighted { get; }

    /// <summary>The virtual host it belongs to.</summary>
    public VirtualHost VirtualHost { get; private set; } = null!;

    /// <summary>The match rule.</summary>
    public RouteMatcher Matcher => _matcher;

    internal RouteLevel Level { get; }

    /// <summary>The most specific configuration of a filter, or null. Ids are of <see cref="FilterNames.Intern"/>.</summary>
    public object? FilterConfig(int filterNameId) => _filters.Find(filterNameId);

    /// <summary>All configurations of a filter, the least specific first: for filters that merge them.</summary>
    public ReadOnlySpan<object> FilterConfigs(int filterNameId) => _filters.FindAll(filterNameId);

    /// <summary>Whether a filter is left out (true) or taken in (false) here; null keeps what the filter chain says.</summary>
    public bool? FilterDisabled(int filterNameId) => _filters.IsDisabled(filterNameId);

    /// <summary>
    /// For a route with <see cref="Action"/>: changes the request before it goes upstream. First the headers of all levels, then
    /// the authority, then the path.
    /// </summary>
    /// <param name="headers">The request.</param>
    /// <param name="context">What formatters read.</param>
    /// <param name="scratch">Room for values; its content is lost.</param>
    /// <param name="keepOriginals">Whether replaced host and path go to <c>x-envoy-original-*</c>: not with suppress_envoy_headers.</param>
    public void ApplyRequestHeaders(HeaderMap headers, in FormatContext context, ByteWriter scratch, bool keepOriginals = true)
    {
        if (Weighted is { } weighted)
        {
            weighted.Level.RequestHeaders?.Apply(headers, context, scratch);
            if (weighted.HostRewrite is { } host)
            {
                headers.Set(KnownHeader.Authority, host);
            }
        }

        foreach (HeaderMutations mutations in _requestHeaders)
        {
            mutations.Apply(headers, context, scratch);
        }

        if (Action is { } action)
        {
            action.HostRewrite?.Apply(headers, action.AppendXForwardedHost, keepOriginals, scratch);
            action.PathRewrite?.Apply(headers, _matcher.MatchedLength(headers.Get(KnownHeader.Path)), keepOriginals, false, scratch);
        }
    }

    /// <summary>Changes the response's headers as all levels say. Called for forwarded, redirected and direct responses alike.</summary>
    public void ApplyResponseHeaders(HeaderMap headers, in FormatContext context, ByteWriter scratch)
    {
        Weighted?.Level.ResponseHeaders?.Apply(headers, context, scratch);
        foreach (HeaderMutations mutations in _responseHeaders)
        {
            mutations.Apply(headers, context, scratch);
        }
    }

    /// <summary>
    /// For a route with <see cref="Redirect"/> or <see cref="DirectResponse"/>: writes the <c>location</c> of the response. False
    /// when it gets none. A redirect that rewrites the path does so in the request, where logs see it.
    /// </summary>
    /// <param name="request">The request; its path may be rewritten.</param>
    /// <param name="into">Gets the location; its former content is lost.</param>
    /// <param name="keepOriginals">Whether a rewritten path goes to <c>x-envoy-original-path</c>.</param>
    public bool TryBuildLocation(HeaderMap request, ByteWriter into, bool keepOriginals = true)
    {
        RedirectAction? redirect = Redirect ?? (DirectResponse is { HasLocation: true } ? RedirectAction.Unchanged : null);
        if (redirect is null || !request.Has(KnownHeader.Path))
        {
            return false;
        }

        redirect.PathRewrite?.Apply(request, _matcher.MatchedLength(request.Get(KnownHeader.Path)), keepOriginals, true, into);
        into.Clear();
        redirect.BuildLocation(request, into);
        return true;
    }

    internal Route ForWeighted(WeightedClusterEntry weighted) => new(this, weighted);

    /// <summary>Merges what the levels say. Called once, by the table.</summary>
    internal void Complete(RouteTable table, VirtualHost host)
    {
        VirtualHost = host;
        _filters = Weighted is { } weighted
            ? FilterConfigTable.Merge([table.Level, host.Level, Level, weighted.Level])
            : FilterConfigTable.Merge([table.Level, host.Level, Level]);

        // Envoy: unless most_specific_header_mutations_wins, the table's mutations run last and so win. A weighted cluster's run
        // first either way.
        bool specificLast = table.MostSpecificHeaderMutationsWins;
        RouteLevel first = specificLast ? table.Level : Level;
        RouteLevel last = specificLast ? Level : table.Level;
        _requestHeaders = Present(first.RequestHeaders, host.Level.RequestHeaders, last.RequestHeaders);
        _responseHeaders = Present(first.ResponseHeaders, host.Level.ResponseHeaders, last.ResponseHeaders);
        Clusters?.Complete(this, table, host);
    }

    private static HeaderMutations[] Present(params ReadOnlySpan<HeaderMutations?> all)
    {
        var present = new List<HeaderMutations>(all.Length);
        foreach (HeaderMutations? mutations in all)
        {
            if (mutations is { IsEmpty: false })
            {
                present.Add(mutations);
            }
        }

        return [.. present];
    }
}
