using Envoy.Config.Core.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.ListenerFilters;
using PassTLVsMatchType = Envoy.Config.Core.V3.ProxyProtocolPassThroughTLVs.Types.PassTLVsMatchType;
using Version = Envoy.Config.Core.V3.ProxyProtocolConfig.Types.Version;
using Wire = Envoy.Extensions.Filters.Listener.ProxyProtocol.V3;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>Wire message to <see cref="ProxyProtocolConfig"/>. Stateless.</summary>
public sealed class ProxyProtocolFactory : IListenerFilterFactory
{
    private const string OwnNamespace = "envoy.filters.listener.proxy_protocol";

    /// <inheritdoc/>
    public string Name => OwnNamespace;

    /// <inheritdoc/>
    public MessageDescriptor ConfigType => Wire.ProxyProtocol.Descriptor;

    /// <inheritdoc/>
    public ListenerFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        var wire = (Wire.ProxyProtocol)message;
        bool v1 = !wire.DisallowedVersions.Contains(Version.V1);
        bool v2 = !wire.DisallowedVersions.Contains(Version.V2);
        if (!v1 && !v2)
        {
            scope.Field("disallowed_versions").Error("found V1 and V2, expected one of them at most: no client could connect");
            return null;
        }

        return new ProxyProtocolProvider(new ProxyProtocolConfig
        {
            Rules = Rules(wire),
            TlvsToFilterState = wire.TlvLocation == Wire.ProxyProtocol.Types.TlvLocation.FilterState,
            PassThrough = PassThrough(wire.PassThroughTlvs),
            AllowWithout = wire.AllowRequestsWithoutProxyProtocol,
            AllowV1 = v1,
            AllowV2 = v2,
            StatPrefix = wire.StatPrefix,
        });
    }

    private static TlvRule?[] Rules(Wire.ProxyProtocol wire)
    {
        var rules = new TlvRule?[256];
        foreach (Wire.ProxyProtocol.Types.Rule rule in wire.Rules)
        {
            // Envoy: the last rule of a type counts, and one without on_tlv_present keeps the value under an empty key.
            string ns = rule.OnTlvPresent?.MetadataNamespace ?? "";
            rules[rule.TlvType] = new TlvRule(ns.Length > 0 ? ns : OwnNamespace, rule.OnTlvPresent?.Key ?? "");
        }

        return rules;
    }

    private static bool[] PassThrough(ProxyProtocolPassThroughTLVs? wire)
    {
        var types = new bool[256];
        if (wire is { MatchType: PassTLVsMatchType.IncludeAll })
        {
            Array.Fill(types, true);
        }
        else if (wire is not null)
        {
            foreach (uint type in wire.TlvType)
            {
                types[type] = true;
            }
        }

        return types;
    }
}
