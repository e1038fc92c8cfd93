using System.Text;
using Envoy.Config.Core.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Matching;
using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using Wire = Envoy.Config.Route.V3.RouteAction;

namespace Nuncio.Config.Routes;

/// <summary>Wire message to forwarding action. Stateless; any thread.</summary>
internal static class RouteActionConverter
{
    /// <summary>
    /// The action, without a cluster when <paramref name="clusters"/> holds several; null after an error. <paramref name="scope"/>
    /// is the place of the RouteAction; <paramref name="matcher"/> is the route's, null after an error. <c>metadata_match</c> selects hosts of subset load balancers only, and none is supported.
    /// </summary>
    internal static RouteAction? Convert(
        Wire message, RouteMatcher? matcher, RouteConversion conversion, ConfigScope scope, out WeightedClusters? clusters)
    {
        int before = scope.ErrorCount;
        RouteAction action = ChooseCluster(message, conversion, scope, out clusters);
        action = action with
        {
            ClusterNotFoundStatus = message.ClusterNotFoundResponseCode switch
            {
                Wire.Types.ClusterNotFoundResponseCode.NotFound => 404,
                Wire.Types.ClusterNotFoundResponseCode.InternalServerError => 500,
                _ => 503,
            },
            TimeoutNanos = Durations.Nanos(message.Timeout, scope.Field("timeout")) ?? RouteAction.DefaultTimeoutNanos,
            IdleTimeoutNanos = Durations.Nanos(message.IdleTimeout, scope.Field("idle_timeout")),
            FlushTimeoutNanos = Durations.Nanos(message.FlushTimeout, scope.Field("flush_timeout")),
            Priority = message.Priority == RoutingPriority.High ? ResourcePriority.High : ResourcePriority.Default,
            AutoHostRewrite = message.AutoHostRewrite ?? false,
            AppendXForwardedHost = message.AppendXForwardedHost,
            HostRewrite = RewriteHost(message, conversion.Context, scope),
            PathRewrite = RewritePath(message, matcher, conversion.Context, scope),
        };
        return scope.ErrorCount == before ? action : null;
    }

    private static RouteAction ChooseCluster(Wire message, RouteConversion conversion, ConfigScope scope, out WeightedClusters? clusters)
    {
        clusters = null;
        switch (message.ClusterSpecifierCase)
        {
            case Wire.ClusterSpecifierOneofCase.Cluster:
                if (message.Cluster.Length == 0)
                {
                    scope.Field("cluster").Error("found nothing, expected a cluster's name");
                    break;
                }

                conversion.CheckCluster(message.Cluster, scope.Field("cluster"));
                return new RouteAction { Cluster = ClusterRef.Of(message.Cluster) };
            case Wire.ClusterSpecifierOneofCase.ClusterHeader:
                if (HeaderKey.TryCreateForRequest(message.ClusterHeader, out HeaderKey header))
                {
                    return new RouteAction { ClusterHeader = header };
                }

                scope.Field("cluster_header").Error($"found '{message.ClusterHeader}', expected a header name");
                break;
            case Wire.ClusterSpecifierOneofCase.WeightedClusters:
                clusters = WeightedClusterConverter.Convert(message.WeightedClusters, conversion, scope.Field("weighted_clusters"));
                break;
            default:
                scope.Error("found no cluster, expected one of cluster, cluster_header, weighted_clusters");
                break;
        }

        return new RouteAction();
    }

    private static HostRewrite? RewriteHost(Wire message, RouteContext context, ConfigScope scope)
    {
        switch (message.HostRewriteSpecifierCase)
        {
            case Wire.HostRewriteSpecifierOneofCase.HostRewriteLiteral when message.HostRewriteLiteral.Length > 0:
                return HostRewrite.Literal(Encoding.UTF8.GetBytes(message.HostRewriteLiteral));
            case Wire.HostRewriteSpecifierOneofCase.HostRewriteHeader when message.HostRewriteHeader.Length > 0:
                if (HeaderKey.TryCreateForRequest(message.HostRewriteHeader, out HeaderKey header))
                {
                    return HostRewrite.FromHeader(header);
                }

                scope.Field("host_rewrite_header").Error($"found '{message.HostRewriteHeader}', expected a header name");
                return null;
            case Wire.HostRewriteSpecifierOneofCase.HostRewritePathRegex:
                RegexRewrite? path = RegexConverter.ConvertRewrite(
                    message.HostRewritePathRegex, context.Runtime, scope.Field("host_rewrite_path_regex"));
                return path is null ? null : HostRewrite.FromPath(path);
            default:
                return null;
        }
    }

    private static PathRewrite? RewritePath(Wire message, RouteMatcher? matcher, RouteContext context, ConfigScope scope)
    {
        if (message.PathRewritePolicy is { } policy)
        {
            ConfigScope place = scope.Field("path_rewrite_policy");
            if (message.PrefixRewrite.Length > 0 || message.RegexRewrite is not null)
            {
                place.Error("found path_rewrite_policy beside prefix_rewrite or regex_rewrite, expected only one of them");
            }

            return UriTemplateConverter.ConvertRewrite(policy, matcher, place.Field("typed_config"));
        }

        if (message.PrefixRewrite.Length > 0 && matcher?.Template is not null)
        {
            scope.Field("prefix_rewrite").Error("found prefix_rewrite on a route with path_match_policy, expected path_rewrite_policy or regex_rewrite");
        }

        if (message.RegexRewrite is null)
        {
            return message.PrefixRewrite.Length == 0 ? null : PathRewrite.Prefix(Encoding.UTF8.GetBytes(message.PrefixRewrite));
        }

        if (message.PrefixRewrite.Length > 0)
        {
            scope.Field("regex_rewrite").Error("found both prefix_rewrite and regex_rewrite, expected only one of them");
        }

        RegexRewrite? rewrite = RegexConverter.ConvertRewrite(message.RegexRewrite, context.Runtime, scope.Field("regex_rewrite"));
        return rewrite is null ? null : PathRewrite.Regex(rewrite);
    }
}
