using System.Text;
using Envoy.Config.Route.V3;
using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.Core.Routing;
using CoreVirtualHost = Nuncio.Core.Routing.VirtualHost;
using WireVirtualHost = Envoy.Config.Route.V3.VirtualHost;

namespace Nuncio.Config.Routes;

/// <summary>
/// A route configuration to a route table: everything that a request would otherwise have to look up is looked up here. Stateless;
/// any thread.
/// </summary>
public static class RouteConfigurationConverter
{
    private const uint DefaultMaxDirectResponseBody = 4096;

    /// <summary>The table; null after any error. <paramref name="scope"/> is the place of the RouteConfiguration.</summary>
    public static RouteTable? Convert(RouteConfiguration message, RouteContext context, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        bool validates = message.ValidateClusters ?? context.ValidateClustersByDefault;
        var conversion = new RouteConversion
        {
            Context = context,
            Clusters = validates ? context.Clusters : null,
            MaxDirectResponseBody = message.MaxDirectResponseBodySizeBytes ?? DefaultMaxDirectResponseBody,
        };
        var options = new RouteTableOptions
        {
            Level = RouteLevelConverter.Convert(
                new(
                    message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd,
                    message.ResponseHeadersToRemove, message.TypedPerFilterConfig),
                context,
                scope),
            InternalOnlyHeaders = InternalOnlyHeaders(message, scope.Field("internal_only_headers")),
            MostSpecificHeaderMutationsWins = message.MostSpecificHeaderMutationsWins,
            IgnorePortInHostMatching = message.IgnorePortInHostMatching,
            Metadata = message.Metadata is null ? null : MetadataConverter.Convert(message.Metadata),
        };
        var hosts = new List<CoreVirtualHost>(message.VirtualHosts.Count);
        var domains = new DomainSet();
        for (int i = 0; i < message.VirtualHosts.Count; i++)
        {
            ConfigScope place = scope.Field("virtual_hosts").Item(i);
            WireVirtualHost host = message.VirtualHosts[i];
            CheckDomains(host, domains, place);
            hosts.Add(ConvertHost(host, conversion, place));
        }

        return scope.ErrorCount == before ? new RouteTable(message.Name, hosts, options) : null;
    }

    private static List<HeaderKey> InternalOnlyHeaders(RouteConfiguration message, ConfigScope scope)
    {
        var keys = new List<HeaderKey>(message.InternalOnlyHeaders.Count);
        for (int i = 0; i < message.InternalOnlyHeaders.Count; i++)
        {
            string name = message.InternalOnlyHeaders[i];
            if (name.StartsWith(':') || !HeaderKey.TryCreate(name, out HeaderKey key))
            {
                scope.Item(i).Error($"found '{name}', expected the name of a header that may be removed");
            }
            else
            {
                keys.Add(key);
            }
        }

        return keys;
    }

    private static void CheckDomains(WireVirtualHost host, DomainSet domains, ConfigScope scope)
    {
        if (host.Domains.Count == 0)
        {
            scope.Field("domains").Error("found no domains, expected at least one");
        }

        for (int i = 0; i < host.Domains.Count; i++)
        {
            string domain = host.Domains[i];
            ConfigScope place = scope.Field("domains").Item(i);
            if (Encoding.UTF8.GetByteCount(domain) > RouteTable.MaxDomainLength)
            {
                place.Error($"found a domain of {domain.Length} characters, expected at most {RouteTable.MaxDomainLength} bytes");
            }
            else if (!domains.TryAdd(domain, host.Name, out string other))
            {
                place.Error(domain == "*"
                    ? $"found a second '*', expected one in a route configuration (virtual host '{other}' has it)"
                    : $"duplicate domain '{domain}', which virtual host '{other}' has too");
            }
        }
    }

    private static CoreVirtualHost ConvertHost(WireVirtualHost message, RouteConversion conversion, ConfigScope scope)
    {
        if (message.Name.Length == 0)
        {
            scope.Field("name").Error("found nothing, expected the virtual host's name");
        }

        RouteContext context = conversion.Context;
        var level = RouteLevelConverter.Convert(
            new(
                message.RequestHeadersToAdd, message.RequestHeadersToRemove, message.ResponseHeadersToAdd,
                message.ResponseHeadersToRemove, message.TypedPerFilterConfig),
            context,
            scope);
        var routes = new List<Nuncio.Core.Routing.Route>(message.Routes.Count);
        for (int i = 0; i < message.Routes.Count; i++)
        {
            if (RouteConverter.Convert(message.Routes[i], conversion, scope.Field("routes").Item(i)) is { } route)
            {
                routes.Add(route);
            }
        }

        return new CoreVirtualHost(message.Name, message.Domains, routes, level)
        {
            Metadata = message.Metadata is null ? null : MetadataConverter.Convert(message.Metadata),
        };
    }

    /// <summary>Finds domains that are there twice, as the index will compare them.</summary>
    private sealed class DomainSet
    {
        private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);

        internal bool TryAdd(string domain, string owner, out string other)
        {
            string key = string.Create(domain.Length, domain, static (lower, text) =>
            {
                for (int i = 0; i < text.Length; i++)
                {
                    lower[i] = char.IsAsciiLetterUpper(text[i]) ? (char)(text[i] | 0x20) : text[i];
                }
            });
            if (_owners.TryGetValue(key, out string? found))
            {
                other = found;
                return false;
            }

            _owners.Add(key, owner);
            other = "";
            return true;
        }
    }
}
