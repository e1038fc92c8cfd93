using System.Text;
using Envoy.Config.Route.V3;
using Nuncio.Config.Errors;
using Nuncio.Core.Clusters;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using Wire = Envoy.Config.Route.V3.WeightedCluster;

namespace Nuncio.Config.Routes;

/// <summary>Wire message to weighted clusters. Stateless; any thread.</summary>
internal static class WeightedClusterConverter
{
    /// <summary>The clusters; null after an error. <paramref name="scope"/> is the place of the WeightedCluster.</summary>
    internal static WeightedClusters? Convert(Wire message, RouteConversion conversion, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        ConfigScope list = scope.Field("clusters");
        if (message.Clusters.Count is 0 or > WeightedClusters.MaxClusters)
        {
            list.Error($"found {message.Clusters.Count} clusters, expected 1 to {WeightedClusters.MaxClusters}");
            return null;
        }

        var clusters = new List<WeightedClusterEntry>(message.Clusters.Count);
        ulong sum = 0;
        for (int i = 0; i < message.Clusters.Count; i++)
        {
            Wire.Types.ClusterWeight cluster = message.Clusters[i];
            if (ConvertCluster(cluster, message.RuntimeKeyPrefix, conversion, list.Item(i)) is { } converted)
            {
                clusters.Add(converted);
                sum += converted.Weight;
            }
        }

        if (scope.ErrorCount == before && sum is 0 or > uint.MaxValue)
        {
            list.Error($"the weights add up to {sum}, expected 1 to {uint.MaxValue}");
        }

        HeaderKey? random = null;
        if (message.HeaderName.Length > 0)
        {
            if (HeaderKey.TryCreateForRequest(message.HeaderName, out HeaderKey header))
            {
                random = header;
            }
            else
            {
                scope.Field("header_name").Error($"found '{message.HeaderName}', expected a header name");
            }
        }

        return scope.ErrorCount == before ? new WeightedClusters(clusters, random) : null;
    }

    private static HeaderKey? NameOrHeader(Wire.Types.ClusterWeight message, RouteConversion conversion, ConfigScope scope)
    {
        if (message.ClusterHeader.Length == 0)
        {
            if (message.Name.Length == 0)
            {
                scope.Error("found neither name nor cluster_header, expected one of them");
            }
            else
            {
                conversion.CheckCluster(message.Name, scope.Field("name"));
            }

            return null;
        }

        ConfigScope place = scope.Field("cluster_header");
        if (message.Name.Length > 0)
        {
            place.Error("found both name and cluster_header, expected only one of them");
        }

        if (HeaderKey.TryCreateForRequest(message.ClusterHeader, out HeaderKey header))
        {
            return header;
        }

        place.Error($"found '{message.ClusterHeader}', expected a header name");
        return null;
    }

    private static WeightedClusterEntry? ConvertCluster(
        Wire.Types.ClusterWeight message, string keyPrefix, RouteConversion conversion, ConfigScope scope)
    {
        RouteContext context = conversion.Context;
        int before = scope.ErrorCount;
        HeaderKey? clusterHeader = NameOrHeader(message, conversion, scope);

        if (message.Weight is null)
        {
            scope.Field("weight").Error("found nothing, expected the cluster's weight");
        }

        var level = RouteLevelConverter.Convert(
            new(
                message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd,
                message.ResponseHeadersToRemove, message.TypedPerFilterConfig),
            context,
            scope);
        if (scope.ErrorCount != before)
        {
            return null;
        }

        return new WeightedClusterEntry(
            message.Name.Length == 0 ? null : ClusterRef.Of(message.Name),
            message.Weight ?? 0,
            keyPrefix.Length == 0 ? null : context.Runtime.Key(keyPrefix + "." + message.Name))
        {
            ClusterHeader = clusterHeader,
            Level = level,
            HostRewrite = message.HostRewriteLiteral.Length == 0 ? null : Encoding.UTF8.GetBytes(message.HostRewriteLiteral),
        };
    }
}
