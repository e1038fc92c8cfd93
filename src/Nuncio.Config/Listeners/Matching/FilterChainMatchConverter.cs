using Nuncio.Config.Errors;
using Nuncio.Config.Matching;
using Nuncio.Core.Listeners.Matching;
using Wire = Envoy.Config.Listener.V3.FilterChainMatch;

namespace Nuncio.Config.Listeners.Matching;

/// <summary>Wire message to <see cref="FilterChainMatchConfig"/>, with every error at its place. Stateless.</summary>
public static class FilterChainMatchConverter
{
    /// <summary>The match; null after an error. <paramref name="scope"/> is the place of the FilterChainMatch.</summary>
    public static FilterChainMatchConfig? Convert(Wire wire, ConfigScope scope)
    {
        int before = scope.ErrorCount;
        RefuseUnimplemented(wire, scope);
        var config = new FilterChainMatchConfig
        {
            DestinationPort = (int?)wire.DestinationPort,
            Destinations = IpPrefixConverter.ConvertAll(wire.PrefixRanges, scope.Field("prefix_ranges")),
            ServerNames = ServerNames(wire, scope.Field("server_names")),
            TransportProtocol = wire.TransportProtocol,
            ApplicationProtocols = [.. wire.ApplicationProtocols],
            DirectSources = IpPrefixConverter.ConvertAll(wire.DirectSourcePrefixRanges, scope.Field("direct_source_prefix_ranges")),
            SourceType = (FilterChainSourceType)wire.SourceType,
            Sources = IpPrefixConverter.ConvertAll(wire.SourcePrefixRanges, scope.Field("source_prefix_ranges")),
            SourcePorts = [.. wire.SourcePorts.Select(static port => (int)port)],
        };
        return scope.ErrorCount > before ? null : config;
    }

    /// <summary>Envoy has these two fields and refuses them.</summary>
    internal static void RefuseUnimplemented(Wire wire, ConfigScope scope)
    {
        if (wire.AddressSuffix.Length > 0)
        {
            scope.Field("address_suffix").Error("is not implemented, in Envoy neither; expected prefix_ranges");
        }

        if (wire.SuffixLen is not null)
        {
            scope.Field("suffix_len").Error("is not implemented, in Envoy neither; expected prefix_ranges");
        }
    }

    private static List<string> ServerNames(Wire wire, ConfigScope scope)
    {
        var names = new List<string>(wire.ServerNames.Count);
        for (int i = 0; i < wire.ServerNames.Count; i++)
        {
            string name = wire.ServerNames[i];
            if (name.Contains('*', StringComparison.Ordinal) && !name.StartsWith("*.", StringComparison.Ordinal))
            {
                scope.Item(i).Error(name == "*"
                    ? "found \"*\", expected a server name or *.example.com; for any name leave server_names away"
                    : $"partial wildcards are not supported: found \"{name}\", expected a server name or *.example.com");
            }

            names.Add(name.ToLowerInvariant());
        }

        return names;
    }
}
